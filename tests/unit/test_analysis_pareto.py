from __future__ import annotations

import math

import pytest

from fashiontui.analysis.pareto import front


def test_a_known_front():
    seconds = [41, 130, 542, 880, 60]
    accuracy = [0.8461, 0.9018, 0.9257, 0.9318, 0.84]
    assert front(seconds, accuracy) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("costs", "gains", "expected"),
    [
        ([], [], []),
        ([1], [1], [0]),
        ([2, 1], [1, 2], [1]),  # cheaper and better
        ([1, 2], [1, 1], [0]),  # dearer, and no better
        ([1, 1], [1, 2], [1]),  # as cheap, and better
        ([3, 3, 1], [2, 2, 1], [2, 0, 1]),  # equal points are on it together
        ([1, 2, 3], [3, 2, 1], [0]),
        ([1, None, 3], [None, 2, 1], [2]),
        ([1, math.inf, math.nan, 4], [math.nan, 2, 1, 0], [3]),
    ],
)
def test_what_is_on_the_front(costs, gains, expected):
    assert front(costs, gains) == expected


def test_it_is_what_its_definition_says():
    import random

    rng = random.Random(1)
    for _ in range(200):
        points = [(rng.randrange(6), rng.randrange(6)) for _ in range(8)]
        beaten = {
            index
            for index, (cost, gain) in enumerate(points)
            if any(c <= cost and g >= gain and (c, g) != (cost, gain) for c, g in points)
        }
        assert set(front(*zip(*points, strict=True))) == set(range(8)) - beaten
