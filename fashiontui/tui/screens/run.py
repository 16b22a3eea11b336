"""The mode "run": one run, live, ended, or another program's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer

from fashiontui.runs.state import RunState
from fashiontui.tui.headline import alert_line, headline
from fashiontui.tui.pace import Pace
from fashiontui.tui.picking import Picked
from fashiontui.tui.poller import Poller
from fashiontui.tui.recordfile import ReadRecord, RecordFile
from fashiontui.tui.runfeed import RunFeed
from fashiontui.tui.runview import RunView
from fashiontui.tui.screens.runpanes import LAYERED, RunPanes
from fashiontui.tui.shownrun import Alert, ShownRun, alerts_of
from fashiontui.tui.widgets.linesview import LinesView
from fashiontui.tui.words import named_key

if TYPE_CHECKING:
    from fashiontui.tui.app import FashionApp

RECORD_S: Final = 1.0
TOLD_ANYWHERE: Final = ("nan", "overfitting")  # of live runs, whatever screen is seen
PARTS_S: Final = 0.7  # between what is shown of a long file while it is read


class RunScreen(RunPanes):
    """Hands each moment of the run to its panes, and lays them out."""

    MODE = "run"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["../widgets/sheet.tcss", "run.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pause_or_resume", "pause", id="run.pause", tooltip="Pause, or go on"),
        Binding("K", "stop", "stop", id="run.stop", tooltip="Stop after a checkpoint; asks first"),
        Binding("space", "mark", "mark", id="run.mark", tooltip="Mark the run for comparing"),
        Binding("c", "compare", "compare", id="run.compare", tooltip="Compare the marked runs"),
        Binding("r", "act('rerun')", "again", show=False, id="run.again", tooltip="Repeat the run"),
        Binding("d", "delete", "delete", show=False, id="run.delete", tooltip="Move the run to the trash"),
        Binding("i", "copy_id", "copy id", show=False, id="run.copy-id", tooltip="Copy the run's id"),
    ]

    class RecordRead(Message):
        """run.json is new."""

        def __init__(self, file: RecordFile, read: ReadRecord) -> None:
            super().__init__()
            self.file = file
            self.read = read

    def __init__(self) -> None:
        super().__init__()
        self._record_file: RecordFile | None = None
        self._alerts: tuple[Alert, ...] = ()
        self._told: set[tuple[str, str]] = set()  # key and kind of the alerts that were told
        self._feed: RunFeed | None = None
        self._read_at = 0.0
        self._pace = Pace()
        self._latest: RunView | None = None  # that is not shown yet
        self._pending: Timer | None = None  # until it is
        self._is_new = True  # the run; nothing of it was shown yet
        self._records: Poller | None = None
        self._offered: tuple[object, ...] = ()  # what says which keys work

    def on_mount(self) -> None:
        """Read, once there are panes to show it."""
        self._feed = RunFeed(self, low_bandwidth=self.fashion.low_bandwidth)
        self._records = Poller(self, "run-record", RECORD_S, self._look_at_record)
        self.call_after_refresh(self.recall)

    @property
    def subject(self) -> str:
        """The run."""
        return "" if self.shown is None else self.shown.key.replace("/", " ")

    # Which run.

    def on_screen_resume(self) -> None:
        """Show a run, and read."""
        self._take(self._wanted())
        for reader in (self._feed, self._records):
            if reader is not None:
                reader.resume()
        for pane in self.panes:
            if pane.is_seen:
                pane.begin()

    def on_screen_suspend(self) -> None:
        """Nothing is read for nobody."""
        for reader in (self._feed, self._records):
            if reader is not None:
                reader.pause()
        for pane in self.panes:
            pane.rest()

    def on_fashion_app_run_opened(self, event: FashionApp.RunOpened) -> None:
        """Another run."""
        self._take(event.key)

    def on_fashion_app_snapshot_changed(self, _event: FashionApp.SnapshotChanged) -> None:
        """It may have got on, or gone."""
        if self.shown is None:
            self._take(self._wanted())
            return
        before, entry = self.shown.entry, self.fashion.snapshot.by_key(self.shown.key)
        if entry is not before:
            self.shown = replace(self.shown, entry=entry)
            self._follow()
            self._show()
            if entry is None or before is None or entry.state is not before.state:
                self._show_latest()

    def _wanted(self) -> str | None:
        """The run that was asked for, else the one that was seen, else the newest."""
        asked, snapshot = self.fashion.run_key, self.fashion.snapshot
        if self.shown is not None:
            return asked or self.shown.key
        is_gone = asked is not None and snapshot.is_loaded and snapshot.by_key(asked) is None
        return self._newest() if is_gone else asked or self._newest()

    def _newest(self) -> str | None:
        entries = self.fashion.snapshot.entries
        live = [entry for entry in entries if entry.state.is_live]
        begun = [entry for entry in entries if entry.state is not RunState.QUEUED]
        newest = max(live or begun or entries, key=lambda entry: (entry.created, entry.key), default=None)
        return None if newest is None else newest.key

    def on_resize(self, _event: events.Resize) -> None:
        """More, or less, of the head fits."""
        if self.shown is not None:
            self.call_after_refresh(self._show_head, self.shown)

    def _take(self, key: str | None) -> None:
        if key is None or (self.shown is not None and self.shown.key == key):
            self._show()
            return
        if self.shown is not None:
            self.leave_places()
            self._pace = Pace()
        snapshot = self.fashion.snapshot
        root = snapshot.logs / key
        self.shown = ShownRun(key, root, snapshot.by_key(key))
        self.fashion.run_key = key
        self._record_file = RecordFile(root)
        self._alerts = ()
        self._latest = None
        self._is_new = True
        self._follow()
        if self._records is not None and self._records.is_active:
            self._records.nudge()
        self._show()

    def _follow(self) -> None:
        if self._feed is not None and self.shown is not None:
            live = [self.shown.key] if self.shown.is_live else []
            self._feed.follow({self.shown.key: self.shown.root}, live)

    # What it says.

    def _look_at_record(self) -> Iterator[Message]:
        file = self._record_file
        read = None if file is None else file.look()
        if file is not None and read is not None:
            yield self.RecordRead(file, read)

    def on_run_screen_record_read(self, event: RecordRead) -> None:
        """What it was made with, and came to."""
        if event.file is self._record_file and self.shown is not None:
            self.shown = replace(self.shown, record=event.read.record, problem=event.read.problem)
            self._show()

    def on_run_feed_run_read(self, event: RunFeed.RunRead) -> None:
        """New points: shown now, or as soon as it is time."""
        if self.shown is None or event.key != self.shown.key:
            return
        self._latest = event.view
        wait_s = self._wait_s(self.shown, event.view)
        if wait_s <= 0:
            self._show_latest()
        elif self._pending is None:
            self._pending = self.set_timer(wait_s, self._show_latest)

    def _wait_s(self, run: ShownRun, view: RunView) -> float:
        """A file that is long shows in parts; then what only gets on waits for its turn."""
        if run.view.is_whole:
            return self._pace.wait_s if run.is_live or run.is_foreign else 0.0
        is_first = not run.view.scalars
        return 0.0 if view.is_whole or is_first else self._read_at + PARTS_S - time.monotonic()

    def _show_latest(self) -> None:
        if self._pending is not None:
            self._pending.stop()
            self._pending = None
        view, self._latest = self._latest, None
        if view is None or self.shown is None:
            return
        self._read_at = time.monotonic()
        with self._pace.showing():
            self.shown = replace(self.shown, view=view)
            self._alerts = alerts_of(self.shown)
            self._tell()
            self._leave_empty_pane()
            self.lay_out()
            self._show()

    def _leave_empty_pane(self) -> None:
        """A run without layers is first seen by its curves, whatever was looked at of another."""
        if self._is_new and self.shown is not None and self.shown.view.is_whole:
            self._is_new = False
            if self.beside:
                self.leave(LAYERED)

    def on_run_feed_run_unreadable(self, event: RunFeed.RunUnreadable) -> None:
        """Say so."""
        if self.shown is not None and event.key == self.shown.key:
            self.shown = replace(self.shown, problem=event.problem)
            self._show()

    def _tell(self) -> None:
        """What is new and odd of a live run, once."""
        run = self.shown
        if run is None or not run.is_live:
            return
        for alert in self._alerts:
            if alert.kind not in TOLD_ANYWHERE and (run.key, alert.kind) not in self._told:
                self._told.add((run.key, alert.kind))
                self.fashion.say(f"{named_key(run.key)}: {alert.words}", "warning")

    def _show(self) -> None:
        run = self.shown
        self.set_class(run is None, "-empty")
        if run is None:
            return
        self._show_head(run)
        for pane in self.panes:
            pane.show(run)
        offered = (run.key, None if run.entry is None else (run.entry.state, run.entry.wanted))
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    def _show_head(self, run: ShownRun) -> None:
        width, charset = self.size.width - 2, self.fashion.charset
        lines = [
            headline(run, charset, width, is_marked=run.key in self.fashion.marked),
            alert_line(run, self._alerts, charset, width),
        ]
        self.query_one("#run-head", LinesView).show([line for line in lines if line])

    # Doing things to it.

    def picked(self) -> Picked:
        """The run."""
        entry = self.shown.entry if self.shown is not None else None
        return Picked() if entry is None else Picked((entry,))

    def on_fashion_app_marks_changed(self, _event: FashionApp.MarksChanged) -> None:
        """It may be marked now."""
        if self.shown is not None:
            self._show_head(self.shown)
