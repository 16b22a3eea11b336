"""The mode "report": a written report, section by section."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from fashiontui.analysis.reportwriting import Written
from fashiontui.config.problems import printable
from fashiontui.tui.poller import Poller
from fashiontui.tui.reportfile import ReportFile
from fashiontui.tui.reporting import FOLDER, Subject, unreadable
from fashiontui.tui.reportpages import Page
from fashiontui.tui.screens.paned import PanedScreen
from fashiontui.tui.screens.reportkeys import KEY, NOT_OURS, ReportKeys
from fashiontui.tui.widgets.report_text import ReportText
from fashiontui.tui.widgets.section_list import SectionList

if TYPE_CHECKING:
    from fashiontui.tui.app import FashionApp

SECTION: Final = "report"  # of what is remembered
PANES: Final = ("report-sections", "report-text")
PERIOD_S: Final = 1.0
FINISHED: Final = ("status:finished",)
NO_RUNS: Final = "there is nothing to report: no run has been made here"
READ_WORDS: Final = "One that `fashiontui report` wrote, or W.\n\nenter read   esc cancel"
WRITE: Final = "W writes one, of all runs here."
READ: Final = "O reads another folder's."


class ReportScreen(PanedScreen, ReportKeys):
    """Reads the report that was written last, or the one that was asked for, and again when it has changed."""

    MODE = "report"
    CSS_PATH = "report.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        replace(KEY, show=True),
        Binding("O", "folder", "folder", tooltip="Read the report of another folder", id="report.folder"),
        Binding("n,right_square_bracket", "section(1)", "next section", id="report.next"),
        Binding("N,left_square_bracket", "section(-1)", "section before", show=False, id="report.before"),
    ]

    class PagesRead(Message):
        """There is something new in the report's file, or it can't be read (a text)."""

        def __init__(self, file: ReportFile, found: tuple[Page, ...] | str) -> None:
            super().__init__()
            self.file = file
            self.found = found

    def __init__(self) -> None:
        super().__init__()
        self._file = ReportFile(Path(FOLDER))
        self._written: Written | None = None  # that was shown
        self._problem = self._words = ""  # why there is nothing to read, and what is said of it
        self._poller = Poller(self, "report", PERIOD_S, self._look)

    def compose_body(self) -> ComposeResult:
        """Where it lies, its sections, and the one under the cursor."""
        yield Static(id="report-head", markup=False)
        yield Static(id="report-problem", markup=False)
        with Horizontal(id="report-panes"):
            sections = SectionList(id=PANES[0], classes="pane")
            sections.border_title = "sections"
            yield sections
            yield ReportText(id=PANES[1], classes="pane")

    def on_mount(self) -> None:
        """The folder it was left with."""
        kept = self.fashion.preferences.get(SECTION, "folder", FOLDER)
        self.query_one(SectionList).in_ascii = self.fashion.charset == "ascii"
        self.show_folder(self.fashion.options.project / kept)
        self.front(PANES[0])

    def panes(self) -> tuple[str, ...]:
        """Sections, and the text of one."""
        return PANES

    def to_report(self) -> Subject:
        """All runs of the folder."""
        snapshot = self.fashion.snapshot
        if snapshot.foreign:
            return Subject((), NOT_OURS)
        return Subject(FINISHED, "all runs that have finished") if snapshot.entries else Subject((), NO_RUNS)

    # Which report.

    def show_folder(self, folder: Path) -> None:
        """Read the report there."""
        inside = relative(folder, self.fashion.options.project)
        self.fashion.preferences.put(SECTION, "folder", str(inside))
        self._file = ReportFile(folder)
        self.query_one("#report-head", Static).update(f" {printable(str(inside))}")
        self._poller.nudge()

    def on_screen_resume(self) -> None:
        """Read."""
        self._poller.resume()

    def on_screen_suspend(self) -> None:
        """Nothing is read for nobody."""
        self._poller.pause()

    def on_fashion_app_report_changed(self) -> None:
        """The one that was written last is the one to read."""
        super().on_fashion_app_report_changed()
        written = self.fashion.deeds.reports.written
        if written is not None and written is not self._written:
            self._written = written
            self.show_folder(written.page.parent)

    def _look(self) -> Iterator[Message]:
        file = self._file
        found = file.look()
        if found is not None:
            yield self.PagesRead(file, found)

    def on_report_screen_pages_read(self, event: PagesRead) -> None:
        """Show it; the cursor stays with its section."""
        if event.file is not self._file:
            return
        self._problem = problem = event.found if isinstance(event.found, str) else ""
        self.set_class(bool(problem), "-empty")
        self._say_problem()
        sections = self.query_one(SectionList)
        sections.show(() if isinstance(event.found, str) else event.found)
        self.query_one(ReportText).show_page(sections.row)
        if self.focused is None and not problem:
            self.front(self.in_front())

    def on_fashion_app_snapshot_changed(self, _event: FashionApp.SnapshotChanged) -> None:
        """Whose runs these are says what can be done."""
        self._say_problem()

    def _say_problem(self) -> None:
        how = READ if self.fashion.snapshot.foreign else f"{WRITE} {READ}"
        words = f"{self._problem}\n\n{how}" if self._problem else ""
        if words != self._words:
            self._words = words
            self.query_one("#report-problem", Static).update(words)

    # What of it.

    def on_row_list_moved(self, event: SectionList.Moved[Page]) -> None:
        """Another section."""
        self.query_one(ReportText).show_page(event.row)

    def on_row_list_chosen(self, _event: SectionList.Chosen[Page]) -> None:
        """To its text."""
        self.front(PANES[1])

    def action_section(self, step: int) -> None:
        """The next section, or the one before."""
        self.query_one(SectionList).action_move(step)

    def action_sections(self) -> None:
        """Back from the text of one."""
        self.front(PANES[0])

    def action_folder(self) -> None:
        """Ask for another folder."""
        from fashiontui.tui.screens.folderdialog import FolderDialog  # noqa: PLC0415 - seldom

        project = self.fashion.options.project
        shown = str(relative(self._file.folder, project))
        dialog = FolderDialog("Read the report in the folder", READ_WORDS, project, shown, unreadable)
        self.app.push_screen(dialog, lambda folder: self.show_folder(folder) if folder else None)


def relative(folder: Path, project: Path) -> Path:
    """As seen from the project, where it is below it."""
    return folder.relative_to(project) if folder.is_relative_to(project) else folder
