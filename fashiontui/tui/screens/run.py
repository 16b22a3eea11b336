"""The mode "run": one run, live, ended, or another program's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from fashiontui.runs.registry.entry import Entry
from fashiontui.runs.state import RunState
from fashiontui.tui.arrangement import NAMES, PANES, arrangement
from fashiontui.tui.charts.chart import Chart
from fashiontui.tui.charts.view import ChartView
from fashiontui.tui.headline import alert_line, headline
from fashiontui.tui.picking import Picked
from fashiontui.tui.poller import Poller
from fashiontui.tui.project import FOREIGN
from fashiontui.tui.recordfile import ReadRecord, RecordFile
from fashiontui.tui.runfeed import RunFeed
from fashiontui.tui.screens.keys import RunKeys
from fashiontui.tui.shownrun import Alert, ShownRun, alerts_of
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

if TYPE_CHECKING:
    from fashiontui.tui.app import FashionApp

SECTION: Final = "run"  # of what is remembered
RECORD_S: Final = 1.0
EMPTY: Final = "No run yet.\n\nIn Experiments (1), start one with r, or open one with enter."
PANE_NAMES: Final = (
    PaneName("curves", "5", "curves"), PaneName("layers", "6", "layers"), PaneName("histograms", "7", "histograms"),
    PaneName("filters", "8", "filters"), PaneName("confusion", "9", "confusion"), PaneName("tags", "a", "tags"),
    PaneName("log", "l", "log"), PaneName("system", "s", "system"),
)  # fmt: skip
STOPS: Final = (
    "loss", "accuracy", "layers-table", "histogram", "filters", "confusion-matrix", "tags-sheet", "tags-chart",
    "log-lines", "system-lines",
)  # fmt: skip


class RunScreen(RunKeys):
    """Hands each moment of the run to its panes, and lays them out."""

    MODE = "run"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["../widgets/sheet.tcss", "run.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "next_pane(1)", "next pane", priority=True, id="run.next-pane"),
        Binding("shift+tab", "next_pane(-1)", "pane before", show=False, priority=True, id="run.pane-before"),
        Binding("5,u", "pane('curves')", "curves", show=False, id="run.curves"),
        Binding("6,L", "pane('layers')", "layers", show=False, id="run.layers"),
        Binding("7,h", "pane('histograms')", "histograms", show=False, id="run.histograms"),
        Binding("8,f", "pane('filters')", "filters", show=False, id="run.filters"),
        Binding("9,m", "pane('confusion')", "confusion", show=False, id="run.confusion"),
        Binding("a", "pane('tags')", "all curves", show=False, id="run.tags"),
        Binding("l", "pane('log')", "log", show=False, id="run.log"),
        Binding("s", "pane('system')", "system", show=False, id="run.system"),
        Binding("z", "maximise", "maximise", id="run.maximise", tooltip="This pane alone, or all"),
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
        self._shown: ShownRun | None = None
        self._record_file: RecordFile | None = None
        self._alerts: tuple[Alert, ...] = ()
        self._told: set[tuple[str, str]] = set()  # key and kind of the alerts that were told
        self._active = "curves"
        self._is_maximised = False
        self._feed: RunFeed | None = None
        self._records: Poller | None = None

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

    def on_mount(self) -> None:
        """Read, once there are panes to show it."""
        self._feed = RunFeed(self, low_bandwidth=self.fashion.low_bandwidth)
        self._records = Poller(self, "run-record", RECORD_S, self._look_at_record)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """As it was left the last time."""
        kept = self.fashion.preferences.section(SECTION)
        view = kept.get("view")
        recalled = ChartView.recalled(view) if isinstance(view, dict) else ChartView()
        self.query_one(CurvesPane).recall(recalled)
        self.query_one(TagsPane).recall(recalled)
        self._arrange()
        pane = kept.get("pane")
        self.action_pane(pane if pane in PANES else "curves")

    # Which run.

    @property
    def shown(self) -> ShownRun | None:
        """The run, as it is shown; None where there is none."""
        return self._shown

    def on_screen_resume(self) -> None:
        """The one that was asked for, else the one that was seen, else the newest."""
        self._take(self.fashion.run_key or self._newest())
        for reader in (self._feed, self._records):
            if reader is not None:
                reader.resume()
        for pane in self._panes():
            if pane.is_seen:
                pane.begin()

    def on_screen_suspend(self) -> None:
        """Nothing is read for nobody."""
        for reader in (self._feed, self._records):
            if reader is not None:
                reader.pause()
        for pane in self._panes():
            pane.rest()

    def on_fashion_app_run_opened(self, event: FashionApp.RunOpened) -> None:
        """Another run."""
        self._take(event.key)

    def on_fashion_app_snapshot_changed(self, _event: FashionApp.SnapshotChanged) -> None:
        """It may have got on, or gone."""
        if self._shown is None:
            self._take(self.fashion.run_key or self._newest())
            return
        entry = self.fashion.snapshot.by_key(self._shown.key)
        if entry is not self._shown.entry:
            self._shown = replace(self._shown, entry=entry)
            self._follow()
            self._show()

    def _newest(self) -> str | None:
        entries = self.fashion.snapshot.entries
        live = [entry for entry in entries if entry.state.is_live]
        begun = [entry for entry in entries if entry.state is not RunState.QUEUED]
        newest = max(live or begun or entries, key=lambda entry: (entry.created, entry.key), default=None)
        return None if newest is None else newest.key

    def _take(self, key: str | None) -> None:
        if key is None or (self._shown is not None and self._shown.key == key):
            self._show()
            return
        snapshot = self.fashion.snapshot
        root = snapshot.logs / key
        self._shown = ShownRun(key, root, snapshot.by_key(key))
        self._record_file = RecordFile(root)
        self._alerts = ()
        self._follow()
        if self._records is not None and self._records.is_active:
            self._records.nudge()
        if self._is_foreign(self._shown.entry) and self._active not in ("curves", "tags", "histograms"):
            self.action_pane("curves")
        self._show()

    @staticmethod
    def _is_foreign(entry: Entry | None) -> bool:
        return entry is not None and bool(entry.facts.get(FOREIGN))

    def _follow(self) -> None:
        if self._feed is not None and self._shown is not None:
            live = [self._shown.key] if self._shown.is_live else []
            self._feed.follow({self._shown.key: self._shown.root}, live)

    # What it says.

    def _look_at_record(self) -> Iterator[Message]:
        file = self._record_file
        read = None if file is None else file.look()
        if file is not None and read is not None:
            yield self.RecordRead(file, read)

    def on_run_screen_record_read(self, event: RecordRead) -> None:
        """What it was made with, and came to."""
        if event.file is self._record_file and self._shown is not None:
            self._shown = replace(self._shown, record=event.read.record, problem=event.read.problem)
            self._show()

    def on_run_feed_run_read(self, event: RunFeed.RunRead) -> None:
        """New points."""
        if self._shown is not None and event.key == self._shown.key:
            self._shown = replace(self._shown, view=event.view)
            self._alerts = alerts_of(self._shown)
            self._tell()
            self._arrange()
            self._show()

    def on_run_feed_run_unreadable(self, event: RunFeed.RunUnreadable) -> None:
        """Say so."""
        if self._shown is not None and event.key == self._shown.key:
            self._shown = replace(self._shown, problem=event.problem)
            self._show()

    def _tell(self) -> None:
        """What is new and bad of a live run, once."""
        for alert in self._alerts:
            if (
                self._shown is not None
                and self._shown.is_live
                and (self._shown.key, alert.kind) not in self._told
            ):
                self._told.add((self._shown.key, alert.kind))
                self.notify(alert.words, title=self._shown.key, severity="warning", markup=False)

    def _show(self) -> None:
        run = self._shown
        self.set_class(run is None, "-empty")
        if run is None:
            return
        self._show_head(run)
        for pane in self._panes():
            pane.show(run)
        self.refresh_bindings()

    def _show_head(self, run: ShownRun) -> None:
        width, charset = self.size.width - 2, self.fashion.charset
        lines = [
            headline(run, charset, width, is_marked=run.key in self.fashion.marked),
            alert_line(run, self._alerts, charset, width),
        ]
        self.query_one("#run-head", LinesView).show([line for line in lines if line])

    # Panes.

    def _panes(self) -> list[Pane]:
        return list(self.query(Pane))

    def on_resize(self, event: events.Resize) -> None:
        """More or fewer panes fit."""
        self._arrange(event.size.width, event.size.height)
        if self._shown is not None:
            self.call_after_refresh(self._show_head, self._shown)

    def _arrange(self, width: int = 0, height: int = 0) -> None:
        size = self.app.size
        chosen = arrangement(
            width or size.width,
            height or size.height,
            self._active,
            maximised=self._is_maximised,
            beside=self._beside(),
        )
        for name in NAMES:
            self.set_class(name == chosen.name, name)
        for pane in self._panes():
            pane.set_class(pane.id not in chosen.panes, "-away")
        self.query_one(PaneBar).current = self._active

    def _beside(self) -> str:
        """The pane beside the curves of a run without layers; empty for one with layers, or not read yet."""
        run = self._shown
        if run is None or not run.view.is_whole or run.view.histograms or run.view.images or run.has_layers:
            return ""
        return "tags" if run.is_foreign else "confusion" if run.view.scalars else ""

    def _focus(self, stop: str) -> None:
        widget = self.query_one(f"#{stop}")
        self._activate(widget)
        widget.focus()

    def _activate(self, widget: Widget) -> None:
        pane = next((node for node in widget.ancestors_with_self if isinstance(node, Pane)), None)
        if pane is not None and pane.id is not None and pane.id != self._active:
            self._active = pane.id
            self.fashion.preferences.put(SECTION, "pane", pane.id)
            self._give_back_room()
            self._arrange()

    def _give_back_room(self) -> None:
        """Nothing is maximised any more."""
        if self._is_maximised:
            self._is_maximised = False
            self.query_one(CurvesPane).show_alone(None)
            self._arrange()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The pane with the focus is the active one, however it came by it."""
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
        self._arrange()

    def on_chart_maximise_requested(self, event: Chart.MaximiseRequested) -> None:
        """One chart alone, or all."""
        self._is_maximised = event.chart.view.maximised
        curves = self.query_one(CurvesPane)
        curves.show_alone(event.chart if self._is_maximised and event.chart in curves.charts else None)
        self._arrange()

    def on_chart_view_changed(self, event: Chart.ViewChanged) -> None:
        """Remember it."""
        self.fashion.preferences.put(SECTION, "view", event.view.remembered())

    def on_layers_pane_parameter_chosen(self, event: LayersPane.ParameterChosen) -> None:
        """Its histograms too."""
        self.query_one(HistogramsPane).choose(event.name)

    def on_layers_pane_tag_chosen(self, event: LayersPane.TagChosen) -> None:
        """Its curve."""
        self.query_one(TagsPane).choose(event.tag)
        self.action_pane("tags")

    # Doing things to it.

    def picked(self) -> Picked:
        """The run."""
        entry = self._shown.entry if self._shown is not None else None
        return Picked() if entry is None else Picked((entry,))

    def on_fashion_app_marks_changed(self, _event: FashionApp.MarksChanged) -> None:
        """It may be marked now."""
        if self._shown is not None:
            self._show_head(self._shown)
