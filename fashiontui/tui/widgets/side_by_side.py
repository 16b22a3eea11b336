"""Runs side by side in tables: settings and results, layer statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from fashiontui.analysis.compare import Comparison
from fashiontui.tui.charts.palette import Charset, Look
from fashiontui.tui.comparing.sheets import comparison_sheet, layer_sheet, statistics_of
from fashiontui.tui.comparing.shown import Shown
from fashiontui.tui.comparing.state import chosen
from fashiontui.tui.widgets.sheet import Column, Row, Sheet


class SideBySide(Sheet):
    """A column a run, which the cursor goes to."""

    _entitled = ("", "")

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, columns_move=True)
        self.add_class("pane")

    def show(self, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        """The cursor begins at the first run."""
        super().show(columns, rows)
        if self.cursor_column == 0 and len(columns) > 1:
            self.set_reactive(Sheet.cursor_column, 1)  # without scrolling to it: it is the first there is

    def entitle(self, title: str, note: str) -> None:
        """What it shows, and what keys would change."""
        if (title, note) == self._entitled:
            return
        self._entitled = title, note
        self.border_title = Content(title)
        self.border_subtitle = Content(note)


class ComparisonTable(SideBySide):
    """Settings and results."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "export", "export", tooltip="Write the table to a file", id="comparison.export"),
    ]

    class ExportRequested(Message):
        """The table is to be written to a file."""

    def action_export(self) -> None:
        """Have it written."""
        self.post_message(self.ExportRequested())

    def show_comparison(
        self, comparison: Comparison, looks: Mapping[str, Look], charset: Charset, *, everything: bool
    ) -> None:
        """Only what differs, or everything."""
        chosen_rows = comparison.chosen(everything=everything)
        rows = sorted(chosen_rows, key=lambda row: row.kind != "result")  # what a glance is for comes first
        own = [looks[subject.key] for subject in comparison.subjects]
        columns, cells = comparison_sheet(comparison, rows, own, charset)
        self.show(columns, cells)
        differing, total = len(comparison.chosen(everything=False)), len(comparison.rows)
        if everything:
            self.entitle(f"all settings and results ({total})", f"d only differences ({differing})")
        else:
            self.entitle(f"what differs ({differing})", f"a all {total} settings and results")


class LayerTable(SideBySide):
    """One statistic of all parameters."""

    statistics: tuple[str, ...] = ()

    def show_layers(self, shown: Sequence[Shown], statistic: str, charset: Charset) -> None:
        """The statistic that is wanted, or the first there is."""
        self.statistics = statistics_of(shown)
        name = chosen(self.statistics, statistic)
        if not name:
            self.show((), ())
            self.entitle("layers side by side", "no layer statistics were logged; H: histograms")
            return
        columns, rows = layer_sheet(shown, name, charset)
        self.show(columns, rows)
        place = self.statistics.index(name) + 1
        self.entitle(
            f"layers: {name.replace('_', ' ')}", f"v next statistic ({place}/{len(self.statistics)})"
        )
