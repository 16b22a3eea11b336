"""The histograms of one parameter, of all runs side by side on one scale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid
from textual.content import Content
from textual.widgets import Static

from fashiontui.config.problems import printable
from fashiontui.runs.metrics import EPOCHS
from fashiontui.tfevents.points import HistogramPoint
from fashiontui.tui.charts import density
from fashiontui.tui.charts.curves import epochs_at
from fashiontui.tui.charts.histograms import MODES, HistogramChart
from fashiontui.tui.charts.palette import sign
from fashiontui.tui.comparing.shown import Shown
from fashiontui.tui.comparing.state import chosen, next_of
from fashiontui.tui.fitting import fitted_apart
from fashiontui.tui.runfeed import RunFeed
from fashiontui.tui.runview import RunView
from fashiontui.tui.widgets.sight import Sighted

MOST: Final = 6  # at once
NARROWEST: Final = 24  # cells that a chart needs
AROUND: Final = 8  # cells of one, its frame and marker, that its title has not
LOWEST: Final = 8
FIRST: Final = ("weights/", "biases/", "gradients/")
NONE: Final = "none of these runs has logged histograms"


class Spreads(Grid, Sighted, can_focus=True):
    """Reads histograms only while it can be seen: they are most of what a run logs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "mode", "ridge or heat map", tooltip="The other way to show them", id="spreads.mode"),
        Binding("n", "others", "other runs", tooltip="The runs there was no room for", id="spreads.others"),
    ]

    def __init__(self, *, id: str, classes: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, classes=classes)
        self.tags: tuple[str, ...] = ()
        self._feed: RunFeed | None = None
        self._views: dict[str, RunView] = {}
        self._shown: Sequence[Shown] = ()
        self._tag = ""
        self._kept = ""  # the tag that was seen when others were asked for
        self._folders: Mapping[str, Path] = {}  # of all runs
        self._first = 0  # the place of the first that is seen
        self._entitled = ("", "")

    def compose(self) -> ComposeResult:
        """A chart a run; those that are not needed are away."""
        yield Static(NONE, id="spreads-none", markup=False)
        for place in range(MOST):
            yield HistogramChart(id=f"spread-{place}", classes="-away")

    def on_mount(self) -> None:
        """Ready to read."""
        self.border_title = "histograms"
        self._feed = RunFeed(self)
        for chart in self.query(HistogramChart):
            chart.can_focus = False

    def follow(self, folders: Mapping[str, Path]) -> None:
        """These runs, of which as many are read as have room."""
        if list(folders.items()) != list(self._folders.items()):  # their order says which have room
            self._folders = folders
            self._read_on()

    def _read_on(self) -> None:
        """Read those that are to be seen, and let go of the others."""
        self._first = self._first if self._first < len(self._folders) and self._are_more else 0
        seen = dict(list(self._folders.items())[self._first : self._first + self._room])
        self._views = {key: view for key, view in self._views.items() if key in seen}
        if self._feed is not None:
            self._feed.follow(seen)
        self.refresh_bindings()

    @property
    def _are_more(self) -> bool:
        return self._room < len(self._folders)

    @property
    def _across(self) -> int:
        return max(1, self.size.width // NARROWEST)

    @property
    def _room(self) -> int:
        return min(MOST, self._across * max(1, self.size.height // LOWEST))

    def come(self) -> None:
        """Read."""
        if self._feed is not None:
            self._feed.resume()

    def go(self) -> None:
        """Read no more, and let go of what was read."""
        if self._feed is not None:
            self._feed.pause()

    def rest(self, resting: bool) -> None:
        """Whether the whole screen is away, of which nobody else tells."""
        if self._feed is not None and self.is_seen:
            (self._feed.pause if resting else self._feed.resume)()

    def on_run_feed_run_read(self, event: RunFeed.RunRead) -> None:
        """New histograms: they are nobody else's business."""
        event.stop()
        self._views[event.key] = event.view
        self._draw()

    def on_run_feed_run_unreadable(self, event: RunFeed.RunUnreadable) -> None:
        """The screen says so for its curves."""
        event.stop()

    def show(self, shown: Sequence[Shown], tag: str) -> None:
        """These runs, and of them the tag that is wanted, or the first there is."""
        self._shown, self._tag = shown, tag
        self._draw()

    def action_mode(self) -> None:
        """Heat map or ridge."""
        for chart in self.query(HistogramChart):
            chart.mode = next_of(MODES, chart.mode)

    def action_others(self) -> None:
        """Those after the ones that are seen, and after the last the first."""
        self._kept = self._tag or self._kept or next(iter(self.tags), "")
        self._first += self._room
        self._read_on()
        self._draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There are others where not all have room."""
        return self._are_more if action == "others" else super().check_action(action, parameters)

    def _draw(self) -> None:
        self.tags = _tags(self._views)
        tag = chosen(self.tags, self._tag or self._kept)
        runs = [run for run in self._shown if self._points(run.key, tag)]
        rows = -(-len(runs) // self._across)
        columns = max(1, -(-len(runs) // max(1, rows)))  # in rows of equally many
        self.styles.grid_size_columns = columns
        found = {run.key: self._points(run.key, tag) for run in runs}
        every = [point for points in found.values() for point in (points[:1] + points[-1:])]
        values = density.bounds(every) if every else None
        labels = fitted_apart([run.label for run in runs], max(1, self.size.width // columns - AROUND))
        for place, chart in enumerate(self.query(HistogramChart)):
            run = runs[place] if place < len(runs) else None
            chart.set_class(run is None, "-away")
            if run is not None:
                chart.title = f"{sign(run.look.marker, chart.charset)} {labels[place]}"
                chart.values = values
                self._show_run(chart, run, found[run.key])
        self.query_one("#spreads-none").set_class(bool(tag), "-away")
        self._entitle(tag)

    def on_resize(self) -> None:
        """There may be room for more, or less."""
        self._read_on()
        self._draw()

    def _points(self, key: str, tag: str) -> tuple[HistogramPoint, ...]:
        view = self._views.get(key)
        return view.histograms.get(tag, ()) if view is not None else ()

    def _show_run(self, chart: HistogramChart, run: Shown, points: tuple[HistogramPoint, ...]) -> None:
        epochs = self._views[run.key].scalars.get(EPOCHS) if run.key in self._views else None
        if epochs is None or not len(epochs):
            chart.show(points)
            return
        steps = np.array([point.step for point in points], dtype=np.int64)
        chart.show(points, epochs_at(steps, epochs), "epoch")

    def _entitle(self, tag: str) -> None:
        last = min(self._first + self._room, len(self._folders))
        rest = f" · runs {self._first + 1}–{last} of {len(self._folders)}" if self._are_more else ""
        without = sum(view.is_whole and tag not in view.histograms for view in self._views.values())
        rest += f" · {without} without" if tag and without else ""
        place = f" ({self.tags.index(tag) + 1}/{len(self.tags)})" if tag else ""
        words = (
            f"histograms: {printable(tag)}{rest}" if tag else "histograms",
            f"v next{place}{' · n other runs' if self._are_more else ''}",
        )
        if words != self._entitled:
            self._entitled = words
            self.border_title, self.border_subtitle = map(Content, words)


def _tags(views: Mapping[str, RunView]) -> tuple[str, ...]:
    """All there are: those that most runs have first; of equals weights first, gradients last."""
    found = Counter(tag for view in views.values() for tag in view.histograms)
    return tuple(sorted(found, key=lambda tag: (-found[tag], _kind(tag))))


def _kind(tag: str) -> int:
    return next((place for place, begin in enumerate(FIRST) if tag.startswith(begin)), len(FIRST))
