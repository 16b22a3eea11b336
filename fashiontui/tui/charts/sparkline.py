"""A curve in one line of text."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fashiontui.tfevents.order import median
from fashiontui.tui.charts.palette import Charset

LEVELS: Final[dict[Charset, str]] = {
    "braille": "▁▂▃▄▅▆▇█",
    "block": "▁▂▃▄▅▆▇█",
    "ascii": "_.:-=+*#",
}
UNKNOWN: Final = " "


def sparkline(values: ArrayLike, width: int, charset: Charset = "braille") -> str:
    """`width` cells of text; where there are more values than cells, a cell shows the one furthest from the middle.

    A cell without a finite value is a space. Values all alike are drawn low.
    """
    known = np.asarray(values, dtype=np.float64).ravel()
    if width < 1 or not len(known):
        return " " * max(0, width)
    parts = (
        np.array_split(known, width) if len(known) > width else [known[i : i + 1] for i in range(len(known))]
    )
    finite = known[np.isfinite(known)]
    middle = median(finite) if len(finite) else 0.0
    heights = np.array([_furthest(part, middle) for part in parts])
    return "".join(_glyphs(heights, LEVELS[charset])).rjust(width)


def _furthest(part: NDArray[np.float64], middle: float) -> float:
    finite = part[np.isfinite(part)]
    return float(finite[np.abs(finite - middle).argmax()]) if len(finite) else np.nan


def _glyphs(heights: NDArray[np.float64], levels: str) -> list[str]:
    finite = heights[np.isfinite(heights)]
    if not len(finite):
        return [UNKNOWN] * len(heights)
    low, high = float(finite.min()), float(finite.max())
    span = high / 2 - low / 2  # halves: the whole may be more than a float can hold
    shares = (heights / 2 - low / 2) / span if span else np.where(np.isfinite(heights), 0.0, np.nan)
    return [
        UNKNOWN if not np.isfinite(share) else levels[round(share * (len(levels) - 1))] for share in shares
    ]
