"""The mode "compare": two to many runs side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, ClassVar, Final

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from fashiontui.analysis.compare import Comparison
from fashiontui.tui.charts.chart import Chart
from fashiontui.tui.charts.view import ChartView
from fashiontui.tui.comparing.curves import metrics_of
from fashiontui.tui.comparing.shown import Shown, compared, headline, is_foreign, members_of, shown_runs
from fashiontui.tui.comparing.state import CompareState, Lower, chosen, next_of
from fashiontui.tui.exporting import export_table
from fashiontui.tui.reporting import Subject
from fashiontui.tui.screens.compare_keys import KEYS
from fashiontui.tui.screens.following import FollowingScreen
from fashiontui.tui.screens.reportkeys import KEY, ReportKeys, subject_of_runs
from fashiontui.tui.widgets.below_charts import BelowCharts
from fashiontui.tui.widgets.compare_charts import MetricChart, TradeoffChart
from fashiontui.tui.widgets.sheet import Sheet
from fashiontui.tui.words import named_key

if TYPE_CHECKING:
    from fashiontui.tui.app import FashionApp

SECTION: Final = "compare"  # of what is remembered
MOST_LINES: Final = 3  # of the head: what is to be kept in mind is read whole
UPPER: Final = ("compare-curves", "compare-tradeoff")
EMPTY: Final = "Nothing to compare yet.\n\nIn Experiments (1), mark runs with space, then press c."


class CompareScreen(FollowingScreen, ReportKeys):
    """Curves over one x, accuracy against time, and below them what differs, layers, histograms or likeness."""

    MODE = "compare"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["../widgets/sheet.tcss", "compare.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [*KEYS, KEY]

    def __init__(self) -> None:
        super().__init__()
        self._state = CompareState()
        self._marked: tuple[str, ...] | None = None  # when it was last decided which runs
        self._shown: tuple[Shown, ...] = ()
        self._comparison: Comparison | None = None
        self._made_of: object = None  # what the comparison is of
        self._head: tuple[Text, int] = (Text(), 0)

    def compose_body(self) -> ComposeResult:
        """A line of words, two charts, and what is below them."""
        yield Static(id="compare-head", markup=False)
        yield Static(EMPTY, id="compare-empty", markup=False)
        with Horizontal(id="compare-upper"):
            yield MetricChart(id=UPPER[0], classes="pane")
            yield TradeoffChart(id=UPPER[1], classes="pane")
        yield BelowCharts(id="compare-below")

    def on_mount(self) -> None:
        """As it was left the last time."""
        kept = self.fashion.preferences.section(SECTION)
        self._state = CompareState.recalled(kept)
        view, times = kept.get("view"), self.query_one(TradeoffChart)
        recalled = ChartView.recalled(view) if isinstance(view, dict) else ChartView()
        runs = list(self.fashion.compare_keys or self.fashion.marked)
        self.query_one(MetricChart).view = recalled.placed(kept.get("place"), runs)
        times.view = replace(times.view, log_x=kept.get("log_time") is True)
        self.add_class("-empty")  # until there are runs

    # Which runs.

    def keys(self) -> tuple[str, ...]:
        """Those that are compared."""
        return self._state.keys

    def also_follow(self, folders: Mapping[str, Path]) -> None:
        """Histograms are read when they are looked at."""
        self.query_one(BelowCharts).follow(folders)

    def on_screen_resume(self) -> None:
        """Those that were asked for, or were marked since."""
        marked = tuple(self.fashion.marked)
        if len(marked) > 1 and self._marked not in (None, marked):
            self.fashion.compare_keys = marked
        self._take(self.fashion.compare_keys or marked)
        self.query_one(BelowCharts).rest(False)

    def on_screen_suspend(self) -> None:
        """Nothing is read for nobody."""
        self.query_one(BelowCharts).rest(True)

    def on_fashion_app_compare_opened(self, event: FashionApp.CompareOpened) -> None:
        """These runs."""
        self.fashion.compare_keys = event.keys
        self._take(event.keys)

    def _take(self, keys: Sequence[str]) -> None:
        self._marked = tuple(self.fashion.marked)
        if self._state.keys and not set(keys) & set(self._state.keys):  # others altogether: all is in view
            for chart in (self.query_one(MetricChart), self.query_one(TradeoffChart)):
                chart.view = replace(chart.view, window=None, cursor=None)
        self._state = self._state.of(keys)
        self.follow()

    # What they say.

    def show_runs(self) -> None:
        """All of it."""
        entries = self.entries()
        made_of = (self._state.baseline, self._state.folded, entries)
        self._shown = shown_runs(entries, self.views, self.fashion.looks.kept)
        self.fashion.looks.keep({run.key: run.look for run in self._shown})
        if made_of != self._made_of or self._comparison is None or any(map(is_foreign, entries)):
            self._made_of = made_of
            self._comparison = compared(self._shown, self._state.baseline, folded=self._state.folded)
        looks = {run.key: run.look for run in self._shown}
        self.query_one(TradeoffChart).show_comparison(self._comparison, looks)
        self.query_one(BelowCharts).show(self._shown, self._comparison, self._state, self.fashion.charset)
        self._show_curves()
        self._show_whether_empty()
        self._show_head()

    def _show_whether_empty(self) -> None:
        is_empty = not self._shown
        if is_empty != self.has_class("-empty"):
            self.set_class(is_empty, "-empty")
            if is_empty:
                self.set_focus(None)
            else:
                self.front(UPPER[0])
            self.refresh_bindings()

    def _show_head(self) -> None:
        place = f"{self.panes().index(self.in_front()) + 1}/{len(self.panes())}"
        pane = f"pane {place}, tab next" if self.has_class("-narrow") else ""
        gone = len(self._state.keys) - len(self._shown)
        unread = sum(not run.view.is_whole for run in self._shown)
        head = headline(self._comparison, len(self._shown), gone, pane, unread)
        width = max(1, self.size.width)
        if (head, width) != self._head:
            self._head = head, width
            line = self.query_one("#compare-head", Static)
            line.styles.height = min(MOST_LINES, max(1, len(head.wrap(self.app.console, width))))
            line.update(head, layout=False)

    def _show_curves(self) -> None:
        self.query_one(MetricChart).show_metric(self._shown, self._state.metric, folded=self._state.folded)

    # What is shown of them.

    def on_chart_view_changed(self, event: Chart.ViewChanged) -> None:
        """Curves of another x or smoothing; and remember it."""
        preferences = self.fashion.preferences
        if isinstance(event.chart, MetricChart):
            self._show_curves()
            preferences.put(SECTION, "view", event.view.remembered())
            preferences.put(SECTION, "place", event.view.place(list(self._state.keys)))
        else:
            preferences.put(SECTION, "log_time", event.view.log_x)

    def on_comparison_table_export_requested(self) -> None:
        """The rows that are shown."""
        if self._comparison is not None:
            rows = self._comparison.chosen(everything=self._state.everything)
            export_table(self.fashion, self._comparison, rows)

    def action_metric(self, step: int) -> None:
        """Curves of another metric."""
        tags = metrics_of(self._shown)
        self._change(metric=next_of(tags, chosen(tags, self._state.metric), step))

    def action_everything(self, everything: bool) -> None:
        """All settings, or only what differs."""
        self._change(everything=everything)

    def action_fold(self) -> None:
        """Seeds as one, or each for itself."""
        self._change(folded=not self._state.folded)

    def action_lower(self, lower: Lower) -> None:
        """Something else below the charts; the same again brings the table back."""
        self._change(lower="table" if lower == self._state.lower else lower)
        self.front(self.panes()[-1])

    def action_next(self, step: int) -> None:
        """Another statistic, or another histogram."""
        self._become(self.query_one(BelowCharts).after(self._state, step))

    def _change(self, **changes: Any) -> None:
        self._become(replace(self._state, **changes))

    def _become(self, state: CompareState) -> None:
        self._state = state
        for name, value in state.remembered().items():
            self.fashion.preferences.put(SECTION, name, value)
        self.show_now()
        self.refresh_bindings()

    # The run under the cursor.

    def _selected(self) -> str:
        """Its key; empty where there is none."""
        focused = self.focused
        column = focused.column if isinstance(focused, Sheet) else None
        return "" if column is None else column.key

    def action_pin(self) -> None:
        """Measure all others against it."""
        self._change(baseline=self._selected())

    def action_remove(self) -> None:
        """Compare without it; it is no longer marked either."""
        selected = self._selected()
        members = members_of(self._comparison, selected)
        self._state = self._state.without(members)
        self.fashion.compare_keys = self._state.keys
        self.fashion.set_marked([key for key in self.fashion.marked if key not in members])
        self._take(self._state.keys)
        if selected:
            which = named_key(members[0]) if len(members) == 1 else f"{len(members)} runs"
            self.fashion.say(f"{which} left out, and no longer marked")

    def on_sheet_chosen(self, _event: Sheet.Chosen) -> None:
        """Look at it alone."""
        if selected := self._selected():
            self.fashion.open_run(selected)

    def to_report(self) -> Subject:
        """The runs that are compared."""
        return subject_of_runs(self.keys(), self.fashion.snapshot, "compared")

    # Panes.

    def panes(self) -> tuple[str, ...]:
        """Two charts, and what is below them."""
        return (*UPPER, f"compare-{self._state.lower}")

    def pane_changed(self, name: str) -> None:
        """Where there is room for one only, the charts' row goes with them."""
        is_narrow = self.has_class("-narrow")  # elsewhere it would restyle the whole screen for nothing
        self.set_class(is_narrow and name not in UPPER, "-below")
        self._show_head()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense here is offered."""
        if self.has_class("-empty"):
            return False
        if action in {"pin", "remove"}:
            return bool(self._selected())
        if action == "everything":
            return self._state.lower == "table" and parameters != (self._state.everything,)
        if action == "next":
            return self._state.lower != "table"
        if action == "lower":
            return parameters != (self._state.lower,) or self._state.lower != "table"
        return True
