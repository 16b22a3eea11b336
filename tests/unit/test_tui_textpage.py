"""What is shown of texts that were logged."""

import pytest

from fashiontui.tfevents.points import TextPoint
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


def test_no_text_at_all():
    assert list(passages([])) == []
