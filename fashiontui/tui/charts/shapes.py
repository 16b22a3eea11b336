"""The outlines of markers on a page: what a terminal has letters for."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Final

Point = tuple[float, float]

_ROUND: Final = tuple((cos(turn * pi / 4), sin(turn * pi / 4)) for turn in range(8))
_UP: Final = ((0.0, -1.1), (1.0, 0.8), (-1.0, 0.8))
_DOWN: Final = ((0.0, 1.1), (1.0, -0.8), (-1.0, -0.8))
_SQUARE: Final = ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9))
_DIAMOND: Final = ((-1.15, 0.0), (0.0, -1.15), (1.15, 0.0), (0.0, 1.15))
OUTLINES: Final = {
    "●": _ROUND, "▲": _UP, "■": _SQUARE, "◆": _DIAMOND, "▼": _DOWN,
    "○": _ROUND, "△": _UP, "□": _SQUARE, "◇": _DIAMOND, "▽": _DOWN,
}  # fmt: skip
HOLLOW: Final = "○△□◇▽"


def outline(marker: str, x: float, y: float, radius: float) -> tuple[Point, ...]:
    """Corners of a marker around a point; y goes down. A marker of another kind is a diamond."""
    corners = OUTLINES.get(marker, _DIAMOND)
    return tuple((round(x + radius * across, 2), round(y + radius * down, 2)) for across, down in corners)


def is_hollow(marker: str) -> bool:
    """Whether only its outline is drawn."""
    return marker in HOLLOW
