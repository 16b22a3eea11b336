"""A part of the run screen: it is given each moment of the run, and shows it once it can be seen."""

from __future__ import annotations

from operator import is_not
from typing import ClassVar, Final

from textual.containers import Vertical

from fashiontui.tui.shownrun import ShownRun
from fashiontui.tui.widgets.frame import entitle
from fashiontui.tui.widgets.sight import Sighted

READING: Final = "reading …"  # where there is nothing yet that there may be


class Pane(Vertical, Sighted):
    """What is hidden is not brought up to date; what comes to sight is, at once."""

    TITLE: ClassVar[str] = ""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, classes="pane")
        entitle(self, self.TITLE)
        self.run: ShownRun | None = None
        self._updated: tuple[object, ...] = ()  # what was shown last

    def show(self, run: ShownRun) -> None:
        """Take in how the run is now."""
        self.run = run
        self._catch_up()

    def come(self) -> None:
        """Bring it up to date."""
        self._catch_up()
        self.begin()

    def go(self) -> None:
        """Do no more."""
        self.rest()

    def _catch_up(self) -> None:
        if not self.is_seen or self.run is None:
            return
        parts = (self.run.root, *self.depends_on(self.run))
        if len(parts) != len(self._updated) or any(map(is_not, parts, self._updated)):
            self._updated = parts
            self.update_run(self.run)

    def depends_on(self, run: ShownRun) -> tuple[object, ...]:
        """What of a run is shown here: while these are the same objects, there is nothing to do."""
        return (run.view, run.record, run.entry)

    def why_nothing(self, not_yet: str, none: str) -> str:
        """What is said where there is nothing to show: it is still read, it may come, or it never will."""
        if self.run is None or not self.run.view.is_whole:
            return READING
        return not_yet if self.run.is_live else none

    def update_run(self, run: ShownRun) -> None:
        """Show the run, of which something is new; called only while the pane can be seen."""

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
