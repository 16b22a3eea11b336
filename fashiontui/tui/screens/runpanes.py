"""How the run screen's panes stand, and how keys lead from one to another."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Static

from fashiontui.tui.arrangement import NAMES, PANES, arrangement
from fashiontui.tui.charts.chart import Chart
from fashiontui.tui.charts.view import ChartView
from fashiontui.tui.screens.keys import RunKeys
from fashiontui.tui.shownrun import ShownRun
from fashiontui.tui.widgets.confusion import ConfusionPane
from fashiontui.tui.widgets.curves_pane import CurvesPane
from fashiontui.tui.widgets.filters import FiltersPane
from fashiontui.tui.widgets.histograms_pane import HistogramsPane
from fashiontui.tui.widgets.layers import LayersPane
from fashiontui.tui.widgets.linesview import LinesView
from fashiontui.tui.widgets.log_pane import LogPane
from fashiontui.tui.widgets.pane import Pane
from fashiontui.tui.widgets.panebar import PaneBar, PaneName
from fashiontui.tui.widgets.system import SystemPane
from fashiontui.tui.widgets.tags_pane import TagsPane

SECTION: Final = "run"  # of what is remembered
EMPTY: Final = "No run yet.\n\nIn Experiments (1), start one with r, or open one with enter."
PANE_NAMES: Final = (
    PaneName("curves", "6", "curves"), PaneName("layers", "7", "layers"), PaneName("histograms", "8", "histograms"),
    PaneName("filters", "9", "filters"), PaneName("confusion", "m", "confusion"), PaneName("tags", "a", "tags"),
    PaneName("log", "l", "log"), PaneName("system", "s", "system"),
)  # fmt: skip
PLACES: Final = (
    "curves_place",
    "tags_place",
)  # as they are remembered: where one is in the charts of two panes
LAYERED: Final = ("layers", "histograms", "filters")  # are empty for a run without layers
STOPS: Final = (
    "loss", "accuracy", "layers-table", "histogram", "filters", "confusion-matrix", "tags-sheet", "tags-chart",
    "log-lines", "system-lines",
)  # fmt: skip


class RunPanes(RunKeys):
    """The one that has the focus is active; which others are seen is the arrangement's to say."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "next_pane(1)", "next pane", priority=True, id="run.next-pane"),
        Binding("shift+tab", "next_pane(-1)", "pane before", show=False, priority=True, id="run.pane-before"),
        Binding("6,u", "pane('curves')", "curves", show=False, id="run.curves"),
        Binding("7,L", "pane('layers')", "layers", show=False, id="run.layers"),
        Binding("8,h", "pane('histograms')", "histograms", show=False, id="run.histograms"),
        Binding("9,f", "pane('filters')", "filters", show=False, id="run.filters"),
        Binding("m", "pane('confusion')", "confusion", show=False, id="run.confusion"),
        Binding("a", "pane('tags')", "tags: all curves and texts", show=False, id="run.tags"),
        Binding("l", "pane('log')", "log", show=False, id="run.log"),
        Binding("s", "pane('system')", "system", show=False, id="run.system"),
        Binding("z", "maximise", "maximise", id="run.maximise", tooltip="This pane alone, or all"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.shown: ShownRun | None = None  # the run, as it is shown
        self._panes: list[Pane] = []
        self._active = "curves"
        self._is_maximised = False

    def compose_body(self) -> ComposeResult:
        """What it is, the names of the panes, the panes."""
        head = LinesView(id="run-head")
        head.can_focus = False
        yield head
        yield Static(EMPTY, id="run-empty", markup=False)
        yield PaneBar(PANE_NAMES, id="run-panes")
        with Container(id="run-body"):
            yield CurvesPane()
            yield LayersPane()
            yield HistogramsPane()
            yield FiltersPane()
            yield ConfusionPane()
            yield TagsPane()
            yield LogPane()
            yield SystemPane()

    def recall(self) -> None:
        """As they were left the last time."""
        kept = self.fashion.preferences.section(SECTION)
        view = kept.get("view")
        recalled = ChartView.recalled(view) if isinstance(view, dict) else ChartView()
        logarithmic, run = kept.get("log_y"), None if self.shown is None else self.shown.key
        curves, tags = (recalled.placed(kept.get(name), run) for name in PLACES)
        self.query_one(CurvesPane).recall(curves, logarithmic if isinstance(logarithmic, list) else [])
        self.query_one(TagsPane).recall(tags)
        mode = kept.get("histograms")
        kind = kept.get("histogram_kind")
        self.query_one(HistogramsPane).recall(
            mode if isinstance(mode, str) else "", kind if isinstance(kind, str) else ""
        )
        self.lay_out()
        pane = kept.get("pane")
        self.action_pane(pane if pane in PANES else "curves")
        self._maximise(kept.get("maximised"))

    def _maximise(self, name: object) -> None:
        """What was maximised the last time."""
        self._is_maximised = isinstance(name, str) and bool(name)
        for chart in self.query(Chart):
            if self._is_maximised and chart.id == name:
                chart.view = replace(chart.view, maximised=True)
                curves = self.query_one(CurvesPane)
                curves.show_alone(chart if chart in curves.charts else None)
        self.lay_out()

    @property
    def panes(self) -> list[Pane]:
        """All of them, once they are composed."""
        if not self._panes:
            self._panes = list(self.query(Pane))
        return self._panes

    def on_resize(self, event: events.Resize) -> None:
        """More or fewer panes fit."""
        self.lay_out(event.size.width, event.size.height)

    def lay_out(self, width: int = 0, height: int = 0) -> None:
        """Show those that there is room for."""
        size = self.app.size
        chosen = arrangement(
            width or size.width,
            height or size.height,
            self._active,
            maximised=self._is_maximised,
            beside=self.beside,
        )
        for pane in self.panes:
            pane.display = pane.id in chosen.panes
        body = self.query_one("#run-body")
        if not body.has_class(chosen.name):
            body.update_classes({name: name == chosen.name for name in NAMES})
        self.query_one(PaneBar).current = self._active

    @property
    def beside(self) -> str:
        """The pane beside the curves of a run without layers; empty for one with layers, or not read yet."""
        run = self.shown
        if run is None or not run.view.is_whole or run.view.histograms or run.view.images or run.has_layers:
            return ""
        return "tags" if run.is_foreign else "confusion" if run.view.scalars else ""

    def _focus(self, stop: str) -> None:
        widget = self.query_one(f"#{stop}")
        self._activate(widget)
        self.set_focus(widget)  # at once: a pane that is hidden while it has the focus takes it along

    def _activate(self, widget: Widget) -> None:
        pane = next((node for node in widget.ancestors_with_self if isinstance(node, Pane)), None)
        if pane is not None and pane.id is not None and pane.id != self._active:
            self._active = pane.id
            self.fashion.preferences.put(SECTION, "pane", pane.id)
            self._give_back_room()
            self.lay_out()

    def _give_back_room(self) -> None:
        """Nothing is maximised any more."""
        if self._is_maximised:
            self._is_maximised = False
            self._remember_maximised("")
            for chart in self.query(Chart):
                if chart.view.maximised:
                    chart.view = replace(chart.view, maximised=False)
            self.query_one(CurvesPane).show_alone(None)
            self.lay_out()

    def leave(self, panes: Collection[str]) -> None:
        """Go to the curves, from one of these panes."""
        if self._active in panes:
            self.action_pane("curves")

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The pane with the focus is the active one, however it came by it."""
        if event.widget is self.focused:  # it may have gone on since
            self._activate(event.widget)

    def on_pane_bar_pane_chosen(self, event: PaneBar.PaneChosen) -> None:
        """A name was clicked."""
        self.action_pane(event.pane)

    def action_pane(self, pane: str) -> None:
        """Go to a pane."""
        stops = [stop for stop in STOPS if self._pane_of(stop) == pane]
        self._focus(stops[0])

    def action_next_pane(self, step: int) -> None:
        """Go to the next stop, or the one before."""
        here = [stop for stop in STOPS if self.focused is not None and self.focused.id == stop]
        inside = [stop for stop in STOPS if self._pane_of(stop) == self._active]
        place = STOPS.index((here or inside)[0])
        self._give_back_room()
        self._focus(STOPS[(place + step) % len(STOPS)])

    def _pane_of(self, stop: str) -> str:
        node: Widget | None = self.query_one(f"#{stop}")
        while node is not None and node.id not in PANES:
            node = node.parent if isinstance(node.parent, Widget) else None
        return "" if node is None else str(node.id)

    def action_maximise(self) -> None:
        """The active pane alone, or all."""
        self._is_maximised = not self._is_maximised
        self._remember_maximised(self._active)
        self.lay_out()

    def on_chart_maximise_requested(self, event: Chart.MaximiseRequested) -> None:
        """One chart alone, or all."""
        self._is_maximised = event.chart.view.maximised
        curves = self.query_one(CurvesPane)
        curves.show_alone(event.chart if self._is_maximised and event.chart in curves.charts else None)
        self._remember_maximised(str(event.chart.id))
        self.lay_out()

    def _remember_maximised(self, name: str) -> None:
        """A pane's, or a chart's; none where nothing is."""
        self.fashion.preferences.put(SECTION, "maximised", name if self._is_maximised else "")

    def on_chart_view_changed(self, event: Chart.ViewChanged) -> None:
        """Remember it; which of the two charts is logarithmic for each alone."""
        curves, view, kept = self.query_one(CurvesPane), event.view, self.fashion.preferences
        is_main = event.chart in curves.charts
        if is_main:
            kept.put(SECTION, "log_y", curves.logarithmic)
            view = replace(view, log_y=False)
        kept.put(SECTION, "view", view.remembered())
        if self.shown is not None:
            kept.put(SECTION, PLACES[not is_main], view.place(self.shown.key))

    def leave_places(self) -> None:
        """Another run: all of it is in view."""
        for chart in self.query(Chart):
            chart.view = replace(chart.view, window=None, cursor=None)

    def on_histograms_pane_mode_changed(self, event: HistogramsPane.ModeChanged) -> None:
        """Remember it."""
        self.fashion.preferences.put(SECTION, "histograms", event.mode)
        self.fashion.preferences.put(SECTION, "histogram_kind", event.kind)

    def on_layers_pane_parameter_chosen(self, event: LayersPane.ParameterChosen) -> None:
        """Its histograms too."""
        self.query_one(HistogramsPane).choose(event.name)

    def on_layers_pane_tag_chosen(self, event: LayersPane.TagChosen) -> None:
        """Its curve."""
        self.query_one(TagsPane).choose(event.tag)
        self.action_pane("tags")
