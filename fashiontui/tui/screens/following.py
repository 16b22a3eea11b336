"""A screen that reads the event files of several runs while it can be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.timer import Timer

from fashiontui.runs.registry.entry import Entry
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
        """Read the runs there are now, and no others."""
        self.views = {key: view for key, view in self.views.items() if key in self.keys()}
        entries = self.entries()
        folders = {entry.key: self.fashion.snapshot.logs / entry.key for entry in entries}
        if self._feed is not None:
            self._feed.follow(folders, live=[entry.key for entry in entries if entry.state.is_live])
        self.also_follow(folders)
        self.show_now()

    def on_fashion_app_snapshot_changed(self, _event: FashionApp.SnapshotChanged) -> None:
        """Runs have got on, or gone."""
        self.follow()

    def on_run_feed_run_read(self, event: RunFeed.RunRead) -> None:
        """New points of a run."""
        if event.key in self.keys():
            self.views[event.key] = event.view
            self._show_soon()

    def _show_soon(self) -> None:
        if self._pending is None:
            wait_s = TOGETHER_SLOW_S if self.fashion.low_bandwidth else TOGETHER_S
            self._pending = self.set_timer(wait_s, self.show_now)

    def show_now(self) -> None:
        """Show all that is known."""
        if self._pending is not None:
            self._pending.stop()
            self._pending = None
        self.show_runs()
