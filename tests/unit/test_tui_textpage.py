"""What is shown of texts that were logged."""

import pytest

from fashiontui.tfevents.points import TextPoint
from fashiontui.tui.runview import MOST_KEPT
from fashiontui.tui.screens.textpage import passages


def text(step, *texts):
    return TextPoint(step, 1_700_000_000.0 + step, texts)


def test_the_newest_is_first():
    found = list(passages([text(1, "old"), text(1000, "new")]))
    assert [words for _, words in found] == ["new", "old"]
    assert [heading.split(",")[0] for heading, _ in found] == ["step 1", "step 1"]
    assert found[0][0].startswith("step 1,000, 2023-11-1")


def test_lines_stay_and_what_moves_a_cursor_does_not():
    ((_, words),) = passages([text(0, "a\n\tb\r\n\x1b[31mred", "second\x07")])
    lines = words.split("\n")
    assert lines[:2] == ["a", "    b"]
    assert len(lines) == 4
    assert "\x1b" not in words
    assert "\x07" not in words


@pytest.mark.parametrize("size", [9, 10])
def test_what_is_too_long_is_cut_and_said_to_be(size):
    found = list(passages([text(0, "old"), text(1, "x" * size)], longest=9))
    assert found[0][1] == "x" * 9 + ("\n… 1 more letters" if size > 9 else "")
    assert "older ones are not shown" in found[1][1]
    assert len(found) == 2


def test_where_older_ones_were_dropped_that_is_said():
    found = list(passages([text(step, "x") for step in range(MOST_KEPT)]))
    assert len(found) == MOST_KEPT + 1
    assert f"the newest {MOST_KEPT} are kept" in found[-1][1]


@pytest.mark.parametrize("when", [float("nan"), 1e300, -1e300, 1_700_000_000_000.0])
def test_times_that_are_none(when):
    ((heading, _),) = passages([TextPoint(3, when, ("x",))])
    assert heading.startswith("step 3, ")


def test_no_text_at_all():
    assert list(passages([])) == []
