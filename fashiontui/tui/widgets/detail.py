"""What there is to say of the row under the cursor, and a small chart of its last runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from fashiontui.config.problems import printable
from fashiontui.runs.registry.entry import Entry
from fashiontui.tui.lines import Line
from fashiontui.tui.project import FOREIGN
from fashiontui.tui.widgets.frame import entitle
from fashiontui.tui.widgets.linesview import LinesView
from fashiontui.tui.words import short_id

if TYPE_CHECKING:
    from fashiontui.tui.charts.chart import Chart
    from fashiontui.tui.charts.curves import Curve
    from fashiontui.tui.charts.palette import Look
    from fashiontui.tui.runfeed import RunFeed
    from fashiontui.tui.runview import RunView
    from fashiontui.tui.screens.base import ProjectScreen

TAG: Final = "accuracy/valid"
TITLE: Final = "valid accuracy, last runs"
MOST_CURVES: Final = 3
CHART_LEAST: Final = 9  # lines, with its frame


@dataclass(frozen=True, slots=True)
class Subject:
    """What the pane is about; `runs` are those whose curves are drawn, the newest first."""

    title: str
    lines: tuple[Line, ...]
    runs: tuple[Entry, ...] = ()
    logs: Path | None = None


class Detail(Vertical):
    """Text above, curves below where there is room for both."""

    class WidthChanged(Message):
        """Lines are to be made for another width."""

    def __init__(self, *, low_bandwidth: bool, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._low_bandwidth = low_bandwidth
        self._feed: RunFeed | None = None
        self._views: dict[str, RunView] = {}
        self._subject = Subject("", ())

    def compose(self) -> ComposeResult:
        """The text; the chart comes with the first run."""
        yield LinesView(id="detail-lines")

    @property
    def text_width(self) -> int:
        """Columns there are for lines."""
        return max(20, self.size.width - 1)

    def show(self, subject: Subject) -> None:
        """Say this."""
        before, self._subject = self._subject, subject
        entitle(self, subject.title)
        self.query_one(LinesView).show(subject.lines)
        if before.title != subject.title:
            self.query_one(LinesView).scroll_home(animate=False)
        self.call_after_refresh(self._follow)

    def rest(self) -> None:
        """Nobody sees it: read nothing."""
        if self._feed is not None:
            self._feed.pause()

    def on_resize(self) -> None:
        """There may be room for the chart now, and lines are of another width."""
        self._follow()
        self.post_message(self.WidthChanged())

    def _follow(self) -> None:
        """Read the runs whose curves are to be drawn, if there is room for them."""
        runs = self._subject.runs[:MOST_CURVES] if self._has_room() else ()
        if not runs or self._subject.logs is None:
            self._put_away()
            return
        logs = self._subject.logs
        folders = {run.key: run.paths(logs).root for run in runs}
        self._ready_feed().follow(folders, [run.key for run in runs if run.state.is_live])
        self._views = {key: view for key, view in self._views.items() if key in folders}
        self._draw()

    def _has_room(self) -> bool:
        return (
            self.size.height - len(self._subject.lines) >= CHART_LEAST or self.size.height >= 3 * CHART_LEAST
        )

    def _put_away(self) -> None:
        self.rest()
        self._views.clear()
        for chart in self.query("#detail-chart"):
            chart.display = False

    def _ready_feed(self) -> RunFeed:
        from fashiontui.tui.runfeed import RunFeed  # noqa: PLC0415 - numpy: not before the first paint

        if self._feed is None:
            self._feed = RunFeed(self, scalars_only=True, low_bandwidth=self._low_bandwidth)
        self._feed.resume()
        return self._feed

    def on_run_feed_run_read(self, event: RunFeed.RunRead) -> None:
        """There are points of a run."""
        event.stop()
        if self._feed is not None and self._feed.is_following(event.key):
            self._views[event.key] = event.view
            self._draw()

    def on_run_feed_run_unreadable(self, event: RunFeed.RunUnreadable) -> None:
        """There are none, for now."""
        event.stop()

    def _draw(self) -> None:
        runs = self._subject.runs[:MOST_CURVES]
        looks = cast("ProjectScreen", self.screen).fashion.looks.of(run.key for run in runs)
        curves = curves_of(runs, self._views, looks)
        chart = self._ready_chart()
        chart.display = bool(curves)
        chart.title = title_of(self._subject.runs, self._views)
        chart.be_about(tuple(run.key for run in self._subject.runs))
        chart.curves = curves

    def _ready_chart(self) -> Chart:
        from fashiontui.tui.charts.chart import Chart  # noqa: PLC0415 - numpy: not before the first paint
        from fashiontui.tui.charts.view import ChartView  # noqa: PLC0415 - as above

        for chart in self.query(Chart):
            return chart
        chart = Chart(TITLE, id="detail-chart")
        chart.view = replace(ChartView(), smoothing=0.0)
        chart.display = False
        self.mount(chart)
        return chart


def tag_of(run: Entry, scalars: Mapping[str, object]) -> str:
    """Whose values are drawn: of another program's run, those of its first tag."""
    return TAG if TAG in scalars or not run.facts.get(FOREIGN) else next(iter(scalars), TAG)


def title_of(runs: Sequence[Entry], views: Mapping[str, RunView]) -> str:
    """What the curves are of."""
    if not runs or not runs[0].facts.get(FOREIGN):
        return TITLE
    scalars = views[runs[0].key].scalars if runs[0].key in views else {}
    return printable(tag_of(runs[0], scalars))


def curves_of(
    runs: Sequence[Entry], views: Mapping[str, RunView], looks: Sequence[Look]
) -> tuple[Curve, ...]:
    """A curve a run, of its accuracy on validation images; of another program's, of its first tag."""
    from fashiontui.runs.metrics import EPOCHS  # noqa: PLC0415 - pydantic: not before the first paint
    from fashiontui.tui.charts.curves import series_to_curves  # noqa: PLC0415 - numpy: as above
    from fashiontui.tui.charts.view import ChartView  # noqa: PLC0415 - as above

    view = replace(ChartView(), smoothing=0.0)
    curves: list[Curve] = []
    for run, look in zip(runs, looks, strict=True):
        scalars = views[run.key].scalars if run.key in views else {}
        tag = tag_of(run, scalars)
        if tag in scalars:
            name = short_id(run.run_id)
            curves += series_to_curves(scalars[tag], scalars.get(EPOCHS), view, look, name=name)
    return tuple(curves)
