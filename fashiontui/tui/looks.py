"""Colours and markers of runs, the same on every screen and after every start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from fashiontui.tui.charts.palette import COLOURS, MARKERS, Look, looks_of
from fashiontui.tui.preferences import Preferences

SECTION: Final = "looks"
NAME: Final = "runs"
MOST: Final = 300  # runs that are remembered; those that came first are forgotten first


class Looks:
    """What each run was first compared with, remembered per project."""

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences
        self._kept = {
            key: look
            for key, value in preferences.get(SECTION, NAME, dict[str, object]()).items()
            if (look := _read(value)) is not None
        }

    @property
    def kept(self) -> Mapping[str, Look]:
        """By key."""
        return self._kept

    def of(self, keys: Iterable[str]) -> tuple[Look, ...]:
        """For runs that are shown together."""
        return looks_of(keys, self._kept)

    def keep(self, looks: Mapping[str, Look]) -> None:
        """Those of runs that had none; where two had the same, what told them apart there is not kept."""
        new = {key: look for key, look in looks.items() if key not in self._kept}
        if new:
            self._kept |= new
            while len(self._kept) > MOST:
                del self._kept[next(iter(self._kept))]
            written = {key: [look.colour, look.marker] for key, look in self._kept.items()}
            self._preferences.put(SECTION, NAME, written)


def _read(value: object) -> Look | None:
    """None for what no version of ours has written."""
    match value:
        case [int(colour), str(marker)] if 0 <= colour < COLOURS and marker in MARKERS and len(marker) == 1:
            return Look(colour, marker)
    return None
