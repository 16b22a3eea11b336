"""The pane of tags: every curve and text that was logged, whoever logged it."""

from __future__ import annotations

from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from fashiontui.tui.charts.chart import Chart
from fashiontui.tui.charts.view import ChartView
from fashiontui.tui.runcurves import tag_names
from fashiontui.tui.screens.base import ProjectScreen
from fashiontui.tui.screens.textpage import TextScreen
from fashiontui.tui.shownrun import ShownRun
from fashiontui.tui.tagrows import matching, tag_columns, tag_rows
from fashiontui.tui.widgets.curves_pane import ChartPane
from fashiontui.tui.widgets.frame import subtitle
from fashiontui.tui.widgets.sheet import Sheet


class TagsPane(ChartPane):
    """A list of tags and a chart of the one under the cursor, with those that are kept there beside it."""

    TITLE: ClassVar[str] = "all curves and texts"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "filter", id="tags.filter"),
        Binding("enter", "keep", "keep", tooltip="Keep the curve in the chart; read a text", id="tags.keep"),
        Binding("escape", "leave_filter", "leave the filter", show=False, id="tags.leave-filter"),
    ]

    def __init__(self) -> None:
        super().__init__(id="tags")
        self._tags: list[str] = []  # that match
        self._kept: list[str] = []
        self._wanted = ""  # where the cursor is to go

    def compose(self) -> ComposeResult:
        """The list, and the chart."""
        with Vertical(id="tags-list"):
            search = Input(placeholder="words in the name", id="tags-filter", compact=True)
            search.display = False
            yield search
            yield Sheet(id="tags-sheet")
        yield Chart(id="tags-chart")

    @property
    def chart(self) -> Chart:
        """What draws them."""
        return self.query_one(Chart)

    @property
    def sheet(self) -> Sheet:
        """The list."""
        return self.query_one(Sheet)

    @property
    def current(self) -> str:
        """The tag under the cursor."""
        row = self.sheet.cursor_row
        return self._tags[row] if row < len(self._tags) else ""

    @property
    def _is_text(self) -> bool:
        view = None if self.run is None else self.run.view
        return view is not None and self.current in view.texts and self.current not in view.scalars

    def recall(self, view: ChartView) -> None:
        """Show it as it was shown the last time."""
        self.chart.view = view

    def choose(self, tag: str) -> None:
        """Go to a tag."""
        self._wanted = tag
        self.query_one(Input).value = ""
        if self.is_seen and self.run is not None:
            self.update_run(self.run)

    def show(self, run: ShownRun) -> None:
        """Another run, another choice."""
        if self.run is None or self.run.root != run.root:
            self._kept = []
        super().show(run)

    def depends_on(self, run: ShownRun) -> tuple[object, ...]:
        """What was measured."""
        return (run.view,)

    def update_run(self, run: ShownRun) -> None:
        """List what there is."""
        before = self._wanted or self.current
        tags = sorted({*run.view.scalars, *run.view.texts})
        self._tags = matching(tags, self.query_one(Input).value)
        subtitle(self, f"{len(self._tags):,} of {len(tags):,}" if tags else "")
        self._fill()
        if before in self._tags:
            self._wanted = ""
            self.sheet.cursor_row = self._tags.index(before)
        self._draw()

    def on_resize(self) -> None:
        """Fit the columns in."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        if self.run is None:
            return
        is_ascii = cast("ProjectScreen", self.screen).fashion.charset == "ascii"
        columns = tag_columns(self.sheet.room)
        rows = tag_rows(self._tags, self.run.view.scalars, self._kept, columns[0].width, is_ascii=is_ascii)
        self.sheet.show(columns, rows)

    def _draw(self) -> None:
        if self.run is None:
            return
        view = self.run.view
        shown = dict.fromkeys([*self._kept, *([self.current] if self.current else [])])
        names = tag_names([tag for tag in shown if tag in view.scalars])
        self.chart.title = ", ".join(names.values())
        self.chart.nothing = (
            "a text: enter reads it" if self._is_text
            else "no such curve" if view.scalars
            else "no curves in this run yet" if self.run.may_get_on
            else "no curves in this run"
        )  # fmt: skip
        self.draw_chart(self.chart, self.run, names)

    def on_sheet_moved(self, event: Sheet.Moved) -> None:
        """Another tag."""
        event.stop()
        self._draw()

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        """Keep it in the chart, or do no more."""
        event.stop()
        self.action_keep()

    def action_keep(self) -> None:
        """Keep the tag in the chart while others are looked at, or do no more; a text is read."""
        tag = self.current
        if self.run is not None and self._is_text:
            self.app.push_screen(TextScreen(tag, self.run.view.texts[tag]))
            return
        if tag in self._kept:
            self._kept.remove(tag)
        elif tag:
            self._kept.append(tag)
        self._fill()
        self._draw()

    def on_chart_view_changed(self, _event: Chart.ViewChanged) -> None:
        """Curves of another x or smoothing."""
        self._draw()

    # The filter.

    def action_filter(self) -> None:
        """Ask for words."""
        search = self.query_one(Input)
        search.display = True
        search.focus()

    def action_leave_filter(self) -> None:
        """Show all again."""
        search = self.query_one(Input)
        search.value = ""
        search.display = False
        self.sheet.focus()

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Escape is for the filter only while there is one."""
        return self.query_one(Input).display if action == "leave_filter" else True

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while it is typed."""
        event.stop()
        if self.run is not None:
            self.update_run(self.run)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """To the list."""
        event.stop()
        self.query_one(Input).display = bool(event.value)
        self.sheet.focus()
