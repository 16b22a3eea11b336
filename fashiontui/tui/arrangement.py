"""Which panes of the run screen are seen at once, by the room there is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PANES: Final = ("curves", "layers", "histograms", "filters", "confusion", "tags", "log", "system")
OVERVIEW: Final = ("curves", "layers", "histograms", "filters")
BROAD: Final = 100  # columns from which several panes are seen
WIDE: Final = 160
LOW: Final = 28  # rows below which one is
TALL: Final = 50
NAMES: Final = ("-single", "-two", "-four", "-wide-four", "-six")


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Panes that are seen, and the name of how they stand."""

    name: str
    panes: tuple[str, ...]


def arrangement(
    width: int, height: int, active: str, *, maximised: bool = False, beside: str = ""
) -> Arrangement:
    """One pane where there is little room, or it has been asked for; else an overview, if the pane is part of it.

    `beside` is what goes with the curves of a run that has no layers: there is nothing else to look over.
    """
    several = _several(width, height, beside)
    if maximised or several is None or active not in several.panes:
        return Arrangement("-single", (active,))
    return several


def _several(width: int, height: int, beside: str) -> Arrangement | None:
    if width < BROAD or height < LOW:
        return None
    if beside:
        return Arrangement("-two", ("curves", beside))
    if width < WIDE:
        return Arrangement("-four", OVERVIEW)
    if height < TALL:
        return Arrangement("-wide-four", OVERVIEW)
    return Arrangement("-six", (*OVERVIEW, "log", "system"))
