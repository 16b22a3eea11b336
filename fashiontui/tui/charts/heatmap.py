"""Histograms over time as a heat map: time goes right, values go up, a column is as bright as it is full there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.tfevents.points import HistogramPoint
from fashiontui.tui.charts import density, rulers
from fashiontui.tui.charts.area import Area
from fashiontui.tui.charts.axis import Axis
from fashiontui.tui.charts.cells import MUTED, RAMP_LEVELS, Cells, Ink, Tone, fitted, width_of
from fashiontui.tui.charts.dots import Grid
from fashiontui.tui.charts.palette import Charset
from fashiontui.tui.charts.ticks import opened
from fashiontui.tui.charts.view import Range, XKind

Floats = NDArray[np.float64]
GUTTER: Final = 8
SHADES: Final = " .:-=+*#%@"
BRIGHTEN: Final = 0.6  # exponent: tails are seen too
HALF: Final = "▀"


def field(
    points: Sequence[HistogramPoint], xs: Floats, *, span: Range, values: Range, shape: tuple[int, int]
) -> Floats:
    """How full, 0 to 1, each bin of values is in each column of time; its shape: (bins from the lowest, columns).

    A column has the mean of the histograms in it, else the last before it; NaN before the first.
    """
    bins, columns = shape
    edges = np.linspace(*values, bins + 1)
    shares = np.array([density.masses(point, edges) for point in points])  # (points, bins)
    places = np.clip((xs - span[0]) / ((span[1] - span[0]) or 1.0) * columns, 0, columns - 1).astype(np.int64)
    found = np.full((columns, bins), np.nan)
    for column in range(columns):
        inside = np.flatnonzero(places == column)
        before = np.flatnonzero(places < column)
        if len(inside):
            found[column] = shares[inside].mean(axis=0)
        elif len(before):
            found[column] = shares[before[-1]]
    top = np.nanmax(found, axis=1, keepdims=True, initial=0.0)
    with np.errstate(invalid="ignore"):
        return np.asarray((found / np.where(top > 0, top, 1.0)).T)


def draw(
    points: Sequence[HistogramPoint],
    xs: Floats,
    width: int,
    height: int,
    *,
    kind: XKind = "step",
    charset: Charset = "braille",
    values: Range | None = None,
    nothing: str = density.NOTHING,
) -> Cells:
    """The heat map of some histograms at `xs` (n,), rising, on a sheet of so many cells."""
    sheet = Cells(width, height)
    columns, rows = width - GUTTER, height - 2
    if not len(points) or columns < 8 or rows < 2:  # noqa: PLR2004
        words = fitted(nothing if not len(points) else "too small", width)
        sheet.put((width - width_of(words)) // 2, height // 2, words, MUTED)
        return sheet
    low, high = values or density.bounds(points)
    span = opened(float(xs[0]), float(xs[-1]))
    y = Axis(low, high).with_ticks(max(2, rows / 3))
    x = Axis(*span, kind=kind).with_ticks(max(2, columns / 12))
    area = Area(GUTTER, 0, Grid(columns, rows, charset, x, y))
    rulers.draw(sheet, area, kind)
    halves = 1 if charset == "ascii" else 2
    found = field(points, xs, span=span, values=(low, high), shape=(rows * halves, columns))
    _fill(sheet, area, found, halves)
    return sheet


def _fill(sheet: Cells, area: Area, found: Floats, halves: int) -> None:
    levels = np.rint(np.nan_to_num(found) ** BRIGHTEN * RAMP_LEVELS).astype(np.int64)[
        ::-1
    ]  # highest value first
    for row in range(area.grid.rows):
        upper, lower = levels[row * halves], levels[row * halves + halves - 1]
        for column, (above, below) in enumerate(zip(upper.tolist(), lower.tolist(), strict=True)):
            x, y = area.left + column, area.top + row
            if halves == 1:
                sheet.set(x, y, SHADES[above * (len(SHADES) - 1) // RAMP_LEVELS], _ink(above, -1))
            elif above or below:
                sheet.set(x, y, HALF, _ink(above, below))


@lru_cache(maxsize=(RAMP_LEVELS + 1) * (RAMP_LEVELS + 2))
def _ink(above: int, below: int) -> Ink:
    return Ink(Tone.RAMP, above, behind=below)
