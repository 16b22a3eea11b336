"""Colours and markers that runs keep."""

from __future__ import annotations

import pytest

from fashiontui.tui.charts.palette import COLOURS, Look, colour_of, looks_of
from fashiontui.tui.looks import MOST, Looks
from fashiontui.tui.preferences import Preferences


def rivals():
    """Two keys that would have the same colour."""
    keys = (f"run{number}" for number in range(100))
    first = next(keys)
    return first, next(key for key in keys if colour_of(key) == colour_of(first))


def compared(looks, keys):
    """As the Compare screen does."""
    found = dict(zip(keys, looks.of(keys), strict=True))
    looks.keep(found)
    return found


def test_a_look_outlives_the_app_whatever_it_is_compared_with(tmp_path):
    first, second = rivals()
    preferences = Preferences.load(tmp_path)
    before = compared(Looks(preferences), [first, second])
    preferences.save()
    after = compared(Looks(Preferences.load(tmp_path)), [second, first])
    assert after == before
    assert looks_of([second, first]) != (before[second], before[first])


def test_runs_that_were_never_compared_have_colours_of_their_own_when_they_are(tmp_path):
    first, second = rivals()
    looks = Looks(Preferences.load(tmp_path))
    assert looks.of([first])[0].colour == looks.of([second])[0].colour
    together = compared(looks, [first, second])
    assert together[first].colour != together[second].colour
    assert looks.of([second]) == (together[second],)


def test_of_two_with_one_colour_one_has_another_for_as_long_as_they_are_together(tmp_path):
    first, second = rivals()
    looks = Looks(Preferences.load(tmp_path))
    alone, other = compared(looks, [first])[first], compared(looks, [second])[second]
    together = compared(looks, [first, second])
    assert together[first] == alone
    assert together[second].colour != alone.colour
    assert looks.of([second]) == (other,)


def test_more_runs_than_colours_keep_theirs(tmp_path):
    looks = Looks(Preferences.load(tmp_path))
    keys = [f"run{number}" for number in range(COLOURS + 4)]
    before = compared(looks, keys)
    assert len(set(before.values())) == len(keys)
    after = compared(looks, keys[::-1])
    assert len(set(after.values())) == len(keys)
    assert {look.colour for look in after.values()} == set(range(COLOURS))


def test_only_so_many_are_remembered(tmp_path):
    looks = Looks(Preferences.load(tmp_path))
    compared(looks, [f"run{number}" for number in range(MOST + 7)])
    assert len(looks.kept) == MOST
    assert "run0" not in looks.kept


@pytest.mark.parametrize(
    "value", [None, [], [1], ["a", "●"], [99, "●"], [1, "x"], [1, "●▲"], {"colour": 1}, True]
)
def test_what_is_not_ours_is_left_out(tmp_path, value):
    preferences = Preferences.load(tmp_path)
    preferences.put("looks", "runs", {"a": value, "b": [1, "▲"]})
    assert Looks(preferences).kept == {"b": Look(1, "▲")}
