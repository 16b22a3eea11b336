"""What all screens of the app have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import events
from textual.app import ComposeResult
from textual.geometry import Size
from textual.reactive import Reactive
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from fashiontui.tui.project import ProjectSnapshot
from fashiontui.tui.screens.room import Room
from fashiontui.tui.widgets.keyline import KeyLine
from fashiontui.tui.widgets.report_line import ReportLine
from fashiontui.tui.widgets.topbar import TopBar
from fashiontui.tui.words import machine_words

if TYPE_CHECKING:
    from fashiontui.tui.app import FashionApp
    from fashiontui.tui.charts.chart import Chart

WIDTHS: Final = ((0, "-narrow"), (100, "-medium"), (160, "-wide"))


class ProjectScreen(Screen[None]):
    """A mode: the top bar, its own widgets (`compose_body`), and the keys that work.

    It is told of new snapshots by `FashionApp.SnapshotChanged`: define `on_fashion_app_snapshot_changed`. Only the
    screen that is seen is told; one that comes back is told what it missed. Its size is in its classes: `-narrow`
    below 100 columns, `-medium`, `-wide` from 160.
    """

    MODE: ClassVar[str]
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)  # else all is drawn anew with each Tab
    _seen: ProjectSnapshot | None = None

    def __init__(self) -> None:
        super().__init__()
        self._room = Room(self)

    @property
    def fashion(self) -> FashionApp:
        """The app, as what it is."""
        return cast("FashionApp", self.app)

    def compose(self) -> ComposeResult:
        """The frame around the body."""
        self._fit(self.app.size)  # while nothing is in it: each class that changes later restyles all that is
        bar = TopBar()
        bar.mode = self.MODE
        yield bar
        yield from self.compose_body()
        yield self._room.sign
        yield ReportLine()
        yield KeyLine()

    def compose_body(self) -> ComposeResult:
        """What is between the two lines."""
        yield Widget()

    def _on_fashion_app_snapshot_changed(self, event: FashionApp.SnapshotChanged) -> None:
        self._seen = event.snapshot
        for bar in self.query(TopBar):
            bar.words = tuple(machine_words(event.snapshot))

    def on_fashion_app_report_changed(self) -> None:
        """Say how far it is."""
        for line in self.query(ReportLine):
            line.show(self.fashion.deeds.reports.doing)

    def key_words(self, action: str) -> str | None:  # noqa: ARG002 - for those who have something to say
        """What a key does now, where that is not what its binding says; empty where it is not to be offered.

        `refresh_bindings` asks again.
        """
        return None

    @property
    def subject(self) -> str:
        """What all charts here are of, such as a run; nothing where each curve says it."""
        return ""

    def on_chart_export_requested(self, event: Chart.ExportRequested) -> None:
        """Ask where to, and write it."""
        from fashiontui.tui.exporting import export_chart  # noqa: PLC0415 - when the first file is written

        export_chart(self.fashion, event.chart)

    def on_screen_resume(self) -> None:
        """Fit in, and catch up."""
        self._fit(self.app.size)
        self.on_fashion_app_report_changed()
        snapshot = self.fashion.snapshot
        if snapshot is not self._seen:
            self.post_message(self.fashion.SnapshotChanged(snapshot))

    def on_screen_suspend(self) -> None:
        """A dialog is read without toasts over it."""
        if isinstance(self.app.screen, ModalScreen):
            self.app.clear_notifications()

    def on_resize(self, event: events.Resize) -> None:
        """Fit in."""
        self._fit(event.size)

    def _fit(self, size: Size) -> None:
        """Put the size into classes."""
        self.set_class(self.fashion.charset == "ascii", "-ascii")
        self._room.fit(size)
        fitting = [name for width, name in WIDTHS if size.width >= width][-1]
        for _, name in WIDTHS:
            self.set_class(name == fitting, name)
