"""Histograms over time as a ridge: values go right, each row of bars is a moment, the newest lowest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.tfevents.order import distinct
from fashiontui.tfevents.points import HistogramPoint
from fashiontui.tui.charts import density, numbers, ticks
from fashiontui.tui.charts.axis import Axis
from fashiontui.tui.charts.cells import FAINT, MUTED, RAMP_LEVELS, Cells, Ink, Tone, fitted, width_of
from fashiontui.tui.charts.palette import Charset
from fashiontui.tui.charts.view import Range, XKind

Floats = NDArray[np.float64]
GUTTER: Final = 8
BARS: Final = " ▁▂▃▄▅▆▇█"
SHADES: Final = " .:-=+*#%@"
TALL: Final = 14  # rows from which on each moment has two
OLDEST: Final = 0.35  # share of the ramp where it begins


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
    """As many moments as there is room for, evenly chosen, the first and the last among them."""
    sheet = Cells(width, height)
    columns, rows = width - GUTTER, height - 1
    if not len(points) or columns < 8 or rows < 1:  # noqa: PLR2004
        words = fitted(nothing if not len(points) else "too small", width)
        sheet.put((width - width_of(words)) // 2, height // 2, words, MUTED)
        return sheet
    low, high = values or density.bounds(points)
    _values_axis(sheet, Axis(low, high), columns, kind)
    tall = 2 if rows >= TALL and charset != "ascii" else 1
    chosen = distinct(np.linspace(0, len(points) - 1, rows // tall).round().astype(np.int64)).tolist()
    for place, number in enumerate(chosen):
        shares = density.masses(points[number], np.linspace(low, high, columns + 1))
        level = RAMP_LEVELS * (OLDEST + (1 - OLDEST) * place / max(1, len(chosen) - 1))
        bottom = 1 + (place + 1) * tall - 1
        label = _moment(float(xs[number]), kind)
        sheet.put(GUTTER - 1 - width_of(label), bottom, label, MUTED)
        _row(
            sheet,
            shares / (shares.max() or 1.0),
            bottom=bottom,
            tall=tall,
            ink=Ink(Tone.RAMP, round(level)),
            charset=charset,
        )
    return sheet


def _moment(x: float, kind: XKind) -> str:
    return fitted(numbers.at(x, kind).removeprefix(kind).strip(), GUTTER - 1)


def _values_axis(sheet: Cells, axis: Axis, columns: int, kind: XKind) -> None:
    sheet.put(0, 0, fitted(kind, GUTTER - 1), MUTED)
    free = 0
    for tick in ticks.linear(axis.span, max(2, columns / 12)):
        share = float(axis.shares(np.array([tick.value]))[0])
        start = min(
            GUTTER + round(share * (columns - 1)) - len(tick.label) // 2, sheet.width - len(tick.label)
        )
        if start >= free:
            free = sheet.put(start, 0, tick.label, MUTED) + 1


def _row(sheet: Cells, shares: Floats, *, bottom: int, tall: int, ink: Ink, charset: Charset) -> None:
    """One moment's bars, `tall` cells high, standing on a row."""
    if charset == "ascii":
        for column, share in enumerate(shares.tolist()):
            sheet.set(GUTTER + column, bottom, SHADES[round(share * (len(SHADES) - 1))], ink)
        return
    steps = len(BARS) - 1
    heights = np.maximum(np.rint(shares * tall * steps), shares > 0).astype(np.int64)
    for column, eighths in enumerate(heights.tolist()):
        for level in range(tall):
            part = min(max(eighths - level * steps, 0), steps)
            if part:
                sheet.set(GUTTER + column, bottom - level, BARS[part], ink)
    for column in np.flatnonzero(heights == 0).tolist():
        sheet.set(GUTTER + column, bottom, "▁", FAINT)
