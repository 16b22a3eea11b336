"""Where to write what is in view."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from fashiontui.tui.screens.room import Dialog
from fashiontui.tui.typedpath import typed_path


class ExportScreen(Dialog[Path | None]):
    """Gives the path of the file, which ends in one of the `formats`; None for no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", priority=True, id="export.cancel"),
        Binding("tab,down", "format(1)", "other format", priority=True, id="export.next"),
        Binding("shift+tab,up", "format(-1)", "other format", priority=True, show=False, id="export.before"),
    ]

    def __init__(self, suggested: Path, below: Path, formats: Mapping[str, str]) -> None:
        super().__init__()
        self._below = below
        self._formats = dict(formats)
        self._suggested = suggested.relative_to(below) if suggested.is_relative_to(below) else suggested

    def compose_dialog(self) -> ComposeResult:
        """A line to write in, and what may be written."""
        with Vertical(id="export", classes="dialog"):
            yield Static("Write what is in view to", classes="dialog-title", markup=False)
            yield Input(str(self._suggested), id="export-path", select_on_focus=False, compact=True)
            yield Static(self._words(), id="export-words", classes="dialog-text", markup=False)

    def _words(self) -> str:
        kinds = "   ".join(f"{suffix} {what}" for suffix, what in self._formats.items())
        return f"{kinds}\n\nenter write   tab other format   esc cancel"

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what `enter` would do away with, or why it can't be done."""
        path, said = typed_path(event.value, self._below)
        if not said and event.value.strip() and path.is_file():
            said = "This file is there already: it is replaced."
        self._say(said)

    def _say(self, words: str) -> None:
        self.query_one("#export-words", Static).update(
            f"{words}\n\n{self._words()}" if words else self._words()
        )

    def on_mount(self) -> None:
        """The name is ready to be changed."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take it, if it can be told what is meant."""
        path, problem = typed_path(event.value, self._below)
        if not event.value.strip() or path.suffix.lower() not in self._formats:
            problem = f"The name must end in {' or '.join(self._formats)}"
        if problem:
            self._say(problem)
        else:
            self.dismiss(path)

    def action_format(self, step: int) -> None:
        """The same name with another end."""
        field = self.query_one(Input)
        path, suffixes = Path(field.value), list(self._formats)
        place = suffixes.index(path.suffix) if path.suffix in suffixes else -1
        field.value = (
            str(path.with_suffix(suffixes[(place + step) % len(suffixes)])) if path.name else field.value
        )
        field.cursor_position = len(field.value)

    def action_cancel(self) -> None:
        """Write nothing."""
        self.dismiss(None)
