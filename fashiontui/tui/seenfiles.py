"""Reads how alike the layers of two runs are, anew only where a file has changed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fashiontui.analysis.report.seen import Seen, seen_of
from fashiontui.config.problems import printable
from fashiontui.errors import RunError
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.representations import representations_path
from fashiontui.tui.comparing.alike import Found, Side, found_between

Stamp = tuple[int, int, int] | None
Pair = tuple[Side, Side]

MOST: Final = 8  # runs of which what was read is kept: some MB each


class SeenFiles:
    """For one thread at a time."""

    def __init__(self) -> None:
        self._read: dict[Path, tuple[Stamp, Seen | str]] = {}  # the last used at last
        self._told: tuple[Pair, Stamp, Stamp] | None = None

    def look(self, pair: Pair) -> Found | None:
        """What two runs' files say now; None where that is what was said the last time."""
        (rows, columns), stamps = pair, tuple(_stamp(side.folder) for side in pair)
        if (pair, *stamps) == self._told:
            return None
        self._told = (pair, stamps[0], stamps[1])
        ours = self._seen(rows, stamps[0])
        theirs = ours if rows.folder == columns.folder else self._seen(columns, stamps[1])
        return found_between(rows, columns, ours or rows.excuse, theirs or columns.excuse)

    def _seen(self, side: Side, stamp: Stamp) -> Seen | str:
        """Why it can't be read, or nothing where there is none, is a text."""
        known = self._read.pop(side.folder, None)
        if known is None or known[0] != stamp:
            known = stamp, _load(side)
        self._read[side.folder] = known
        while len(self._read) > MOST:
            del self._read[next(iter(self._read))]
        return known[1]


def _load(side: Side) -> Seen | str:
    try:
        return seen_of(RunPaths(side.folder)) or ""
    except RunError as error:
        return "\n".join(map(printable, str(error).split("\n")))


def _stamp(folder: Path) -> Stamp:
    try:
        status = representations_path(RunPaths(folder)).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
