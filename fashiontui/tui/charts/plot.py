"""A chart of any size: plot, axes, marks, cursor and legend, laid out on a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

from fashiontui.tui.charts import axis, extent, legend, numbers, rulers
from fashiontui.tui.charts.area import Area
from fashiontui.tui.charts.axis import Axis
from fashiontui.tui.charts.cells import CURSOR, MUTED, TEXT, Cells, Ink, Tone, fitted, width_of
from fashiontui.tui.charts.curves import Curve, Mark, value_at
from fashiontui.tui.charts.dots import Grid
from fashiontui.tui.charts.paint import paint
from fashiontui.tui.charts.palette import Charset, sign
from fashiontui.tui.charts.spots import FEW_LABELS
from fashiontui.tui.charts.view import ChartView, XKind

WIDE: Final = 72  # from here on the legend has a column of its own
VERY_WIDE: Final = 112
TALL: Final = 7  # from here on it has a row
GUTTER: Final = 6  # cells for the labels of the y-axis, at least
ROWS_PER_TICK: Final = 3
FEWEST_TICKS: Final = 3
COLUMNS_PER_TICK: Final = 8
SMALLEST: Final = (12, 3)
FEW: Final = 3
HEAD_ROOM: Final = 16
VALUE_ROOM: Final = 10
SMOOTHED_ROOM: Final = 12


NAMES: Final[dict[XKind, str]] = {
    "epoch": "epoch", "step": "step", "relative": "relative time", "wall": "wall time", "value": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What a chart shows, whatever its size."""

    curves: tuple[Curve, ...] = ()
    view: ChartView = field(default_factory=ChartView)
    marks: tuple[Mark, ...] = ()
    charset: Charset = "braille"
    x_name: str = ""  # "": as the curves' x is called
    nothing: str = "no points yet"
    tinted: bool = True  # whether bands are tints; else they are dots
    zone: tzinfo | None = None  # of wall times; None: this machine's

    @property
    def kind(self) -> XKind:
        """What the curves are over."""
        return self.curves[0].x if self.curves else self.view.x

    @property
    def name_of_x(self) -> str:
        """What is written at the x-axis."""
        return self.x_name or NAMES[self.kind]


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A scene, drawn; its axes are where the next drawing starts from."""

    sheet: Cells
    x: Axis
    y: Axis
    area: Area | None = None  # None: too small to draw anything


def draw(scene: Scene, width: int, height: int, before: Drawing | None = None) -> Drawing:
    """The scene on a sheet of so many cells."""
    sheet = Cells(max(width, 0), max(height, 0))
    top, side = _legend_room(scene, width, height)
    rows = height - top - (2 if height > TALL - 2 else 1)
    y = _y_axis(scene, rows, before).with_ticks(max(FEWEST_TICKS, rows / ROWS_PER_TICK))
    gutter = max(GUTTER, 1 + max((len(tick.label) for tick in y.ticks), default=0))
    columns = width - gutter - side
    x = _x_axis(scene, columns, before).with_ticks(max(2, columns / COLUMNS_PER_TICK), scene.zone)
    if columns < SMALLEST[0] or rows < SMALLEST[1] - 1:
        sheet.put(0, 0, fitted("too small", width), MUTED)
        return Drawing(sheet, x, y)
    area = Area(gutter, top, Grid(columns, rows, scene.charset, x, y))
    rulers.draw(sheet, area, scene.name_of_x)
    paint(sheet, area, scene.curves, tinted=scene.tinted)
    rulers.draw_gaps(sheet, area, scene.curves)
    if scene.view.clip_outliers:
        rulers.draw_beyond(sheet, area, scene.curves)
    rulers.draw_marks(sheet, area, scene.marks)
    if not any(len(curve.xs) for curve in scene.curves):
        words = fitted(scene.nothing, columns)
        sheet.put(gutter + (columns - width_of(words)) // 2, top + rows // 2, words, MUTED)
    _draw_cursor(sheet, area, scene)
    _draw_legend(sheet, area, scene, side)
    return Drawing(sheet, x, y, area)


def _solid(scene: Scene) -> list[Curve]:
    return [curve for curve in scene.curves if not curve.dim]


def _legend_room(scene: Scene, width: int, height: int) -> tuple[int, int]:
    """Rows above and columns beside the plot that the legend takes; as many with a cursor as without.

    One curve needs none, the title names it; a few have a row; many a column, where there is one to spare.
    """
    labelled = sum(len(curve.xs) for curve in scene.curves if not curve.joined) <= FEW_LABELS
    names = [width_of(curve.name) for curve in _solid(scene) if curve.joined or not labelled]
    if len(names) < 2 or height < TALL:  # noqa: PLR2004
        return 0, 0
    longest = min(max(names), legend.LONGEST_NAME)
    fits = HEAD_ROOM + sum(min(name, legend.LONGEST_NAME) + 3 + VALUE_ROOM for name in names) <= width
    if width < WIDE or (fits and (width < VERY_WIDE or len(names) <= FEW)):
        return 1, 0
    smoothed = SMOOTHED_ROOM if width >= VERY_WIDE and any(curve.dim for curve in scene.curves) else 0
    return 0, 2 + min(2 + longest + VALUE_ROOM + smoothed, width // 3)


def _y_axis(scene: Scene, rows: int, before: Drawing | None) -> Axis:
    values = extent.up(scene.curves, scene.view)
    count = max(FEWEST_TICKS, rows / ROWS_PER_TICK)
    return axis.settled(before.y if before else None, values, count, log=scene.view.log_y, kind="value")


def _x_axis(scene: Scene, columns: int, before: Drawing | None) -> Axis:
    log = scene.view.log_x and scene.kind in {"value", "relative"}
    if scene.view.window is not None:
        return Axis(*scene.view.window, log=log, kind=scene.kind)
    values = extent.across(scene.curves, log=log)
    count = max(2, columns / COLUMNS_PER_TICK)
    return axis.settled(before.x if before else None, values, count, log=log, kind=scene.kind)


def _draw_cursor(sheet: Cells, area: Area, scene: Scene) -> None:
    column = area.column(scene.view.cursor) if scene.view.cursor is not None else None
    if column is None or scene.view.cursor is None:
        return
    for row in range(area.top, area.top + area.grid.rows):
        if sheet.glyphs[row][column] == " ":
            sheet.set(column, row, "|" if scene.charset == "ascii" else "│", CURSOR)
    for curve in _solid(scene):
        found = value_at(curve, scene.view.cursor)
        spot = area.row(found[1]) if found and found[0] >= area.grid.x.low else None
        place = area.column(found[0]) if found else None
        if spot is not None and place is not None and curve.joined:
            sheet.set(place, spot, sign(curve.marker, scene.charset), Ink(Tone.CURVE, curve.colour))


def _draw_legend(sheet: Cells, area: Area, scene: Scene, side: int) -> None:
    cursor = scene.view.cursor
    head = numbers.at(cursor, scene.kind, scene.zone) if cursor is not None else ""
    if head and scene.kind == "value":
        head = f"{scene.name_of_x} {head}".strip()
    shown = legend.entries(scene.curves, cursor, scene.charset, smoothed=side > 0)
    if side:
        found = legend.table(shown, head or " ", side - 2)
        legend.draw(sheet, found, sheet.width - side + 2, area.top, area.grid.rows + 1)
    elif cursor is not None and shown and not _whole_line_fits(shown, head, sheet.width, area.top):
        if area.top:
            legend.line(sheet, 0, 0, legend.entries(scene.curves, None, scene.charset), "")
        column = area.column(cursor)
        _draw_box(sheet, area, shown, head, area.left if column is None else column)
    elif area.top:
        legend.line(sheet, 0, 0, shown, head)


def _whole_line_fits(shown: Sequence[legend.Entry], head: str, width: int, rows: int) -> bool:
    return bool(rows) and legend.line(Cells(width, 1), 0, 0, shown, head) == len(shown)


def _draw_box(sheet: Cells, area: Area, shown: tuple[legend.Entry, ...], head: str, column: int) -> None:
    """A table at the side of the cursor that has more room."""
    before, after = column - area.left, area.left + area.grid.columns - column - 1
    found = legend.table(shown, head, max(before, after) - 2)
    height = min(len(shown) + 1, area.grid.rows)
    wide = found.width + 2
    left = area.left if before > after else area.left + area.grid.columns - wide
    for row in range(area.top, area.top + height):
        sheet.put(left, row, " " * wide, TEXT)
    legend.draw(sheet, found, left + 1, area.top, height)
