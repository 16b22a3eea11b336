"""A terminal too small for anything to be read: what is said instead, on screens and dialogs alike."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from textual.app import ComposeResult
from textual.events import Resize
from textual.geometry import Size
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

LEAST: Final = Size(80, 24)
TOO_SMALL: Final = "-too-small"  # class of a screen, all but whose sign is hidden

Answer = TypeVar("Answer")


class Room:
    """Watches over one screen, which yields `sign` and tells its size to `fit`."""

    def __init__(self, screen: Screen[Any]) -> None:
        self._screen = screen
        self._focus_before: Widget | None = None  # there was too little room
        self.sign = Static(id="too-small", markup=False)

    def fit(self, size: Size) -> None:
        """Hide all but the sign, or bring it back."""
        screen = self._screen
        is_too_small = size.width < LEAST.width or size.height < LEAST.height
        if is_too_small and not screen.has_class(TOO_SMALL):
            self._focus_before = screen.focused  # what is hidden loses it
        elif not is_too_small and screen.has_class(TOO_SMALL):
            screen.call_after_refresh(self._focus_again)
        screen.set_class(is_too_small, TOO_SMALL)
        if is_too_small:
            self.sign.update(
                f"{size.width}×{size.height} is too small: at least {LEAST.width}×{LEAST.height} is needed"
            )

    def _focus_again(self) -> None:
        before, self._focus_before = self._focus_before, None
        if before is not None and before.is_attached:  # what has it now was chosen for want of another
            self._screen.set_focus(before)


class Dialog(ModalScreen[Answer]):
    """Over a screen, until it is answered: define `compose_dialog`."""

    def __init__(self) -> None:
        super().__init__()
        self._room = Room(self)

    def compose(self) -> ComposeResult:
        """The dialog, and what is said where there is no room for it."""
        self._room.fit(self.app.size)
        yield from self.compose_dialog()
        yield self._room.sign

    def compose_dialog(self) -> ComposeResult:
        """What is asked or told."""
        yield Widget()

    def on_resize(self, event: Resize) -> None:
        """Fit in."""
        self._room.fit(event.size)
