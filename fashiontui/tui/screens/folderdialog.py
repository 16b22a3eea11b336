"""Which folder a report is written to, or read from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from fashiontui.tui.screens.room import Dialog
from fashiontui.tui.typedpath import typed_path

Refusal = Callable[[str, Path], str]
"""(what was written, the folder it means) → why that one won't do; empty where it will."""


class FolderDialog(Dialog[Path | None]):
    """Gives a folder, below `project` unless its path is absolute; None for no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", priority=True, id="reporting.cancel"),
    ]

    def __init__(self, title: str, words: str, project: Path, folder: str, refusal: Refusal) -> None:
        super().__init__()
        self._title = title
        self._words = words
        self._project = project
        self._folder = folder
        self._refusal = refusal

    def compose_dialog(self) -> ComposeResult:
        """What it is for, a line to write in, and what will be there."""
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="dialog-title", markup=False)
            yield Input(self._folder, id="report-folder", select_on_focus=False, compact=True)
            yield Static(self._words, id="report-words", classes="dialog-text", markup=False)

    def on_mount(self) -> None:
        """The name is ready to be changed."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take it, if it will do."""
        folder, problem = typed_path(event.value, self._project)
        problem = problem or self._refusal(event.value, folder)
        if problem:
            self.query_one("#report-words", Static).update(f"{problem}\n\n{self._words}")
        else:
            self.dismiss(folder)

    def action_cancel(self) -> None:
        """None of them."""
        self.dismiss(None)
