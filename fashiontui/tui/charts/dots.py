"""A curve, reduced to what its dots can show: a bar for each column it passes, and lines from one to the next.

Columns are those of the axis, not of the data: so a column that is past stays as it is when the curve goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.tfevents.order import distinct
from fashiontui.tui.charts.axis import Axis
from fashiontui.tui.charts.palette import Charset

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bits = NDArray[np.uint8]

DOTS: Final[dict[Charset, tuple[int, int]]] = {"braille": (2, 4), "block": (2, 2), "ascii": (1, 1)}
WEIGHTS: Final[dict[Charset, NDArray[np.uint8]]] = {  # of a cell's dots, as (row from the top, column)
    "braille": np.array([[1, 8], [2, 16], [4, 32], [64, 128]], dtype=np.uint8),
    "block": np.array([[1, 2], [4, 8]], dtype=np.uint8),
    "ascii": np.array([[1]], dtype=np.uint8),
}
HALF: Final = 0.5
MANY: Final = 64  # points a dot's column
STEEP: Final = 2  # dots a column: then a line is a row of bars
FAR: Final = 1e6  # dots; nothing further away is told apart


@dataclass(frozen=True, slots=True)
class Grid:
    """The dots of a plot: cells across and down, two axes."""

    columns: int
    rows: int
    charset: Charset
    x: Axis
    y: Axis

    @property
    def wide(self) -> int:
        """Dots across."""
        return self.columns * DOTS[self.charset][0]

    @property
    def tall(self) -> int:
        """Dots from bottom to top."""
        return self.rows * DOTS[self.charset][1]

    def across(self, xs: Floats) -> Floats:
        """Where values are, in dots from the left; NaN where the axis can't show them."""
        return np.asarray(np.clip(self.x.shares(xs) * (self.wide - 1), -FAR, FAR))

    def up(self, ys: Floats) -> Floats:
        """Where values are, in dots from the bottom."""
        return np.asarray(np.clip(self.y.shares(ys) * (self.tall - 1), -FAR, FAR))


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Where a curve is, column by column in dots; a curve with gaps has several parts."""

    xs: Ints  # (m,)
    lows: Floats  # (m,)
    highs: Floats  # (m,)
    firsts: Floats  # (m,)
    lasts: Floats  # (m,)
    parts: Ints  # (m,)


def trace(grid: Grid, xs: Floats, ys: Floats) -> Trace:
    """Every column's lowest, highest, first and last value; no peak is lost, no gap is bridged."""
    is_linear = not (grid.x.log or grid.y.log)
    if is_linear and len(xs) > MANY * grid.wide and is_plain(xs, ys):
        return _trace_of_many(grid, xs, ys)
    across, up = grid.across(xs), grid.up(ys)
    shown = np.isfinite(across) & np.isfinite(up)
    parts: Ints = np.cumsum(~shown, dtype=np.int64)[shown]
    columns, heights = np.rint(across[shown]).astype(np.int64), up[shown]
    near = _in_view_or_next(columns, grid.wide)
    parts, columns, heights = parts[near], columns[near], heights[near]
    if not len(columns):
        return Trace(columns, heights, heights, heights, heights, parts)
    starts = np.flatnonzero(np.r_[True, (np.diff(columns) != 0) | (np.diff(parts) != 0)])
    ends = np.r_[starts[1:], len(columns)] - 1
    lows, highs = np.minimum.reduceat(heights, starts), np.maximum.reduceat(heights, starts)
    return Trace(columns[starts], lows, highs, heights[starts], heights[ends], parts[starts])


def _trace_of_many(grid: Grid, xs: Floats, ys: Floats) -> Trace:
    """The same, of a long curve without gaps: only what is left of it is brought onto the scales."""
    edges = [grid.x.value((column - HALF) / (grid.wide - 1)) for column in range(grid.wide + 1)]
    inner = np.searchsorted(xs, edges)
    bounds = distinct(np.r_[max(inner[0] - 1, 0), inner, min(inner[-1] + 1, len(xs))])
    starts, ends = bounds[:-1], bounds[1:] - 1
    part = ys[: bounds[-1]]
    lows, highs = np.minimum.reduceat(part, starts), np.maximum.reduceat(part, starts)
    columns = np.rint(grid.across(xs[starts])).astype(np.int64)
    parts = np.zeros(len(columns), dtype=np.int64)
    return Trace(columns, grid.up(lows), grid.up(highs), grid.up(ys[starts]), grid.up(ys[ends]), parts)


def is_plain(xs: Floats, ys: Floats) -> bool:
    """Whether values are all finite, over xs that never go back."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(ys.sum()) and np.isfinite(xs.sum()) and (xs[1:] >= xs[:-1]).all())


def _in_view_or_next(columns: Ints, wide: int) -> NDArray[np.bool_]:
    """Points in view, and the ones before and after: lines lead out of view."""
    inside = (columns >= 0) & (columns < wide)
    if inside.all():
        return inside
    near = inside.copy()
    near[:-1] |= inside[1:]
    near[1:] |= inside[:-1]
    crossing = (columns[:-1] < 0) & (columns[1:] >= wide)
    near[:-1] |= crossing
    near[1:] |= crossing
    return near


def bars(grid: Grid, found: Trace, steep: Ints) -> Bits:
    """The dots from each column's lowest to its highest value, and of steep lines, packed; (rows, columns)."""
    xs, lows, highs = _columns_of(steep)
    xs, bottom, top = (
        np.r_[found.xs, xs],
        np.r_[np.rint(found.lows), lows],
        np.r_[np.rint(found.highs), highs],
    )
    seen = (xs >= 0) & (xs < grid.wide) & (top >= 0) & (bottom < grid.tall)
    bottom, top = (np.clip(edge[seen], 0, grid.tall - 1).astype(np.int64) for edge in (bottom, top))
    edges = np.zeros((grid.tall + 1, grid.wide), dtype=np.int32)
    np.add.at(edges, (bottom, xs[seen]), 1)
    np.add.at(edges, (top + 1, xs[seen]), -1)
    return packed(np.cumsum(edges, axis=0)[:-1] > 0, grid.charset)


def _columns_of(lines: Ints) -> tuple[Ints, Floats, Floats]:
    """What of lines, (n, 4), is in each column they pass: its x, lowest and highest dot, (m,) each."""
    wide = np.abs(lines[:, 2] - lines[:, 0])
    line = np.repeat(np.arange(len(lines)), wide + 1)
    place = np.arange(len(line)) - np.repeat(np.cumsum(wide + 1) - wide - 1, wide + 1)
    start, end = lines[line, :2], lines[line, 2:]
    xs = start[:, 0] + place * np.sign(end[:, 0] - start[:, 0])
    rise, length = end[:, 1] - start[:, 1], np.maximum(wide[line], 1)
    edges = [start[:, 1] + rise * np.clip((place + side) / length, 0, 1) for side in (-HALF, HALF)]
    return xs, np.rint(np.minimum(*edges)), np.rint(np.maximum(*edges))


def packed(dots: NDArray[np.bool_], charset: Charset) -> Bits:
    """Dots, bottom row first, as one number a cell, top row first."""
    across, down = DOTS[charset]
    tall, wide = dots.shape
    cells = dots[::-1].reshape(tall // down, down, wide // across, across)
    return np.asarray(np.einsum("rdca,da->rc", cells, WEIGHTS[charset], dtype=np.uint8, casting="unsafe"))


def joins(grid: Grid, found: Trace) -> tuple[Ints, Ints]:
    """The lines from one column's last value to the next one's first, (n, 4) dots: even ones, and steep ones.

    None where the bars touch anyhow.
    """
    start = np.stack([found.xs[:-1].astype(np.float64), found.lasts[:-1]], axis=1)
    end = np.stack([found.xs[1:].astype(np.float64), found.firsts[1:]], axis=1)
    adjacent = np.abs(np.diff(found.xs)) <= 1
    low, high = np.rint(found.lows), np.rint(found.highs)
    touching = adjacent & (low[1:] <= high[:-1] + 1) & (low[:-1] <= high[1:] + 1)
    wanted = (found.parts[1:] == found.parts[:-1]) & ~touching
    lines = clipped(start[wanted], end[wanted], grid.wide - 1, grid.tall - 1)
    steep = np.abs(lines[:, 3] - lines[:, 1]) > STEEP * np.abs(lines[:, 2] - lines[:, 0])
    return lines[~steep], lines[steep]


def clipped(starts: Floats, ends: Floats, right: int, top: int) -> Ints:
    """What of lines, both (n, 2), lies within (0, 0) and (right, top); after Liang and Barsky (1984). (m, 4)."""
    way = ends - starts
    enter, leave = np.zeros(len(starts)), np.ones(len(starts))
    possible = np.ones(len(starts), dtype=bool)
    for axis, bound in enumerate((right, top)):
        for speed, room in ((-way[:, axis], starts[:, axis]), (way[:, axis], bound - starts[:, axis])):
            with np.errstate(divide="ignore", invalid="ignore"):
                when = room / speed
            possible &= (speed != 0) | (room >= -HALF)
            enter = np.where(speed < 0, np.maximum(enter, when), enter)
            leave = np.where(speed > 0, np.minimum(leave, when), leave)
    possible &= enter <= leave
    way, starts, enter, leave = way[possible], starts[possible], enter[possible], leave[possible]
    points = np.concatenate([starts + way * enter[:, None], starts + way * leave[:, None]], axis=1)
    return np.asarray(np.clip(np.rint(points), 0, [right, top, right, top]), dtype=np.int64)
