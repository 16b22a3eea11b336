"""A part of the run screen: it is given each moment of the run, and shows it once it can be seen."""

from __future__ import annotations

from typing import ClassVar

from textual.containers import Vertical

from fashiontui.tui.shownrun import ShownRun


class Pane(Vertical):
    """What is hidden is not brought up to date; what comes to sight is, at once."""

    TITLE: ClassVar[str] = ""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, classes="pane")
        self.border_title = self.TITLE
        self.run: ShownRun | None = None
        self.is_seen = False
        self._is_stale = False

    def show(self, run: ShownRun) -> None:
        """Take in how the run is now."""
        self.run = run
        self._is_stale = True
        self._catch_up()

    def on_show(self) -> None:
        """It can be seen."""
        self.is_seen = True
        self._catch_up()
        self.begin()

    def on_hide(self) -> None:
        """It can be seen no more."""
        self.is_seen = False
        self.rest()

    def _catch_up(self) -> None:
        if self._is_stale and self.is_seen and self.run is not None:
            self._is_stale = False
            self.update_run(self.run)

    def update_run(self, run: ShownRun) -> None:
        """Show the run; called only while the pane can be seen."""

    def begin(self) -> None:
        """The pane came to sight, or its screen did."""

    def rest(self) -> None:
        """It went out of sight."""

    def take_focus(self) -> None:
        """Focus what keys are for, in here."""
        for widget in self.query("*"):
            if widget.focusable:
                widget.focus()
                return
