from __future__ import annotations

import pytest

from fashiontui.training.pace import Pace


def test_what_was_long_ago_does_not_count():
    pace = Pace(100, 5.0)
    assert pace.steps_per_second(100, 5.0) is None
    assert pace.steps_per_second(110, 10.0) == 2.0
    for epoch in range(1, 6):  # slow ones: 50 s each
        pace.mark(100 + 10 * epoch, 5.0 + 50 * epoch)
    assert pace.steps_per_second(150, 255.0) == pytest.approx(0.2)
    pace.mark(160, 265.0)  # and then 10 s
    pace.mark(170, 275.0)
    assert pace.steps_per_second(175, 280.0) == 1.0


def test_epochs_of_moments_are_taken_together():
    pace, seconds = Pace(0, 0.0), 0.0
    for epoch in range(1, 1001):
        seconds += 0.02 if epoch % 2 else 0.04
        pace.mark(epoch * 30, seconds)
        if epoch > 10:
            assert pace.steps_per_second(epoch * 30, seconds) == pytest.approx(1000, rel=0.05)
