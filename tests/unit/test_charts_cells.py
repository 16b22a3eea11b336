from __future__ import annotations

import pytest

from fashiontui.tui.charts.cells import MUTED, STRONG, TEXT, Cells, fitted, width_of


def test_text_is_put_where_it_is_told_and_ends_at_the_edge():
    sheet = Cells(6, 2)
    assert sheet.put(1, 0, "abc", STRONG) == 4
    assert sheet.put(4, 1, "long", TEXT) == 6
    assert sheet.text() == " abc  \n    lo"


def test_nothing_is_written_off_the_sheet():
    sheet = Cells(3, 1)
    sheet.set(-1, 0, "x", TEXT)
    sheet.set(3, 0, "x", TEXT)
    sheet.set(0, 1, "x", TEXT)
    sheet.put(0, 5, "x", TEXT)
    assert sheet.text() == "   "


def test_wide_characters_take_two_cells_and_are_never_halved():
    sheet = Cells(5, 1)
    assert sheet.put(0, 0, "面白い", TEXT) == 4
    assert sheet.text() == "面白 "
    assert width_of(sheet.text()) == 5


def test_names_cannot_steer_the_terminal():
    sheet = Cells(40, 1)
    sheet.put(0, 0, "a\x1b[31mb\nc\u202ed", TEXT)
    assert sheet.text().rstrip() == r"a\x1b[31mb\nc\u202ed"


def test_a_row_is_made_of_stretches_of_one_ink():
    sheet = Cells(6, 1)
    sheet.put(0, 0, "ab", STRONG)
    sheet.put(2, 0, "cd", MUTED)
    assert list(sheet.runs(0)) == [("ab", STRONG), ("cd", MUTED), ("  ", TEXT)]


def test_only_what_differs_is_repainted():
    before, now = Cells(8, 3), Cells(8, 3)
    assert now.changed(before) == []
    now.set(2, 1, "x", TEXT)
    now.set(5, 1, " ", STRONG)
    assert now.changed(before) == [(1, 2, 6)]
    assert now.changed(None) == [(0, 0, 8), (1, 0, 8), (2, 0, 8)]
    assert len(now.changed(Cells(9, 3))) == 3


def test_a_row_with_wide_characters_is_repainted_whole():
    before, now = Cells(8, 1), Cells(8, 1)
    before.put(1, 0, "面", TEXT)
    now.put(2, 0, "面", TEXT)
    assert now.changed(before) == [(0, 0, 8)]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("abc", 1, "…"), ("abc", 0, ""), ("面白い", 4, "面…"), ("面白い", 5, "面白…"), ("面", 1, "…"),
     ("a\tb", 9, r"a\tb"), ("", 3, "")],
)  # fmt: skip
def test_fitting(text, width, expected):
    assert fitted(text, width) == expected
    assert width_of(fitted(text, width)) <= width
