"""The pane of curves: loss and accuracy, in training and on held out images, as they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.message import Message

from fashiontui.tui.charts.chart import Chart
from fashiontui.tui.charts.curves import Curve
from fashiontui.tui.charts.view import ChartView
from fashiontui.tui.runcurves import curves_of, marks_of, short_names
from fashiontui.tui.shownrun import ShownRun, loss_tags, overfitting_of
from fashiontui.tui.widgets.pane import Pane

AT_ONCE: Final = 20_000  # points: more of them are made into curves in a thread
NOTHING_YET: Final = "no points yet"
NOTHING: Final = "no points"
NO_TAGS: Final = "no {} here: see tags"


class ChartPane(Pane):
    """Has charts of tags. Makes their curves where that takes no time anyone would notice, else in a thread."""

    class CurvesMade(Message):
        """Curves for a chart, in a view it may have left meanwhile."""

        def __init__(
            self, number: int, chart: Chart, run: ShownRun, view: ChartView, curves: tuple[Curve, ...]
        ) -> None:
            super().__init__()
            self.number = number
            self.chart = chart
            self.run = run
            self.view = view
            self.curves = curves

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._drawn: dict[Chart, tuple[object, ...]] = {}
        self._asked = 0  # how often curves were to be made
        self._given: dict[Chart, int] = {}  # which of these a chart has

    def draw_chart(self, chart: Chart, run: ShownRun, names: Mapping[str, str]) -> None:
        """Show the curves of some tags, if they are not shown already."""
        wanted = (run.view, tuple(names.items()), chart.view.x, chart.view.smoothing)
        if self._drawn.get(chart) == wanted:
            self.mark_chart(chart, run, chart.curves)
            return
        self._drawn[chart] = wanted
        self._asked += 1
        chart.be_about((run.root, tuple(names)))
        points = sum(len(run.view.scalars[tag]) for tag in names if tag in run.view.scalars)
        if points <= AT_ONCE:
            self._give(self._asked, chart, run, curves_of(run, names, chart.view))
            return
        work = partial(self._make, self._asked, chart, run, names, chart.view)
        self.run_worker(
            work,
            group=f"curves-{chart.id}",
            description="curves",
            exclusive=True,
            thread=True,
            exit_on_error=True,
        )

    def _make(
        self, number: int, chart: Chart, run: ShownRun, names: Mapping[str, str], view: ChartView
    ) -> None:
        self.post_message(self.CurvesMade(number, chart, run, view, curves_of(run, names, view)))

    def on_chart_pane_curves_made(self, event: CurvesMade) -> None:
        """Show them, unless another run is shown by now, or they were made for another x or smoothing."""
        event.stop()
        view = event.chart.view
        is_wanted = (event.view.x, event.view.smoothing) == (view.x, view.smoothing)
        if is_wanted and self.run is not None and self.run.root == event.run.root:
            self._give(event.number, event.chart, event.run, event.curves)

    def _give(self, number: int, chart: Chart, run: ShownRun, curves: tuple[Curve, ...]) -> None:
        if number < self._given.get(chart, 0):
            return  # a thread that has ended later than the next
        self._given[chart] = number
        self.mark_chart(chart, run, curves)
        chart.curves = curves

    def mark_chart(self, chart: Chart, run: ShownRun, curves: tuple[Curve, ...]) -> None:
        """Put marks on a chart that has got curves."""


class CurvesPane(ChartPane):
    """Two charts over one x: what is done to the view of one is done to the other's, but for the logarithm."""

    TITLE: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__(id="curves")
        self.remove_class("pane")  # each chart has a frame of its own

    def compose(self) -> ComposeResult:
        """Side by side, or one above the other where it is narrow."""
        yield Chart("loss", id="loss")
        yield Chart("accuracy", id="accuracy")

    @property
    def charts(self) -> tuple[Chart, Chart]:
        """Loss and accuracy."""
        return self.query_one("#loss", Chart), self.query_one("#accuracy", Chart)

    def recall(self, view: ChartView, logarithmic: Sequence[object]) -> None:
        """Show them as they were shown the last time; `logarithmic` are ids of charts."""
        for chart in self.charts:
            chart.view = replace(view, log_y=chart.id in logarithmic)

    @property
    def logarithmic(self) -> list[str]:
        """Ids of the charts whose values are on a logarithmic scale."""
        return [chart.id for chart in self.charts if chart.view.log_y and chart.id is not None]

    def depends_on(self, run: ShownRun) -> tuple[object, ...]:
        """Its points and its best epoch: that it got on is nothing to draw."""
        return (run.view, run.record, _best_epoch(run))

    def update_run(self, run: ShownRun) -> None:
        """Draw what is new."""
        tags = loss_tags(run.view.scalars)
        names = short_names(tags)
        for chart, own, word in zip(
            self.charts, (tags.loss, tags.accuracy), ("loss", "accuracy"), strict=True
        ):
            chart.title = f"{word}, synthetic" if run.is_synthetic else word
            is_other = bool(run.view.scalars) and not own
            chart.nothing = NO_TAGS.format(word) if is_other else NOTHING_YET if run.is_live else NOTHING
            self.draw_chart(chart, run, {tag: names[tag] for tag in own})

    def mark_chart(self, chart: Chart, run: ShownRun, curves: tuple[Curve, ...]) -> None:
        """The best epoch, and where overfitting set in."""
        found = overfitting_of(run, loss_tags(run.view.scalars))
        chart.marks = marks_of(run, curves, _best_epoch(run), None if found is None else found.since)

    def on_chart_view_changed(self, event: Chart.ViewChanged) -> None:
        """The other chart follows; curves of another x or smoothing are made."""
        for chart in self.charts:
            if chart is not event.chart:
                own = chart.view
                chart.view = replace(event.view, log_y=own.log_y, maximised=own.maximised)
        if self.run is not None:
            self.update_run(self.run)

    def show_alone(self, chart: Chart | None) -> None:
        """One of them, or both."""
        for each in self.charts:
            each.display = chart is None or each is chart
            if each is not chart and each.view.maximised:
                each.view = replace(each.view, maximised=False)


def _best_epoch(run: ShownRun) -> int | None:
    best = run.entry.best_valid if run.entry is not None else None
    return None if best is None else best[1]
