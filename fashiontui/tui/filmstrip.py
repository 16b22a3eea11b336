"""Pictures of one tag through a run: decoded once, laid out to fit. Pure but for the cache."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np

from fashiontui.analysis.filters import cells_of, change
from fashiontui.tfevents.order import percentile
from fashiontui.tfevents.points import ImagePoint
from fashiontui.tui.pictures import decode
from fashiontui.tui.pixels import Pixels, fitted, shrunk

LEAST_SIDE: Final = 9  # pixels a filter is shrunk to, before only some of them are shown
BACKGROUND: Final = 0
KEPT: Final = 64  # decoded pictures
ZERO: Final = 128  # the grey of a weight of 0
USUAL: Final = 99  # per cent of the weights that are to fill the range
MOST_CONTRAST: Final = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A moment's pictures: the filters of a sheet one by one, or pictures as they are."""

    step: int
    cells: tuple[Pixels, ...]
    are_filters: bool
    contrast: float = 1.0  # by how much it was raised, to be seen


@lru_cache(maxsize=KEPT)
def frame_of(point: ImagePoint) -> Frame:
    """Decode."""
    pictures = [picture for picture in map(decode, point.encoded) if picture is not None]
    if len(pictures) == 1:
        cells = cells_of(pictures[0])
        if cells is not None:
            times = _contrast(cells)
            return Frame(point.step, tuple(stretched(cells, times)), are_filters=True, contrast=times)
    return Frame(point.step, tuple(pictures), are_filters=False)


def _contrast(cells: Pixels) -> float:
    """What brings nearly all weights to the whole range of greys; grey stays what it is, 0."""
    usual = percentile(np.abs(cells.astype(np.float64) - ZERO), USUAL)
    return min(MOST_CONTRAST, max(1.0, (ZERO - 1) / max(usual, 1.0)))


def stretched(cells: Pixels, times: float) -> Pixels:
    """Further from the grey that stands for 0."""
    raised = (cells.astype(np.float64) - ZERO) * times + ZERO
    result: Pixels = np.clip(np.round(raised), 0, 255).astype(np.uint8)
    return result


def changes(points: Sequence[ImagePoint]) -> list[float]:
    """How much each picture differs from the one before; NaN for the first, and where the size is another."""
    frames = [frame_of(point).cells for point in points]
    return [math.nan, *(_change(before, after) for before, after in pairwise(frames))]


def _change(before: tuple[Pixels, ...], after: tuple[Pixels, ...]) -> float:
    if not before or [cell.shape for cell in before] != [cell.shape for cell in after]:
        return math.nan
    return float(np.mean([change(old, new) for old, new in zip(before, after, strict=True)]))


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Cells side by side on one picture, and how many of them there was room for."""

    pixels: Pixels
    shown: int


def laid_out(cells: Sequence[Pixels], height: int, width: int) -> Layout:
    """As many cells as fit into (height, width) pixels, all of one size, as large as can be, one pixel between them."""
    if not cells or height < 1 or width < 1:
        return Layout(np.zeros((0, 0), np.uint8), 0)
    tallest, widest = max(cell.shape[0] for cell in cells), max(cell.shape[1] for cell in cells)
    if len(cells) == 1:
        return Layout(fitted(cells[0], height, width), 1)
    scale = _scale(len(cells), (tallest, widest), height, width)
    cell_height, cell_width = max(1, int(tallest * scale)), max(1, int(widest * scale))
    columns = max(1, (width + 1) // (cell_width + 1))
    rows = max(1, (height + 1) // (cell_height + 1))
    shown = min(len(cells), columns * rows)
    return Layout(_placed(cells[:shown], (cell_height, cell_width), min(columns, shown)), shown)


def _scale(count: int, size: tuple[int, int], height: int, width: int) -> float:
    """The largest of whole numbers, else of their inverses, at which all fit; no smaller than can be made out."""
    least = min(1.0, LEAST_SIDE / min(size))
    for scale in (8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6, 1 / 8):
        if scale < least:
            break
        columns = (width + 1) // (max(1, int(size[1] * scale)) + 1)
        rows = (height + 1) // (max(1, int(size[0] * scale)) + 1)
        if columns * rows >= count:
            return scale
    return least


def _placed(cells: Sequence[Pixels], size: tuple[int, int], columns: int) -> Pixels:
    rows = -(-len(cells) // columns)
    coloured = any(cell.ndim == 3 for cell in cells)  # noqa: PLR2004 - has colours
    shape = (rows * (size[0] + 1) - 1, columns * (size[1] + 1) - 1, *((3,) if coloured else ()))
    sheet = np.full(shape, BACKGROUND, np.uint8)
    for place, cell in enumerate(cells):
        top, left = (place // columns) * (size[0] + 1), (place % columns) * (size[1] + 1)
        drawn = _sized(cell, size)
        if coloured and drawn.ndim == 2:  # noqa: PLR2004 - grey
            drawn = np.repeat(drawn[:, :, None], 3, axis=2)
        sheet[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
    return sheet


def _sized(cell: Pixels, size: tuple[int, int]) -> Pixels:
    height, width = min(size[0], cell.shape[0]), min(size[1], cell.shape[1])
    if size[0] >= cell.shape[0] and size[1] >= cell.shape[1]:
        times = max(1, min(size[0] // cell.shape[0], size[1] // cell.shape[1]))
        return cell.repeat(times, axis=0).repeat(times, axis=1)
    return shrunk(cell, height, width)
