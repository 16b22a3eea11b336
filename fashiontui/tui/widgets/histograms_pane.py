"""The pane of histograms: how weights, biases or gradients of one parameter were spread, through the run."""

from __future__ import annotations

from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from fashiontui.config.problems import printable
from fashiontui.tfevents.order import distinct
from fashiontui.tfevents.points import HistogramPoint
from fashiontui.tui.charts.curves import epochs_at
from fashiontui.tui.charts.density import NOTHING
from fashiontui.tui.charts.histograms import MODES, HistogramChart
from fashiontui.tui.charts.view import XKind
from fashiontui.tui.histowords import by_kind, kind_of, nearest, parameter_of
from fashiontui.tui.shownrun import ShownRun
from fashiontui.tui.widgets.pane import Pane

MOST: Final = 400  # moments drawn; of more, evenly chosen ones


class HistogramsPane(Pane):
    """One tag at a time; up and down go through the parameters, `b` through weights, biases and gradients."""

    TITLE: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "kind", "weights/biases/gradients", id="histograms.kind"),
        Binding("v", "mode", "heat map/ridge", id="histograms.mode"),
        Binding("up,k", "tag(-1)", "parameter before", show=False, id="histograms.before"),
        Binding("down,j", "tag(1)", "next parameter", id="histograms.next"),
    ]

    tag: reactive[str] = reactive("")

    class ModeChanged(Message):
        """They are shown in the other way, or of another kind of parameters."""

        def __init__(self, mode: str, kind: str) -> None:
            super().__init__()
            self.mode = mode
            self.kind = kind

    def __init__(self) -> None:
        super().__init__(id="histograms")
        self._are_several = False  # kinds
        self._kind = ""  # that was asked for
        self.remove_class("pane")  # the chart has a frame of its own

    def compose(self) -> ComposeResult:
        """The chart."""
        yield HistogramChart("histograms", id="histogram")

    @property
    def chart(self) -> HistogramChart:
        """What draws them."""
        return self.query_one(HistogramChart)

    def depends_on(self, run: ShownRun) -> tuple[object, ...]:
        """What was measured."""
        return (run.view,)

    def update_run(self, run: ShownRun) -> None:
        """Draw what is new."""
        wanted = by_kind(self._tags()).get(self._kind, ())
        is_other = bool(wanted) and kind_of(self.tag) != self._kind
        if is_other or self.tag not in run.view.histograms:
            self.tag = nearest(wanted, parameter_of(self.tag)) or next(iter(wanted or self._tags()), "")
        self._draw()
        several = len(by_kind(self._tags())) > 1
        if several != self._are_several:
            self._are_several = several
            self.refresh_bindings()

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """There is another kind where there are several."""
        return self._are_several if action == "kind" else True

    def recall(self, mode: str, kind: str) -> None:
        """Show those that were shown the last time, in the same way."""
        self._kind = kind
        self.chart.mode = next((known for known in MODES if known == mode), self.chart.mode)

    def choose(self, parameter: str) -> None:
        """Show another parameter's, of the same kind if there are such."""
        kinds = by_kind(self._tags())
        wanted = nearest(kinds.get(self._kind or kind_of(self.tag), ()), parameter) or nearest(
            self._tags(), parameter
        )
        if wanted is not None and parameter_of(self.tag) != parameter:
            self.tag = wanted

    def watch_tag(self) -> None:
        """Another tag."""
        if self.is_seen:
            self._draw()

    def action_kind(self) -> None:
        """Weights, biases or gradients."""
        kinds = by_kind(self._tags())
        names = list(kinds)
        if not names:
            return
        place = names.index(kind_of(self.tag)) if kind_of(self.tag) in names else -1
        tags = kinds[names[(place + 1) % len(names)]]
        self.tag = nearest(tags, parameter_of(self.tag)) or tags[0]
        self._kind = kind_of(self.tag)
        self.post_message(self.ModeChanged(self.chart.mode, self._kind))

    def action_mode(self) -> None:
        """A heat map, or a ridge."""
        chart = self.chart
        chart.mode = MODES[(MODES.index(chart.mode) + 1) % len(MODES)]
        self.post_message(self.ModeChanged(chart.mode, self._kind))

    def action_tag(self, step: int) -> None:
        """Another parameter."""
        tags = by_kind(self._tags()).get(kind_of(self.tag), ())
        if tags:
            place = tags.index(self.tag) if self.tag in tags else 0
            self.tag = tags[(place + step) % len(tags)]

    def _tags(self) -> tuple[str, ...]:
        return tuple(self.run.view.histograms) if self.run is not None else ()

    def _draw(self) -> None:
        run = self.run
        if run is None:
            return
        points = thinned(run.view.histograms.get(self.tag, ()))
        self.chart.say_nothing(self.why_nothing(NOTHING, NOTHING))
        self.chart.title = f"{printable(self.tag)} over time" if self.tag else "histograms"
        xs, kind = places(run, points)
        self.chart.show(points, xs, kind)


def thinned(points: tuple[HistogramPoint, ...]) -> tuple[HistogramPoint, ...]:
    """At most so many as can be told apart, the first and last among them."""
    if len(points) <= MOST:
        return points
    chosen = distinct(np.linspace(0, len(points) - 1, MOST).round().astype(np.int64))
    return tuple(points[place] for place in chosen.tolist())


def places(run: ShownRun, points: tuple[HistogramPoint, ...]) -> tuple[NDArray[np.float64], XKind]:
    """Where they stand: by epoch if the run counts epochs, else by step."""
    steps = np.array([point.step for point in points], dtype=np.int64)
    epochs = run.epochs
    if epochs is None or not len(epochs):
        return steps.astype(np.float64), "step"
    return epochs_at(steps, epochs), "epoch"
