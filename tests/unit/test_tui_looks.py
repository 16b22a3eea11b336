"""Colours and markers that runs keep."""

from __future__ import annotations

import pytest

from fashiontui.tui.charts.palette import Look, colour_of, looks_of
from fashiontui.tui.looks import MOST, Looks
from fashiontui.tui.preferences import Preferences


def rivals():
    """Two keys that would have the same colour."""
    keys = (f"run{number}" for number in range(100))
    first = next(keys)
    return first, next(key for key in keys if colour_of(key) == colour_of(first))


@pytest.fixture
def started(tmp_path):
    def again():
        return Looks(Preferences.load(tmp_path))

    return again


def test_a_look_outlives_the_app_whatever_it_is_shown_with(tmp_path):
    first, second = rivals()
    preferences = Preferences.load(tmp_path)
    before = Looks(preferences).of([first, second])
    preferences.save()
    assert Looks(Preferences.load(tmp_path)).of([second, first]) == before[::-1]
    assert looks_of([second, first]) != before[::-1]


def test_of_two_that_look_alike_one_looks_otherwise_for_as_long_as_they_are_together(started):
    first, second = rivals()
    looks = started()
    (alone,), (other,) = looks.of([first]), looks.of([second])
    together = looks.of([first, second])
    assert together[0] == alone
    assert len(set(together)) == 2
    assert looks.of([second]) == (other,)


def test_only_so_many_are_remembered(started):
    looks = started()
    looks.of([f"run{number}" for number in range(MOST + 7)])
    assert len(looks.kept) == MOST
    assert "run0" not in looks.kept


@pytest.mark.parametrize(
    "value", [None, [], [1], ["a", "●"], [99, "●"], [1, "x"], [1, "●▲"], {"colour": 1}, True]
)
def test_what_is_not_ours_is_left_out(tmp_path, value):
    preferences = Preferences.load(tmp_path)
    preferences.put("looks", "runs", {"a": value, "b": [1, "▲"]})
    assert Looks(preferences).kept == {"b": Look(1, "▲")}
