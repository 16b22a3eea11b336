"""Points that no line joins: few as markers with their names, many as dots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.tfevents.order import median
from fashiontui.tui.charts import dots
from fashiontui.tui.charts.area import Area
from fashiontui.tui.charts.cells import MUTED, STRONG, Cells, Ink, Tone, fitted, width_of
from fashiontui.tui.charts.curves import Curve
from fashiontui.tui.charts.dots import Bits, Grid
from fashiontui.tui.charts.palette import sign
from fashiontui.tui.fitting import fitted_apart

FEW_LABELS: Final = 40


def points(grid: Grid, curve: Curve) -> tuple[Bits, NDArray[np.int64]]:
    """The dots of points, packed, and how many of them are in each cell; (rows, columns) both."""
    across, up = grid.across(curve.xs), grid.up(curve.ys)
    known = np.isfinite(across) & np.isfinite(up)
    x, y = np.rint(across[known]).astype(np.int64), np.rint(up[known]).astype(np.int64)
    seen = (x >= 0) & (x < grid.wide) & (y >= 0) & (y < grid.tall)
    field = np.zeros((grid.tall, grid.wide), dtype=np.int64)
    np.add.at(field, (y[seen], x[seen]), 1)
    wide, tall = dots.DOTS[grid.charset]
    crowds = field[::-1].reshape(grid.rows, tall, grid.columns, wide).sum(axis=(1, 3))
    return dots.packed(field > 0, grid.charset), crowds


def signs(sheet: Cells, area: Area, curves: Sequence[Curve]) -> None:
    """Points as markers, with their names beside them where there is room."""
    spots = [
        (column, row, curve, label)
        for curve in curves
        for x, y, label in zip(curve.xs, curve.ys, _labels(curve), strict=True)
        if (column := area.column(float(x))) is not None and (row := area.row(float(y))) is not None
    ]
    for column, row, curve, _ in spots:
        sheet.set(column, row, sign(curve.marker, area.grid.charset), Ink(Tone.CURVE, curve.colour))
    if len(spots) <= FEW_LABELS:
        names = fitted_apart([label for *_, label in spots], area.grid.columns // 3)
        for (column, row, *_), name in zip(spots, names, strict=True):
            _name(sheet, area, column, row, name)


def crowds(sheet: Cells, area: Area, curves: Sequence[Curve]) -> None:
    """The name of each class of points in their middle, or near it where another's stands there."""
    taken: set[tuple[int, int]] = set()
    for curve in curves:
        known = np.isfinite(curve.xs) & np.isfinite(curve.ys)
        if not known.any():
            continue
        column, row = (
            area.column(median(curve.xs[known])),
            area.row(median(curve.ys[known])),
        )
        if column is None or row is None:
            continue
        name = fitted(curve.name, area.grid.columns // 5)
        wide = width_of(name) + 2
        start = min(max(column - wide // 2, area.left), sheet.width - wide)
        spot = _spot(area, taken, row, range(start, start + wide))
        if spot is not None:
            sheet.put(start, spot, f"{sign(curve.marker, area.grid.charset)} ", Ink(Tone.CURVE, curve.colour))
            sheet.put(start + 2, spot, name, STRONG)


def _spot(area: Area, taken: set[tuple[int, int]], row: int, columns: range) -> int | None:
    """The row nearest to one in which these columns are free; they are taken then."""
    rows = range(area.top, area.top + area.grid.rows)
    for near in sorted(rows, key=lambda candidate: abs(candidate - row)):
        if not any((column, near) in taken for column in columns):
            taken |= {(column, near) for column in columns}
            return near
    return None


def _labels(curve: Curve) -> Sequence[str]:
    return curve.labels or [curve.name if len(curve.xs) == 1 else ""] * len(curve.xs)


def _name(sheet: Cells, area: Area, column: int, row: int, text: str) -> None:
    """Beside its point, else above or below it, where there is room."""
    size = width_of(text)
    first, end = area.left, area.left + area.grid.columns
    rows = [near for near in (row, row - 1, row + 1) if area.top <= near < area.top + area.grid.rows]
    for near in rows:
        for start in (column + 2, column - 1 - size):
            room = sheet.glyphs[near][max(0, start - 1) : start + size + 1]
            if text and first <= start and start + size <= end and set(room) <= {" "}:
                sheet.put(start, near, text, MUTED)
                return
