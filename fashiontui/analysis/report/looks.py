"""Which colour and which marker a kind of run has in all charts: told apart by the colour-blind, on white and on black."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

# Hues after Okabe and Ito, "Color Universal Design" (2008), each made to stand 3:1 or more against both backgrounds.
HUES: Final = (
    "#1480c4",  # blue
    "#d55e00",  # vermilion
    "#009070",  # green
    "#c4609a",  # pink
    "#a87800",  # ochre
    "#8070e0",  # violet
    "#2a95a5",  # teal
    "#7f7f7f",  # grey
    "#a8623c",  # brown
    "#6f8f10",  # moss
)
MARKERS: Final = "os^Dv<>pXP"
INK: Final = "#1b1f24"  # words and axes; the page's own colour, where a chart is part of a page
FAINT: Final = "#8a929b"


@dataclass(frozen=True, slots=True)
class Look:
    """How a curve is told from others."""

    hue: int
    marker: str

    @property
    def colour(self) -> str:
        """As `#rrggbb`."""
        return HUES[self.hue]


TRAIN: Final = Look(1, "s")
VALID: Final = Look(0, "o")


def looks_of(keys: Iterable[str]) -> dict[str, Look]:
    """A look for each key, by the order in which they came: one more key changes none of those before it.

    Where colours run out they begin anew, with other markers.
    """
    unique = dict.fromkeys(keys)
    return {key: look_at(place) for place, key in enumerate(unique)}


def look_at(place: int) -> Look:
    """The look at a place in the order."""
    hue, turn = place % len(HUES), place // len(HUES)
    return Look(hue, MARKERS[(hue + turn * 3) % len(MARKERS)])
