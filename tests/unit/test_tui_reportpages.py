"""A report's Markdown in lines."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from support.reported import facts, row

from fashiontui.analysis.report.build import report_of
from fashiontui.analysis.report.markdown import document
from fashiontui.tui.lines import cells
from fashiontui.tui.reportfile import NAME, ReportFile
from fashiontui.tui.reportpages import Page, lines_of_page, pages_of, plain, table_lines

TABLE = (
    "| network | seeds | accuracy | a\\|b |",
    "| --- | ---: | ---: | --- |",
    "| cnn\\_1 | 3 | **0.9** | yes |",
    "| lr | 1 | 0.8 | no |",
)


def texts(lines):
    return ["".join(text for text, _ in each).rstrip() for each in lines]


def written():
    rows = (
        row("cnn1", 1, 0.92),
        row("cnn1", 2, 0.93),
        row("a_b [bold]", 1, 0.8, settings={"model.units": [8]}),
    )
    return document(report_of([facts(*rows)], rows, ["a note"], "2026-11-28 09:00 UTC", {}))


def test_the_sections_are_those_of_the_document():
    text = written()
    pages = pages_of(text)
    titles = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert [page.title for page in pages] == ["Summary", *map(plain, titles)]
    assert "3 runs, 3 of them finished" in "\n".join(pages[0].blocks)


def test_every_word_of_a_table_is_there_at_any_width():
    page = next(page for page in pages_of(written()) if page.title == "All networks")
    for width in (30, 60, 120, 200):
        lines = lines_of_page(page, width)
        assert max(map(cells, lines)) <= width
        text = " ".join(" ".join(texts(lines)).split())
        assert "a_b [bold]" in text
        assert "0.9250 ±0.0071 ▲" in text
    assert "◆ figures/networks-accuracy.png" in texts(lines_of_page(page, 200))


def test_a_table_in_columns():
    assert texts(table_lines(TABLE, 60)) == [
        "network  seeds  accuracy  a|b",
        "cnn_1        3     0.9 ▲  yes",
        "lr           1       0.8  no",
    ]


def test_what_has_no_room_stands_below_beside_the_first_column():
    assert texts(table_lines(TABLE, 26)) == [
        "network  seeds  accuracy",
        "cnn_1        3     0.9 ▲",
        "lr           1       0.8",
        "",
        "network  a|b",
        "cnn_1    yes",
        "lr       no",
    ]


def test_the_best_is_told_by_more_than_its_colour():
    (best,) = [part for each in table_lines(TABLE, 60) for part in each if part[1] == "good"]
    assert best[0].strip() == "0.9 ▲"


@pytest.mark.parametrize("name", ["幅" * 80, "x" * 300])
def test_long_and_wide_names_are_cut(name):
    rows = ["| network | n |", "| --- | ---: |", f"| {name} | 1 |"]
    assert all(cell_len(text) <= 40 for text in texts(table_lines(rows, 40)))


def test_commands_keep_their_words():
    page = Page("Again", ("```sh\nfashiontui run lr  # 2026\n\nfashiontui run 'a*b'\n```",))
    assert texts(lines_of_page(page, 60))[2:] == ["fashiontui run lr  # 2026", "", "fashiontui run 'a*b'"]


@pytest.mark.parametrize("text", ["", "# Title\n", "# Title\n\nWords.\n", "words\n\nMade by fashiontui\n"])
def test_other_files_are_no_reports(text):
    assert pages_of(text) == ()


def test_a_file_is_read_again_where_it_has_changed(tmp_path):
    file = ReportFile(tmp_path)
    assert file.look() == "There is no report in this folder yet."
    assert file.look() is None
    (tmp_path / NAME).write_text("# Another\n")
    assert "no report" in file.look()
    (tmp_path / NAME).write_text("# T\n\nMade by fashiontui.\n\n## \x1b[31mred\n\nwords\n")
    pages = file.look()
    assert [page.title for page in pages] == ["Summary", "\\x1b[31mred"]
    assert file.look() is None
    (tmp_path / NAME).unlink()
    assert file.look() == "There is no report in this folder yet."
