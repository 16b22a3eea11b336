"""A screen that reads the event files of several runs while it can be seen."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.timer import Timer

from fashiontui.runs.registry.entry import Entry
from fashiontui.runs.state import RunState
from fashiontui.tui.pace import Pace
from fashiontui.tui.runfeed import RunFeed
from fashiontui.tui.runview import RunView
from fashiontui.tui.screens.paned import PanedScreen

if TYPE_CHECKING:
    from fashiontui.tui.app import FashionApp

TOGETHER_S: Final = 0.5  # what is read within so long is shown at once
TOGETHER_SLOW_S: Final = 1.0


class FollowingScreen(PanedScreen):
    """Subclasses say which runs (`keys`), and show them (`show_runs`)."""

    def __init__(self) -> None:
        super().__init__()
        self.views: dict[str, RunView] = {}
        self._feed: RunFeed | None = None
        self._pending: Timer | None = None
        self._standing: list[tuple[str, RunState]] = []  # of the runs as they were shown
        self._pace = Pace()
        self._due = 0.0  # when they are shown again, if that is pending

    def keys(self) -> Sequence[str]:
        """The runs to follow."""
        raise NotImplementedError

    def show_runs(self) -> None:
        """Show `entries` and `views` as they are now."""
        raise NotImplementedError

    def also_follow(self, folders: Mapping[str, Path]) -> None:
        """Others in here that read these runs."""

    def on_mount(self) -> None:
        """Ready to read."""
        self._feed = RunFeed(self, scalars_only=True, low_bandwidth=self.fashion.low_bandwidth)

    def on_screen_resume(self) -> None:
        """Read."""
        if self._feed is not None:
            self._feed.resume()

    def on_screen_suspend(self) -> None:
        """Nothing is read for nobody."""
        if self._feed is not None:
            self._feed.pause()

    def entries(self) -> list[Entry]:
        """Those of the runs that are still there."""
        found = (self.fashion.snapshot.by_key(key) for key in self.keys())
        return [entry for entry in found if entry is not None]

    def follow(self) -> None:
        """Read the runs there are now, and no others; show them at once."""
        self._read()
        self.show_now()

    def _read(self) -> None:
        self.views = {key: view for key, view in self.views.items() if key in self.keys()}
        entries = self.entries()
        folders = {entry.key: self.fashion.snapshot.logs / entry.key for entry in entries}
        if self._feed is not None:
            self._feed.follow(folders, live=[entry.key for entry in entries if entry.state.is_live])
        self.also_follow(folders)

    def _stand(self) -> list[tuple[str, RunState]]:
        return [(entry.key, entry.state) for entry in self.entries()]

    def on_fashion_app_snapshot_changed(self, _event: FashionApp.SnapshotChanged) -> None:
        """Runs have got on, or come, gone and ended: that is shown at once."""
        self._read()
        if self._stand() != self._standing:
            self.show_now()
        else:
            self._show_soon(self._calm_s)

    def on_run_feed_run_read(self, event: RunFeed.RunRead) -> None:
        """New points of a run."""
        if event.key in self.keys():
            is_new = event.key not in self.views
            self.views[event.key] = event.view
            self._show_soon(self._together_s if is_new else self._calm_s)

    @property
    def _together_s(self) -> float:
        return TOGETHER_SLOW_S if self.fashion.low_bandwidth else TOGETHER_S

    @property
    def _calm_s(self) -> float:
        """A slow machine shows less often what only gets on."""
        return max(self._together_s, self._pace.wait_s)

    def _show_soon(self, wait_s: float) -> None:
        due = time.monotonic() + wait_s
        if self._pending is not None and self._due <= due:
            return
        if self._pending is not None:
            self._pending.stop()
        self._due = due
        self._pending = self.set_timer(wait_s, self.show_now)

    def show_now(self) -> None:
        """Show all that is known."""
        if self._pending is not None:
            self._pending.stop()
            self._pending = None
        with self._pace.showing():
            self._standing = self._stand()
            self.show_runs()
