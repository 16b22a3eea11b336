"""The pane of the log: what the run's worker says, followed and searched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from fashiontui.runs.paths import RunPaths
from fashiontui.runs.workerlog import LogLines, LogTail
from fashiontui.tui.poller import Poller
from fashiontui.tui.shownrun import ShownRun
from fashiontui.tui.widgets.frame import subtitle
from fashiontui.tui.widgets.log_view import LogView
from fashiontui.tui.widgets.pane import Pane

PERIOD_S: Final = 0.4


class LogPane(Pane):
    """Reads worker.log while it can be seen."""

    TITLE: ClassVar[str] = "log"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "search", id="log.search"),
        Binding("n", "found(1)", "next found", id="log.next"),
        Binding("N", "found(-1)", "found before", show=False, id="log.previous"),
        Binding("escape", "leave_search", "leave the search", show=False, id="log.leave-search"),
    ]

    class LogRead(Message):
        """There is something new in the log."""

        def __init__(self, tail: LogTail, lines: LogLines) -> None:
            super().__init__()
            self.tail = tail
            self.lines = lines

    class LogUnreadable(Message):
        """It can't be read."""

        def __init__(self, tail: LogTail, problem: str) -> None:
            super().__init__()
            self.tail = tail
            self.problem = problem

    def __init__(self) -> None:
        super().__init__(id="log")
        self._tail: LogTail | None = None
        self._poller = Poller(self, "log", PERIOD_S, self._look)

    def compose(self) -> ComposeResult:
        """The lines, and what is searched for."""
        yield LogView(id="log-lines")
        search = Input(placeholder="search the log", id="log-search", compact=True)
        search.display = False
        yield search

    def show(self, run: ShownRun) -> None:
        """Another run has another log."""
        if self.run is None or self.run.root != run.root:
            self._tail = LogTail(RunPaths(run.root).log)
            for view in self.query(LogView):
                view.show(LogLines())
        super().show(run)

    def update_run(self, run: ShownRun) -> None:
        """Say why there may be nothing to read."""
        if run.is_foreign:
            words = "Another program's run: it has no worker.log."
        elif run.entry is not None and not run.entry.attempts and not run.is_live:
            waits = f" It waits: {run.entry.reason}" if run.entry.reason else ""
            words = f"No worker has been started yet.{waits}" if run.may_get_on else "No worker was started."
        else:
            words = "Nothing has been said yet." if run.may_get_on else "Nothing was said."
        self.query_one(LogView).empty_words = words

    def begin(self) -> None:
        """Read."""
        self._poller.resume()

    def rest(self) -> None:
        """Read no more."""
        self._poller.pause()

    def _look(self) -> Iterator[Message]:
        tail = self._tail
        if tail is None:
            return
        try:
            lines = tail.read()
        except OSError as error:
            yield self.LogUnreadable(tail, f"{error.filename}: {error.strerror}")
            return
        if lines is not None:
            yield self.LogRead(tail, lines)

    def on_log_pane_log_read(self, event: LogRead) -> None:
        """Show it."""
        event.stop()
        if event.tail is self._tail:
            self.query_one(LogView).show(event.lines)

    def on_log_pane_log_unreadable(self, event: LogUnreadable) -> None:
        """Say so."""
        event.stop()
        if event.tail is self._tail:
            self.query_one(LogView).empty_words = event.problem

    def on_log_view_scrolled(self, event: LogView.Scrolled) -> None:
        """Say where one is."""
        event.stop()
        subtitle(self, event.words)

    # Searching.

    def action_search(self) -> None:
        """Ask what for."""
        search = self.query_one(Input)
        search.display = True
        search.focus()

    def action_leave_search(self) -> None:
        """Forget it."""
        search = self.query_one(Input)
        search.value = ""
        search.display = False
        self.query_one(LogView).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while it is typed."""
        event.stop()
        self.query_one(LogView).search(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on reading; `n` goes on searching."""
        event.stop()
        self.query_one(LogView).focus()

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Escape is for the search only while there is one."""
        return self.query_one(Input).display if action == "leave_search" else True

    def action_found(self, step: int) -> None:
        """Go to another place where it was found."""
        self.query_one(LogView).go_to_found(step)

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        """An empty search goes away by itself."""
        search = self.query_one(Input)
        if search.display and not search.value and not search.has_focus:
            search.display = False
