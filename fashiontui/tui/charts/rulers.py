"""What is drawn around and across a plot: axes with labels, gaps, marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.tfevents.order import distinct
from fashiontui.tui.charts.area import Area
from fashiontui.tui.charts.cells import ALERT, CURSOR, FAINT, MUTED, Cells, Ink, Tone, fitted, width_of
from fashiontui.tui.charts.curves import Curve, Mark


@dataclass(frozen=True, slots=True)
class Signs:
    """What lines are made of."""

    corner: str
    across: str
    down: str
    below: str  # a tick on the x-axis
    beside: str  # a tick on the y-axis
    gap: str
    mark: str
    higher: str
    lower: str


LINES: Final = Signs("└", "─", "│", "┬", "┤", "×", "┊", "↑", "↓")
IN_ASCII: Final = Signs("+", "-", "|", "+", "+", "!", ":", "'", ",")
LABEL_GAP: Final = 2


def signs_of(area: Area) -> Signs:
    """Those the terminal can show."""
    return IN_ASCII if area.grid.charset == "ascii" else LINES


def draw(sheet: Cells, area: Area, x_name: str) -> None:
    """Both axes, their ticks and labels, and what x is."""
    signs = signs_of(area)
    left, bottom = area.left - 1, area.top + area.grid.rows
    for row in range(area.top, bottom):
        sheet.set(left, row, signs.down, FAINT)
    sheet.put(left, bottom, signs.corner + signs.across * area.grid.columns, FAINT)
    taken: set[int] = set()
    for tick in area.grid.y.ticks:
        row_of = area.row(tick.value)
        if row_of is not None and row_of not in taken:
            taken.add(row_of)
            sheet.set(left, row_of, signs.beside, FAINT)
            sheet.put(left - len(tick.label), row_of, tick.label, MUTED)
    _x_labels(sheet, area, signs.below)
    name = f" {fitted(x_name, area.grid.columns - 4)}" if x_name else ""
    sheet.put(left + 1 + area.grid.columns - width_of(name), bottom, name, MUTED)


def _x_labels(sheet: Cells, area: Area, below: str) -> None:
    bottom = area.top + area.grid.rows
    end = area.left + area.grid.columns
    free = 0
    for tick in area.grid.x.ticks:
        column = area.column(tick.value)
        if column is None:
            continue
        sheet.set(column, bottom, below, FAINT)
        size = len(tick.label)
        start = min(max(column - size // 2, 0), end - size)
        if start >= free and bottom + 1 < sheet.height:
            sheet.put(start, bottom + 1, tick.label, MUTED)
            free = start + size + LABEL_GAP


def draw_gaps(sheet: Cells, area: Area, curves: Sequence[Curve]) -> None:
    """On the x-axis, where a curve has values that are no numbers; just above it where it has its name."""
    signs, axis = signs_of(area), area.top + area.grid.rows
    for curve in curves:
        missing = curve.xs[~np.isfinite(curve.ys)] if not curve.dim else curve.xs[:0]
        for column in _columns(area, missing):
            is_line = sheet.glyphs[axis][area.left + column] in (signs.across, signs.below, signs.gap)
            sheet.set(area.left + column, axis if is_line else axis - 1, signs.gap, ALERT)


def draw_beyond(sheet: Cells, area: Area, curves: Sequence[Curve]) -> None:
    """Arrows at the edge, under and over which clipped values lie."""
    signs = signs_of(area)
    for curve in curves:
        shares = area.grid.y.shares(curve.ys)
        ink = Ink(Tone.PALE if curve.dim else Tone.CURVE, curve.colour)
        last = area.top + area.grid.rows - 1
        for row, beyond, arrow in ((area.top, shares > 1, signs.higher), (last, shares < 0, signs.lower)):
            for column in _columns(area, curve.xs[beyond]):
                sheet.set(area.left + column, row, arrow, ink)


def _columns(area: Area, xs: NDArray[np.float64]) -> list[int]:
    """The plot's columns that some xs fall into."""
    across = area.grid.across(xs)
    dots = np.rint(across[np.isfinite(across)]).astype(np.int64)
    dots = dots[(dots >= 0) & (dots < area.grid.wide)]
    return [int(column) for column in distinct(dots // (area.grid.wide // area.grid.columns))]


def draw_marks(sheet: Cells, area: Area, marks: Sequence[Mark]) -> None:
    """Dotted lines with their words, where these hide nothing if possible."""
    for mark in marks:
        column = area.column(mark.x)
        if column is None:
            continue
        rows = range(area.top, area.top + area.grid.rows)
        for row in rows:
            if sheet.glyphs[row][column] == " ":
                sheet.set(column, row, signs_of(area).mark, CURSOR)
        _label(sheet, area, column, fitted(mark.label, area.grid.columns // 2))


def _label(sheet: Cells, area: Area, column: int, words: str) -> None:
    size = width_of(words)
    end = area.left + area.grid.columns
    starts = [
        start for start in (column + 2, column - 1 - size) if area.left <= start and start + size <= end
    ]
    rows = range(area.top, area.top + area.grid.rows)
    for row in rows:
        for start in starts:
            if set(sheet.glyphs[row][start - 1 : start + size + 1]) <= {" "}:
                sheet.put(start, row, words, MUTED)
                return
    if starts and words:
        sheet.put(starts[0], area.top, words, MUTED)
