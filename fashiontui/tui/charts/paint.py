"""Curves, points and bands on a sheet's plot area, one over the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.tui.charts import dots, figure, spots
from fashiontui.tui.charts.area import Area
from fashiontui.tui.charts.cells import Cells, Ink, Tone
from fashiontui.tui.charts.curves import Curve
from fashiontui.tui.charts.dots import Bits, Grid
from fashiontui.tui.charts.palette import sign

FEW_POINTS: Final = 300  # up to so many are drawn as markers, more as dots
BETWEEN_MARKERS: Final = 22  # cells
CLOSEST_MARKERS: Final = 4
RAW_IN_ASCII: Final = "."
BAND_IN_ASCII: Final = ":"
TURN: Final = 2  # cells that one of two curves in the same place has before the other
NOBODY: Final = -1


@dataclass(slots=True)
class _Layers:
    """Whose dots are in each cell."""

    bits: Bits  # (rows, columns)
    owners: NDArray[np.int16]
    solid: NDArray[np.bool_]
    crowds: NDArray[np.int64]  # how many points the owner has there

    def lay(self, number: int, bits: Bits, *, dim: bool) -> None:
        """A curve over those before it: it hides what is dim, and with its like it takes turns."""
        own = bits > 0
        shared = own & (self.bits > 0) & (self.solid != dim)
        turn = np.arange(bits.shape[1]) // TURN % 2 == 0
        self.bits[own] = np.where(shared, self.bits | bits, bits)[own]
        self.owners[own & (~shared | turn)] = number
        self.solid[own] = not dim

    def scatter(self, number: int, bits: Bits, crowds: NDArray[np.int64]) -> None:
        """Points: a cell has the colour of whoever has most in it."""
        self.bits |= bits
        most = crowds > self.crowds
        self.owners[most] = number
        self.crowds[most] = crowds[most]
        self.solid |= bits > 0


def paint(sheet: Cells, area: Area, curves: Sequence[Curve], *, tinted: bool) -> None:
    """All curves: bands, then raw values, then curves and points, then their markers."""
    shape = (area.grid.rows, area.grid.columns)
    layers = _Layers(
        np.zeros(shape, np.uint8),
        np.full(shape, NOBODY, np.int16),
        np.zeros(shape, bool),
        np.zeros(shape, np.int64),
    )
    order = sorted(range(len(curves)), key=lambda number: not curves[number].dim)
    few = sum(len(curve.xs) for curve in curves if not curve.joined) <= FEW_POINTS
    own: dict[int, Bits] = {}
    for number in order:
        curve = curves[number]
        if curve.joined:
            own[number] = _line(area.grid, curve)
            layers.lay(number, own[number], dim=curve.dim)
        elif not few:
            layers.scatter(number, *spots.points(area.grid, curve))
    for curve in curves:
        if curve.lows is not None and curve.highs is not None:
            _band(sheet, area, curve, tinted=tinted)
    _transfer(sheet, area, curves, layers)
    _markers(sheet, area, curves, own)
    if few:
        spots.signs(sheet, area, [curve for curve in curves if not curve.joined])
    else:
        spots.crowds(sheet, area, [curve for curve in curves if not curve.joined])


def _line(grid: Grid, curve: Curve) -> Bits:
    found = dots.trace(grid, curve.xs, curve.ys)
    even, steep = dots.joins(grid, found)
    return dots.bars(grid, found, steep) | figure.drawn(grid, even)


def _transfer(sheet: Cells, area: Area, curves: Sequence[Curve], layers: _Layers) -> None:
    """Onto the sheet, in each owner's ink; a band's tint stays behind."""
    charset = area.grid.charset
    inks = [Ink(Tone.PALE if curve.dim else Tone.CURVE, curve.colour) for curve in curves]
    letters = [RAW_IN_ASCII if curve.dim else sign(curve.marker, charset) for curve in curves]
    glyphs = figure.glyphs(charset)[layers.bits].tolist()
    owners = layers.owners.tolist()
    for row, column in np.argwhere(layers.bits > 0).tolist():
        owner = owners[row][column]
        x, y = area.left + column, area.top + row
        tint = sheet.inks[y][x].tint
        ink = inks[owner] if tint < 0 else replace(inks[owner], tint=tint)
        sheet.set(x, y, letters[owner] if charset == "ascii" else glyphs[row][column], ink)


def _markers(sheet: Cells, area: Area, curves: Sequence[Curve], own: dict[int, Bits]) -> None:
    """A curve's marker here and there on it, where there is more than one to tell apart."""
    solid = [number for number in own if not curves[number].dim]
    if len(solid) < 2 or area.grid.charset == "ascii":  # noqa: PLR2004
        return
    for place, number in enumerate(sorted(solid)):
        ink = Ink(Tone.CURVE, curves[number].colour)
        shift = place * BETWEEN_MARKERS // len(solid) + BETWEEN_MARKERS // 2
        for column, row in _along(own[number], shift):
            x, y = area.left + column, area.top + row
            sheet.set(
                x, y, sign(curves[number].marker, area.grid.charset), replace(ink, tint=sheet.inks[y][x].tint)
            )


def _along(bits: Bits, shift: int) -> Iterator[tuple[int, int]]:
    """Some cells of a curve, at even distances, and its last."""
    passed = np.flatnonzero(bits.any(axis=0))
    if not len(passed):
        return
    for column in passed.tolist():
        due = column % BETWEEN_MARKERS == shift % BETWEEN_MARKERS
        if column == passed[-1] or (due and passed[-1] - column >= CLOSEST_MARKERS):
            rows = np.flatnonzero(bits[:, column])
            yield column, int(rows[len(rows) // 2])


def _band(sheet: Cells, area: Area, curve: Curve, *, tinted: bool) -> None:
    """A band's cells, as far as it reaches."""
    if curve.lows is None or curve.highs is None or not len(curve.xs):
        return
    grid = area.grid
    xs = np.array([grid.x.value((column + 0.5) / grid.columns) for column in range(grid.columns)])
    inside = (xs >= np.nanmin(curve.xs)) & (xs <= np.nanmax(curve.xs))
    height = dots.DOTS[grid.charset][1] / 2
    low, high = (
        grid.up(np.interp(xs, curve.xs, edge)) / height for edge in (curve.lows, curve.highs)
    )  # half cells
    for column in np.flatnonzero(inside & np.isfinite(low) & np.isfinite(high)).tolist():
        bottom, top = max(0, round(low[column])), min(2 * grid.rows - 1, round(high[column]))
        for level in range(bottom // 2, top // 2 + 1):
            whole = bottom <= 2 * level and 2 * level + 1 <= top
            glyph, ink = _band_cell(curve.colour, whole=whole, upper=2 * level < bottom, tinted=tinted)
            sheet.set(area.left + column, area.top + grid.rows - 1 - level, glyph, ink)


def _band_cell(colour: int, *, whole: bool, upper: bool, tinted: bool) -> tuple[str, Ink]:
    """All of a cell, or its upper or lower half."""
    if not tinted:
        return BAND_IN_ASCII, Ink(Tone.PALE, colour)
    if whole:
        return " ", Ink(Tone.PALE, colour, tint=colour)
    return "▀" if upper else "▄", Ink(Tone.TINT, colour)
