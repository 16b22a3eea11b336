"""Series of one run: what they hold, and what they share."""

from __future__ import annotations

import numpy as np
import pytest
from support.event_logs import points

from fashiontui.tfevents.moments import Moments
from fashiontui.tfevents.series import ScalarSeries


def extend(series, *added):
    """By points (step, wall time, value)."""
    steps, wall_times, values = zip(*added, strict=True)
    series.extend(np.array(steps), np.array(wall_times, dtype=float), np.array(values, dtype=float))


def family(count):
    moments = Moments()
    return [ScalarSeries(f"tag {number}", moments) for number in range(count)]


def shared(series, other):
    """Whether they have the very same steps in memory."""
    return np.shares_memory(series.steps, other.steps) and np.shares_memory(
        series.wall_times, other.wall_times
    )


def test_tags_that_are_logged_together_keep_one_copy_of_the_moments():
    one, two = family(2)
    for step in range(100):
        extend(one, (step, step + 0.5, 1.0))
        extend(two, (step, step + 0.5, 2.0))
    assert shared(one, two)
    assert one.values.tolist() == [1.0] * 100
    assert two.steps.tolist() == list(range(100))
    assert two.wall_times[-1] == 99.5


def test_it_does_not_matter_in_which_portions_they_are_read():
    one, two, three = family(3)
    everything = [(step, step * 2.0, step * 3.0) for step in range(50)]
    extend(one, *everything[:20])
    extend(two, *everything[:35])
    extend(three, *everything)
    extend(one, *everything[20:])
    extend(two, *everything[35:])
    assert [points(series) for series in (one, two, three)] == [everything] * 3
    assert shared(one, two)
    assert shared(one, three)


@pytest.mark.parametrize("other", [(2, 9.0), (3, 2.0)])
def test_a_tag_that_goes_its_own_way_changes_no_other(other):
    one, two = family(2)
    extend(one, (1, 1.0, 0.1), (2, 2.0, 0.2), (4, 4.0, 0.4))
    extend(two, (1, 1.0, 0.1), (*other, 0.3))
    extend(two, (5, 5.0, 0.5))
    extend(one, (6, 6.0, 0.6))
    assert points(one) == [(1, 1.0, 0.1), (2, 2.0, 0.2), (4, 4.0, 0.4), (6, 6.0, 0.6)]
    assert points(two) == [(1, 1.0, 0.1), (*other, 0.3), (5, 5.0, 0.5)]


def test_those_that_part_from_the_others_in_the_same_way_share_with_each_other():
    every, second, also = family(3)
    for step in range(20):
        extend(every, (step, step / 2, 0.0))
        for series in (second, also) if step % 2 == 0 else ():
            extend(series, (step, step / 2, 1.0))
    assert shared(second, also)
    assert not shared(every, second)
    assert second.steps.tolist() == also.steps.tolist() == list(range(0, 20, 2))


def test_after_a_restart_they_share_again_and_what_was_given_out_stays():
    one, two = family(2)
    for step in range(10):
        extend(one, (step, step, 1.0))
        extend(two, (step, step, 2.0))
    before = one.steps, one.wall_times, one.values
    for series in (one, two):
        series.drop_from(6)
    for step in range(6, 12):
        extend(one, (step, 100 + step, 3.0))
        extend(two, (step, 100 + step, 4.0))
    assert [array.tolist() for array in before] == [list(range(10))] * 2 + [[1.0] * 10]
    assert one.steps.tolist() == two.steps.tolist() == list(range(12))
    assert one.wall_times.tolist() == [*range(6), *range(106, 112)]
    assert one.values.tolist() == [1.0] * 6 + [3.0] * 6
    assert shared(one, two)


def test_dropping_from_a_step_among_steps_in_any_order():
    one, two = family(2)
    for series in (one, two):
        extend(series, (5, 1.0, 0.1), (9, 2.0, 0.2), (3, 3.0, 0.3), (8, 4.0, 0.4), (4, 5.0, 0.5))
    one.drop_from(6)
    assert points(one) == [(5, 1.0, 0.1), (3, 3.0, 0.3), (4, 5.0, 0.5)]
    assert len(two) == 5
    one.drop_from(0)
    assert points(one) == []
    extend(one, (1, 6.0, 0.6))
    assert points(one) == [(1, 6.0, 0.6)]
    assert one.last == 0.6


def test_times_that_are_no_numbers():
    one, two = family(2)
    for _ in range(3):
        for series in (one, two):
            extend(series, (1, float("nan"), 0.5))
    assert one.steps.tolist() == two.steps.tolist() == [1, 1, 1]
    assert np.isnan(two.wall_times).all()


def test_snapshots_of_one_moment_share_too():
    one, two = family(2)
    for series in (one, two):
        extend(series, (1, 1.0, 0.5), (2, 2.0, 0.25))
    stills = [series.snapshot() for series in (one, two)]
    extend(one, (3, 3.0, 0.125))
    assert shared(*stills)
    assert points(stills[0]) == points(stills[1]) == [(1, 1.0, 0.5), (2, 2.0, 0.25)]
    extend(stills[0], (7, 7.0, 0.75))
    assert one.steps.tolist() == [1, 2, 3]
    assert stills[0].steps.tolist() == [1, 2, 7]
    with pytest.raises(ValueError, match="read-only"):
        stills[1].steps[0] = 9


def test_many_against_a_plain_list():
    """Any order of portions, restarts and tags, compared with lists of points."""
    random = np.random.default_rng(0)
    for _ in range(100):
        series, plain = family(4), [[] for _ in range(4)]
        clock = 0.0
        for step in range(40):
            clock += float(random.integers(1, 3))
            for number in random.permutation(4)[: random.integers(1, 5)].tolist():
                added = [
                    (step, clock + extra, float(random.random())) for extra in range(random.integers(1, 3))
                ]
                extend(series[number], *added)
                plain[number] += added
            if random.random() < 0.05:
                limit = int(random.integers(0, step + 1))
                for number in range(4):
                    series[number].drop_from(limit)
                    plain[number] = [point for point in plain[number] if point[0] < limit]
        assert [points(each) for each in series] == plain


def test_a_later_snapshot_has_what_came_since():
    (one,) = family(1)
    extend(one, (1, 1.0, 0.5))
    first = one.snapshot()
    extend(one, (2, 2.0, 0.25))
    second = one.snapshot()
    assert points(first) == [(1, 1.0, 0.5)]
    assert points(second) == [(1, 1.0, 0.5), (2, 2.0, 0.25)]
