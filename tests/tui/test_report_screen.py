"""The report screen: reads what was written, and again when it has changed."""

from __future__ import annotations

import pytest
from support.cli import project
from support.fakes import make_run
from support.pilot import MEDIUM, SMALL, drive, options, shown, until
from textual.widgets import Input, Static

from fashiontui.analysis.reportwriting import Written
from fashiontui.runs.state import RunState
from fashiontui.tui.reporting import Reports
from fashiontui.tui.screens.folderdialog import FolderDialog
from fashiontui.tui.screens.report import ReportScreen
from fashiontui.tui.widgets.report_text import ReportText
from fashiontui.tui.widgets.section_list import SectionList

WORDS = " ".join(f"word{number}" for number in range(60))
TABLE = "| network | accuracy |\n| --- | ---: |\n| cnn1 | **0.92** |"


def report(folder, *sections):
    folder.mkdir(parents=True, exist_ok=True)
    said = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections)
    (folder / "README.md").write_text(f"# T\n\nMade by fashiontui, now.\n\n{said}\n")


@pytest.fixture
def folder(tmp_path):
    project(tmp_path)
    return tmp_path


def driven(folder, act, size=MEDIUM, **changes):
    async def run(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.screen, ReportScreen))
        await act(app, pilot)

    return drive(options(folder, **changes), run, size)


def titles(app):
    return [page.title for page in app.screen.query_one(SectionList).rows]


def test_sections_are_gone_through_and_read(folder):
    report(folder / "report", ("Networks", TABLE), ("Long", WORDS))

    async def act(app, pilot):
        await until(pilot, lambda: titles(app) == ["Summary", "Networks", "Long"])
        await pilot.press("j")
        await until(pilot, lambda: "0.92 ▲" in shown(app))
        await pilot.press("j", "enter")
        await until(pilot, lambda: "word59" in shown(app))
        assert app.focused is app.screen.query_one(ReportText)

    driven(folder, act)


@pytest.mark.parametrize("letters", range(1, 9))
def test_a_section_that_needs_a_scrollbar_is_not_cut(folder, letters):
    report(folder / "report", ("Networks", TABLE), ("Long", " ".join(["x" * letters] * 3000)))

    async def act(app, pilot):
        await until(pilot, lambda: titles(app) == ["Summary", "Networks", "Long"])
        await pilot.press("j", "j")
        await until(pilot, lambda: "x" * letters in shown(app))
        assert app.screen.query_one(ReportText).show_vertical_scrollbar
        assert "…" not in shown(app)

    driven(folder, act)


@pytest.mark.parametrize("charset", ["braille", "ascii"])
def test_one_pane_at_a_time_where_there_is_little_room(folder, charset):
    report(folder / "report", ("Networks", TABLE), ("Long", WORDS))

    async def act(app, pilot):
        def is_seen():
            sections = app.screen.query_one(SectionList)
            return sections.display and bool(sections.size)

        await until(pilot, lambda: "Networks" in shown(app))
        await pilot.press("j", "enter")
        await until(pilot, lambda: "network" in shown(app) and not is_seen())
        await pilot.press("n")
        await until(pilot, lambda: "word59" in shown(app))
        longest = max(shown(app).splitlines(), key=len)
        assert len(longest.rstrip()) <= SMALL[0]
        assert charset != "ascii" or shown(app).isascii()
        await pilot.press("tab")
        await until(pilot, is_seen)
        await pilot.press("enter")
        await until(pilot, lambda: not is_seen())
        await pilot.press("escape")
        await until(pilot, is_seen)

    driven(folder, act, SMALL, charset=charset)


def test_a_folder_without_a_report_says_what_to_do(folder):
    async def act(app, pilot):
        await until(pilot, lambda: "There is no report in this folder yet." in shown(app))
        assert "W writes one" in shown(app)
        report(folder / "report", ("Networks", TABLE))  # somebody else writes it meanwhile
        await until(pilot, lambda: titles(app) == ["Summary", "Networks"])
        assert app.focused is app.screen.query_one(SectionList)
        (folder / "report" / "README.md").unlink()
        await until(pilot, lambda: "There is no report in this folder yet." in shown(app))

    driven(folder, act)


def test_another_folder_is_asked_for_and_remembered(folder):
    report(folder / "docs" / "results", ("Elsewhere", TABLE))
    (folder / "logs").mkdir()

    async def act(app, pilot):
        await pilot.press("O")
        await until(pilot, lambda: isinstance(app.screen, FolderDialog))
        app.screen.query_one(Input).value = "nowhere"
        await pilot.press("enter")
        words = app.screen.query_one("#report-words", Static)
        await until(pilot, lambda: "There is no such folder." in str(words.content))
        app.screen.query_one(Input).value = "docs/results"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ReportScreen) and "Elsewhere" in titles(app))

    driven(folder, act)

    async def again(app, pilot):
        await until(pilot, lambda: "Elsewhere" in titles(app))

    driven(folder, again)


def test_what_was_just_written_is_read(folder):
    report(folder / "new", ("Fresh", TABLE))

    async def act(app, pilot):
        reports = app.deeds.reports
        written = Written(folder / "new" / "report.html", 2)
        app.post_message(Reports.Heard(reports._number, written))
        await until(pilot, lambda: "Fresh" in titles(app))

    driven(folder, act)


def test_where_no_run_is_there_is_nothing_to_write(folder):
    async def act(app, pilot):
        await pilot.press("W")
        await until(pilot, lambda: bool(app._notifications))
        assert isinstance(app.screen, ReportScreen)  # no run: it is said, and nothing asked
        assert ["no run has been made here" in each.message for each in app._notifications] == [True]

    driven(folder, act)


def test_it_is_written_of_all_that_has_finished(folder):
    make_run(folder / "logs", "lr", "20261123-091501-p7q", state=RunState.FINISHED)

    async def act(app, pilot):
        await until(pilot, lambda: len(app.snapshot.entries) == 1)
        await pilot.press("W")
        await until(pilot, lambda: isinstance(app.screen, FolderDialog))
        assert "all runs that have finished" in shown(app)

    driven(folder, act)
