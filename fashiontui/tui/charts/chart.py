"""The chart: curves over one x, with a cursor, zoom, scales and smoothing by keys."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive

from fashiontui.tui.charts import cursor, extent, plot
from fashiontui.tui.charts.cells import Cells
from fashiontui.tui.charts.curves import Curve, Mark
from fashiontui.tui.charts.keys import KEYS
from fashiontui.tui.charts.notes import note_of
from fashiontui.tui.charts.plot import Drawing, Scene
from fashiontui.tui.charts.sheet import MARKS_S, SheetWidget
from fashiontui.tui.charts.view import ChartView, Range

PATIENCE_S: Final = 0.3  # for the curves that a view needs


class Chart(SheetWidget):
    """Curves as they are given, in the view its keys change; what its curves are made from is its owner's."""

    BINDINGS: ClassVar[list[BindingType]] = KEYS

    curves: reactive[tuple[Curve, ...]] = reactive((), init=False, repaint=False)
    view: reactive[ChartView] = reactive(ChartView(), init=False, repaint=False)
    marks: reactive[tuple[Mark, ...]] = reactive((), init=False, repaint=False)
    x_name: reactive[str] = reactive("", init=False, repaint=False)
    nothing: reactive[str] = reactive("no points yet", init=False, repaint=False)

    class ViewChanged(Message):
        """A key changed the view; curves of another x or smoothing are the owner's to give."""

        def __init__(self, chart: Chart, view: ChartView) -> None:
            super().__init__()
            self.chart = chart
            self.view = view

        @property
        def control(self) -> Chart:
            """The chart."""
            return self.chart

    class MaximiseRequested(Message):
        """The chart is to have all the room, or to give it back: `view.maximised` says which."""

        def __init__(self, chart: Chart) -> None:
            super().__init__()
            self.chart = chart

        @property
        def control(self) -> Chart:
            """The chart."""
            return self.chart

    class ExportRequested(Message):
        """What is in view is to be written to a file."""

        def __init__(self, chart: Chart) -> None:
            super().__init__()
            self.chart = chart

        @property
        def control(self) -> Chart:
            """The chart."""
            return self.chart

    def __init__(
        self,
        title: str = "",
        *,
        view: ChartView | None = None,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(title, name=name, id=id, classes=classes)
        if view is not None:
            self.set_reactive(Chart.view, view)
        self._drawing: Drawing | None = None
        self._subject: object = None
        self._is_awaited = False  # curves for a view that was just changed

    # What is shown.

    def be_about(self, subject: object) -> None:
        """What comes next is of this: axes stay while it is the same, and begin anew with another."""
        if subject != self._subject:
            self._subject = subject
            self._drawing = None

    @property
    def scene(self) -> Scene:
        """All that is shown, for an export as for the screen."""
        return Scene(
            self.curves,
            self.view,
            self.marks,
            self.charset,
            self.x_name,
            self.nothing,
            tinted=self.charset != "ascii" and not self.app.no_color,
        )

    def draw_sheet(self, width: int, height: int) -> Cells:
        """The scene, on axes that change as little as they can."""
        self._drawing = plot.draw(self.scene, width, height, self._drawing)
        return self._drawing.sheet

    def note(self) -> str:
        """What is done to the values."""
        return note_of(self.curves, self.view)

    def watch_curves(self, before: tuple[Curve, ...], _now: tuple[Curve, ...]) -> None:
        """New points: soon; the first, and those a key asked for: now."""
        if self._is_awaited or not before:
            self._is_awaited = False
            self.redraw()
        else:
            self.redraw_soon()

    def watch_marks(self) -> None:
        """They come with points, before or after them."""
        self.redraw_soon(MARKS_S if self.curves else 0.0)

    def watch_x_name(self) -> None:
        """It is on the axis."""
        self.redraw_soon()

    def watch_nothing(self) -> None:
        """It is said where there are no points."""
        self.redraw_soon()

    def watch_view(self, before: ChartView, now: ChartView) -> None:
        """Draw at once, or, where other curves are needed, when they come."""
        if (before.log_x, before.log_y, before.window, before.clip_outliers) != (
            now.log_x, now.log_y, now.window, now.clip_outliers
        ):  # fmt: skip
            self._drawing = None  # other axes, from the beginning
        if (before.x, before.smoothing) != (now.x, now.smoothing) and self.is_mounted:
            self._is_awaited = True
            self.set_timer(PATIENCE_S, self._give_up)
        else:
            self.redraw()

    def _give_up(self) -> None:
        if self._is_awaited:
            self._is_awaited = False
            self.redraw()

    # Keys.

    def change_view(self, view: ChartView) -> None:
        """As a key does: show it, and tell."""
        if view != self.view:
            self.view = view
            self.post_message(self.ViewChanged(self, view))

    @property
    def whole(self) -> Range:
        """All there is across."""
        log = self.view.log_x
        return extent.across(self.curves, log=log) or (0.0, 1.0)

    def action_next_x(self) -> None:
        """Over the next kind of x."""
        self.change_view(self.view.next_x())

    def action_log(self) -> None:
        """Linear or logarithmic values."""
        self.change_view(replace(self.view, log_y=not self.view.log_y))

    def action_smoother(self) -> None:
        """Smooth more."""
        self.change_view(self.view.smoother())

    def action_rougher(self) -> None:
        """Smooth less."""
        self.change_view(self.view.rougher())

    def action_raw(self) -> None:
        """Do not smooth."""
        self.change_view(replace(self.view, smoothing=0.0))

    def action_clip(self) -> None:
        """Clip outliers, or not."""
        self.change_view(replace(self.view, clip_outliers=not self.view.clip_outliers))

    def action_zoom(self, direction: int) -> None:
        """Closer (1) or wider (-1)."""
        self.change_view(self.view.zoomed(self.whole, closer=direction > 0))

    def action_pan(self, direction: int) -> None:
        """On (1) or back (-1)."""
        self.change_view(self.view.panned(self.whole, direction))

    def action_cursor(self, cells: int) -> None:
        """On, or back, by so many cells at least."""
        if self._drawing is not None and self._drawing.area is not None:
            x = cursor.moved(self._pointed_at, self._drawing.area, self.view.cursor, cells)
            self.change_view(self.view.pointed(x))

    def action_cursor_end(self, direction: int) -> None:
        """To the first (-1) or the last (1) point."""
        found = extent.across(self._pointed_at)
        if found is not None:
            self.change_view(self.view.pointed(found[direction > 0]))

    def action_no_cursor(self) -> None:
        """Take the cursor away."""
        self.change_view(self.view.pointed(None))

    def action_maximise(self) -> None:
        """All the room for this chart, or not."""
        self.change_view(replace(self.view, maximised=not self.view.maximised))
        self.post_message(self.MaximiseRequested(self))

    def action_export(self) -> None:
        """Have what is in view written."""
        self.post_message(self.ExportRequested(self))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape is the screen's where there is no cursor to take away."""
        return (
            self.view.cursor is not None
            if action == "no_cursor"
            else super().check_action(action, parameters)
        )

    def on_click(self, event: Click) -> None:
        """The cursor goes to where the mouse points."""
        drawing = self._drawing
        offset = event.get_content_offset(self)
        if drawing is None or drawing.area is None or offset is None:
            return
        column = offset.x - drawing.area.left
        if 0 <= column < drawing.area.grid.columns:
            self.change_view(self.view.pointed(cursor.nearest(self._pointed_at, drawing.area, column)))

    @property
    def _pointed_at(self) -> list[Curve]:
        return [curve for curve in self.curves if not curve.dim and len(curve.xs)]
