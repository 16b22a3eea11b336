"""Lines between points, drawn by plotext: the one module that knows it.

plotext keeps the state of a plot in its modules and spends about 10 µs on a dot. So each drawing has a figure of its
own; what is crowded or steep comes here no more (it is bars, see `dots`); lines are drawn in short stretches over no
more cells than they cross, and a stretch once drawn is kept: when a live curve goes on, only its last is drawn anew.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.tui.charts.dots import DOTS, Bits, Grid, Ints
from fashiontui.tui.charts.palette import Charset

STRETCH: Final = 48  # lines drawn at once
KEPT: Final = 1024  # stretches
MARKERS: Final[dict[Charset, str]] = {"braille": "braille", "block": "hd", "ascii": "#"}
BLOCKS: Final = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"  # by their dots: 1 left above, 2 right above, 4 left below, 8 right below
BRAILLE: Final = 0x2800


def drawn(grid: Grid, lines: Ints) -> Bits:
    """The dots of lines, (n, 4) as x, y, x, y from the bottom left, packed; (rows, columns)."""
    cells = np.zeros((grid.rows, grid.columns), dtype=np.uint8)
    across, up = DOTS[grid.charset]
    for start in range(0, len(lines), STRETCH):
        stretch = lines[start : start + STRETCH]
        left, right = _cells(stretch[:, ::2], across)
        bottom, top = _cells(stretch[:, 1::2], up)
        moved = (stretch - np.array([left * across, bottom * up] * 2)).astype(np.int16)
        piece = _stretch(moved.tobytes(), right - left, top - bottom, grid.charset)
        cells[grid.rows - top : grid.rows - bottom, left:right] |= piece
    return cells


def _cells(dots: Ints, size: int) -> tuple[int, int]:
    """The cells, from and up to, that hold all dots."""
    first, last = int(dots.min()) // size, int(dots.max()) // size
    return first, last + 1


@lru_cache(maxsize=KEPT)
def _stretch(lines: bytes, columns: int, rows: int, charset: Charset) -> Bits:
    """The dots of some lines, on as few cells as hold them."""
    points = np.frombuffer(lines, dtype=np.int16).reshape(-1, 2, 2)
    gaps = np.full((len(points), 1), np.nan)
    xs, ys = (np.hstack([points[:, :, axis], gaps]).ravel().tolist() for axis in (0, 1))
    figure = _figure(columns, rows)
    figure.plot(xs, ys, marker=MARKERS[charset])
    figure.xlim(0, max(1, columns * DOTS[charset][0] - 1))
    figure.ylim(0, max(1, rows * DOTS[charset][1] - 1))
    figure.monitor.build_plot()  # `build` would also write it all out as text
    glyphs = figure.monitor.matrix.marker  # rows from the bottom
    return np.array(
        [[_bits(glyph, charset) for glyph in row[:columns]] for row in glyphs[:rows][::-1]], dtype=np.uint8
    )


def _figure(columns: int, rows: int) -> Any:
    """A plotext figure without axes, of its own: `plotext.plot` and the like would share one."""
    from plotext._figure import _figure_class  # noqa: PLC0415 - the first chart pays, not the app's start

    figure = _figure_class()
    figure._limit_size(False, False)  # noqa: SLF001 - else it is no larger than the terminal
    figure.plot_size(columns, rows)
    figure.xaxes(False, False)
    figure.yaxes(False, False)
    figure.xticks([])
    figure.yticks([])
    return figure


def _bits(glyph: str, charset: Charset) -> int:
    if glyph == " ":
        return 0
    return ord(glyph) - BRAILLE if charset == "braille" else BLOCKS.index(glyph) if charset == "block" else 1


def glyphs(charset: Charset) -> NDArray[np.str_]:
    """The character for each number of packed dots; for ASCII a curve's own is taken instead."""
    match charset:
        case "braille":
            return np.array([" ", *map(chr, range(BRAILLE + 1, BRAILLE + 256))])
        case "block":
            return np.array(list(BLOCKS))
        case _:
            return np.array([" ", "*"])
