"""Pictures in character cells: two pixels a cell, one above the other, or a ramp of characters."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from fashiontui.tui.options import Charset

Pixels = NDArray[np.uint8]  # (height, width) grey, or (height, width, 3)
Line = list[Segment]

HALF: Final = "▀"  # the upper pixel is its colour, the lower one its background
RAMP: Final = " .:-=+*#%@"
LEVELS: Final = 32  # of brightness: neighbours alike are drawn at once, which keeps a slow line usable
FEW_LEVELS: Final = 10


def to_lines(pixels: Pixels, charset: Charset, levels: int = LEVELS) -> list[Line]:
    """A picture of (height, width) pixels in ⌈height / 2⌉ lines of `width` cells."""
    if charset == "ascii":
        return _ramp_lines(pixels)
    coarse = _coarse(_three(pixels), levels)
    if len(coarse) % 2:
        coarse = np.concatenate([coarse, np.zeros_like(coarse[:1])])
    cells = np.concatenate([coarse[0::2], coarse[1::2]], axis=2).tolist()  # (lines, width, 6)
    return [
        [Segment(HALF * len(list(group)), _style(colours)) for colours, group in groupby(map(tuple, row))]
        for row in cells
    ]


def _ramp_lines(pixels: Pixels) -> list[Line]:
    grey = pixels if pixels.ndim == 2 else pixels.mean(axis=2)  # noqa: PLR2004 - no colours
    height = -(-len(grey) // 2)
    cells = shrunk(np.asarray(grey, dtype=np.uint8), height, grey.shape[1])
    places = (cells.astype(np.int64) * len(RAMP)) // 256
    return [[Segment("".join(RAMP[place] for place in row), Style.null())] for row in places.tolist()]


def _three(pixels: Pixels) -> Pixels:
    return pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, axis=2)  # noqa: PLR2004 - has colours


def _coarse(pixels: Pixels, levels: int) -> Pixels:
    steps = np.round(pixels.astype(np.float32) * ((levels - 1) / 255))
    return np.round(steps * (255 / (levels - 1))).astype(np.uint8)


@lru_cache(maxsize=4096)
def _style(colours: tuple[int, ...]) -> Style:
    return Style.from_color(Color.from_rgb(*colours[:3]), Color.from_rgb(*colours[3:]))


def fitted(pixels: Pixels, height: int, width: int, most: int = 8) -> Pixels:
    """The picture as large as fits into so many pixels, its proportions kept; enlarged by whole numbers, up to `most`."""
    own_height, own_width = pixels.shape[:2]
    if not own_height or not own_width or height < 1 or width < 1:
        return np.zeros((0, 0), np.uint8)
    times = min(height // own_height, width // own_width, most)
    if times >= 1:
        return pixels.repeat(times, axis=0).repeat(times, axis=1)
    scale = min(height / own_height, width / own_width)
    return shrunk(pixels, max(1, int(own_height * scale)), max(1, int(own_width * scale)))


def shrunk(pixels: Pixels, height: int, width: int) -> Pixels:
    """The picture at a smaller size, each pixel the mean of those it stands for."""
    rows, columns = _edges(pixels.shape[0], height), _edges(pixels.shape[1], width)
    sums = np.add.reduceat(pixels.astype(np.float64), rows[:-1], axis=0)
    sums = np.add.reduceat(sums, columns[:-1], axis=1)
    areas = np.diff(rows)[:, None] * np.diff(columns)[None, :]
    means = sums / (areas if pixels.ndim == 2 else areas[:, :, None])  # noqa: PLR2004 - no colours
    result: Pixels = np.round(means).astype(np.uint8)
    return result


def _edges(size: int, parts: int) -> NDArray[np.int64]:
    return np.round(np.linspace(0, size, parts + 1)).astype(np.int64)
