"""What is below the charts of the compare screen: one of four."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical

from fashiontui.analysis.compare import Comparison
from fashiontui.tui.charts.palette import Charset
from fashiontui.tui.comparing.shown import Shown, baseline_of
from fashiontui.tui.comparing.state import LOWER, CompareState, chosen, next_of
from fashiontui.tui.widgets.likeness import Likeness
from fashiontui.tui.widgets.side_by_side import ComparisonTable, LayerTable
from fashiontui.tui.widgets.spreads import Spreads


class BelowCharts(Vertical):
    """The table of settings and results, layer statistics, histograms, or how alike layers are; what is not seen is not kept up to date."""

    def compose(self) -> ComposeResult:
        """All four; their ids end in what the state calls them."""
        yield ComparisonTable(id="compare-table")
        yield LayerTable(id="compare-layers")
        yield Spreads(id="compare-histograms", classes="pane")
        yield Likeness(id="compare-likeness", classes="pane")

    def follow(self, folders: Mapping[str, Path]) -> None:
        """Histograms and representations of these runs, when they are looked at."""
        self.query_one(Spreads).follow(folders)
        self.query_one(Likeness).follow(folders)

    def rest(self, resting: bool) -> None:
        """Read nothing for a screen that is away."""
        self.query_one(Spreads).rest(resting)
        self.query_one(Likeness).rest(resting)

    def show(
        self, shown: Sequence[Shown], comparison: Comparison, state: CompareState, charset: Charset
    ) -> None:
        """The one that is chosen."""
        for lower in LOWER:
            self.query_one(f"#compare-{lower}").set_class(lower != state.lower, "-away")
        match state.lower:
            case "table":
                looks = {run.key: run.look for run in shown}
                table = self.query_one(ComparisonTable)
                table.show_comparison(comparison, looks, charset, everything=state.everything)
            case "layers":
                self.query_one(LayerTable).show_layers(shown, state.statistic, charset)
            case "histograms":
                self.query_one(Spreads).show(shown, state.spread)
            case "likeness":
                self.query_one(Likeness).show(shown, baseline_of(comparison), state.other)

    def after(self, state: CompareState, step: int) -> CompareState:
        """The next statistic, histogram or run."""
        if state.lower == "likeness":
            return replace(state, other=self.query_one(Likeness).after(state.other, step))
        if state.lower == "layers":
            names = self.query_one(LayerTable).statistics
            return replace(state, statistic=next_of(names, chosen(names, state.statistic), step))
        tags = self.query_one(Spreads).tags
        return replace(state, spread=next_of(tags, chosen(tags, state.spread), step))
