from __future__ import annotations

import numpy as np
import pytest

from fashiontui.tui.charts.sparkline import sparkline


@pytest.mark.parametrize(
    ("values", "width", "text"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7], 8, "▁▂▃▄▅▆▇█"),
        ([7, 0], 2, "█▁"),
        ([1, 2], 5, "   ▁█"),
        ([3, 3, 3], 3, "▁▁▁"),
        ([], 4, "    "),
        ([1.0], 0, ""),
        ([np.nan, np.nan], 2, "  "),
        ([0, np.nan, 1], 3, "▁ █"),
        ([0, np.inf, 1, -np.inf], 4, "▁ █ "),
        ([-1e308, 1e308], 2, "▁█"),
    ],
)
def test_known_answers(values, width, text):
    assert sparkline(values, width) == text


def test_ascii():
    assert sparkline(range(8), 8, "ascii") == "_.:-=+*#"


def test_a_peak_is_never_lost():
    values = np.zeros(1000)
    values[437] = 1
    assert sparkline(values, 10) == "▁▁▁▁█▁▁▁▁▁"
    assert sparkline(-values, 10) == "████▁█████"


@pytest.mark.parametrize("width", [1, 7, 80])
@pytest.mark.parametrize("count", [1, 5, 79, 80, 81, 1000])
def test_it_is_as_wide_as_asked(count, width):
    assert len(sparkline(np.sin(np.arange(count)), width)) == width
