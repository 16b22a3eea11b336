from __future__ import annotations

import pytest

from fashiontui.cli.table import Heading, Row, cells, coloured, cut, lay_out, plain, shortened

HEADINGS = (
    Heading("run"),
    Heading("experiment", flexible=True),
    Heading("state"),
    Heading("best", 1),
    Heading("test", 2),
)
ROWS = (
    Row(("a1", "ann2-learning_rate0.001-decay0.9999", "running", "0.88@3", "-"), "12:03 left", 2, "green"),
    Row(("b2", "lr", "queued", "-", "-"), "cpu is taken by ann2/a1"),
    Row(("c3", "lr", "finished", "0.91@9", "0.90")),
)


def drawn(width):
    return [plain(line) for line in lay_out(HEADINGS, ROWS, width, "-")]


def test_in_a_pipe_all_is_there_in_straight_columns():
    assert drawn(None) == [
        "run  experiment                           state     best    test",
        "a1   ann2-learning_rate0.001-decay0.9999  running   0.88@3  -     12:03 left",
        "b2   lr                                   queued    -       -     cpu is taken by ann2/a1",
        "c3   lr                                   finished  0.91@9  0.90",
    ]


def test_on_a_terminal_a_note_begins_where_a_row_has_no_more_to_say():
    assert drawn(80)[1:3] == [
        "a1   ann2-learning_rate0.001-decay0.9999  running   0.88@3  12:03 left",
        "b2   lr                                   queued    cpu is taken by ann2/a1",
    ]


def test_names_are_shortened_before_columns_go():
    assert drawn(52) == [
        "run  experiment       state     best    test",
        "a1   ann2-le…y0.9999  running   0.88@3  12:03 left",
        "b2   lr               queued    cpu is taken by ann…",
        "c3   lr               finished  0.91@9  0.90",
    ]


@pytest.mark.parametrize("width", range(1, 90))
def test_no_line_is_wider_than_the_terminal(width):
    assert all(cells(line) <= width for line in drawn(width))


def test_what_gives_way_goes_in_the_order_of_its_rank():
    titles = [line[0].split() for line in (drawn(80), drawn(38), drawn(30))]
    assert titles == [
        ["run", "experiment", "state", "best", "test"],
        ["run", "experiment", "state", "best"],
        ["run", "experiment", "state"],
    ]


def test_wide_characters_take_two_columns():
    rows = (Row(("漢字", "x")), Row(("ab", "y")))
    lines = [plain(line) for line in lay_out((Heading("n"), Heading("m")), rows, 20, "-")]
    assert lines == ["n     m", "漢字  x", "ab    y"]
    assert cut("漢字漢字", 5) == "漢字…"
    assert cut("漢字漢字", 4) == "漢…"
    assert (cut("word", 4), cut("word", 3), cut("word", 0)) == ("word", "wo…", "")


def test_a_name_keeps_both_its_ends():
    assert shortened("ann2-learning_rate0.001", 11) == "ann2-…0.001"
    assert shortened("short", 11) == "short"


def test_styles_are_written_for_a_terminal_alone():
    line = lay_out(HEADINGS, ROWS, 80, "-")[1]
    assert "\x1b[32mrunning" in coloured(line)
    assert coloured(line).endswith("\x1b[2m12:03 left\x1b[0m")
    assert "\x1b" not in plain(line)


def test_without_rows_there_are_headings():
    assert [plain(line) for line in lay_out(HEADINGS, (), 80, "-")] == ["run  experiment  state  best  test"]
