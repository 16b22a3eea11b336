"""Where a report is to be written."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from fashiontui.tui.reporting import refusal

FOLDER: Final = "report"  # in the project's
WORDS: Final = (
    "One HTML page that opens anywhere, Markdown, figures, and a table of the runs.\n"
    "A report that is there already goes on: its runs stay.\n\n"
    "enter write   esc cancel"
)


class ReportDialog(ModalScreen[Path | None]):
    """Gives the folder; None for no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", priority=True, id="reporting.cancel"),
    ]

    def __init__(self, words: str, project: Path, logs: Path, *, read_only: bool) -> None:
        super().__init__()
        self._words = words
        self._project = project
        self._logs = logs
        self._read_only = read_only

    def compose(self) -> ComposeResult:
        """What it will be of, a line to write in, and what will be there."""
        with Vertical(classes="dialog"):
            yield Static(
                f"Write a report of {self._words} to the folder", classes="dialog-title", markup=False
            )
            yield Input(FOLDER, id="report-folder", select_on_focus=False, compact=True)
            yield Static(WORDS, id="report-words", classes="dialog-text", markup=False)

    def on_mount(self) -> None:
        """The name is ready to be changed."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take it, if it can be written to."""
        folder = self._project / Path(event.value.strip()).expanduser()
        problem = refusal(event.value, folder, self._logs, read_only=self._read_only)
        if problem:
            self.query_one("#report-words", Static).update(f"{problem}\n\n{WORDS}")
        else:
            self.dismiss(folder)

    def action_cancel(self) -> None:
        """Write nothing."""
        self.dismiss(None)
