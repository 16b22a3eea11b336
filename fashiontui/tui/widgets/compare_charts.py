"""The two charts of the compare screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fashiontui.analysis.compare import Comparison
from fashiontui.tui.charts.chart import Chart
from fashiontui.tui.charts.palette import Look
from fashiontui.tui.charts.scatter import Scatter
from fashiontui.tui.comparing.curves import metric_curves, metrics_of, title_of
from fashiontui.tui.comparing.shown import Shown
from fashiontui.tui.comparing.state import chosen
from fashiontui.tui.comparing.tradeoff import tradeoff


class MetricChart(Chart):
    """One metric of all runs, over one x."""

    _made_of: tuple[object, ...] = ()  # what the present curves are of

    def show_metric(self, shown: Sequence[Shown], metric: str, *, folded: bool) -> None:
        """The metric that is wanted, or the first there is; drawn anew only where something is new."""
        tag = chosen(metrics_of(shown), metric)
        made_of = (
            tag,
            folded,
            self.view.x,
            self.view.smoothing,
            *((run.label, run.look, run.view) for run in shown),
        )
        if made_of == self._made_of:
            return
        self._made_of = made_of
        self.be_about((tag, folded, *(run.key for run in shown)))
        self.title = title_of(tag)
        self.curves = metric_curves(shown, tag, self.view, folded=folded)


class TradeoffChart(Scatter):
    """Accuracy against training time."""

    _shown: tuple[str, list[tuple[object, ...]]] | None = None

    def on_mount(self) -> None:
        """What is across."""
        self.x_name = "training time"
        self.nothing = "no run has been measured yet"

    def show_comparison(self, comparison: Comparison, looks: Mapping[str, Look]) -> None:
        """A point a subject."""
        found = tradeoff(comparison, [looks[subject.key] for subject in comparison.subjects])
        places: list[tuple[object, ...]] = [
            (c.name, c.colour, c.marker, c.xs.tolist(), c.ys.tolist()) for c in found.curves
        ]
        if (found.title, places) != self._shown:
            self._shown = found.title, places
            self.be_about((found.title, *(subject.key for subject in comparison.subjects)))
            self.title, self.curves = found.title, found.curves
