"""The event files of a run as they grow: each poll costs what is new, and no more than it may."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fashiontui.errors import EventFileError
from fashiontui.tfevents.points import HistogramPoint, HParam, ImagePoint, SessionStart, TextPoint
from fashiontui.tfevents.rundata import NO_STEP, RunData
from fashiontui.tfevents.series import ScalarSeries
from fashiontui.tfevents.tail import Budget, ReplacedError, TailReader

NAME_PART: Final = "tfevents"
EMPTY_SUFFIX: Final = ".profile-empty"  # of files that TensorFlow's profiler leaves, without summaries


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of a file that belong to no sound record."""

    path: Path
    offset: int
    skipped_bytes: int


class RunReader:
    """All event files of one folder, or a single file, folded into series.

    Files are read in the order of their names, as TensorBoard does, each to its end before the next. The series are
    alive: each poll adds to them. `generation` counts how often all was read anew, because a file had been replaced.
    With `most`, no more histograms, images and texts of a tag are kept than that (of texts the newest, of the others
    some spread evenly), and reading goes in smaller portions, for one who minds the memory.
    """

    def __init__(self, path: Path, *, scalars_only: bool = False, most: int | None = None) -> None:
        self.path = path
        self._most = most
        self.generation = 0
        self._scalars_only = scalars_only
        self._begin()

    def _begin(self) -> None:
        self._data = RunData(scalars_only=self._scalars_only, most=self._most)
        self._tails: dict[Path, TailReader] = {}
        self._records = 0
        self._restarts: dict[Path, int] = {}  # the earliest step that a file begins anew at

    @property
    def scalars(self) -> Mapping[str, ScalarSeries]:
        """Curves by tag; none is empty."""
        return {tag: series for tag, series in self._data.scalars.items() if len(series)}

    @property
    def histograms(self) -> Mapping[str, Sequence[HistogramPoint]]:
        """By tag."""
        return {tag: points for tag, points in self._data.histograms.items() if points}

    @property
    def images(self) -> Mapping[str, Sequence[ImagePoint]]:
        """By tag."""
        return {tag: points for tag, points in self._data.images.items() if points}

    @property
    def texts(self) -> Mapping[str, Sequence[TextPoint]]:
        """By tag."""
        return {tag: points for tag, points in self._data.texts.items() if points}

    @property
    def hparams(self) -> Mapping[str, HParam]:
        """The hyperparameters the run was last started with; empty where none were logged."""
        points = [point for points in self._data.sessions.values() for point in points]
        starts = [point for point in points if isinstance(point, SessionStart)]
        return starts[-1].hparams if starts else {}

    @property
    def damage(self) -> list[Damage]:
        """What could not be read so far."""
        return [
            Damage(path, skipped.offset, skipped.size_bytes)
            for path, tail in sorted(self._tails.items())
            for skipped in tail.skipped
        ]

    @property
    def torn_bytes(self) -> int:
        """What there is of last records that are not complete yet, in all files together."""
        return sum(tail.torn_bytes for tail in self._tails.values())

    @property
    def undecodable(self) -> int:
        """Records whose checksum is right, but that are no events."""
        return self._data.undecodable

    @property
    def events(self) -> int:
        """How many events were read, of whatever content."""
        return self._records - self._data.undecodable

    def poll(
        self,
        *,
        max_bytes: int | None = None,
        max_seconds: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> bool:
        """Read what is new, within limits if there are any (a chunk of up to 1 MiB, with `most` of 256 KiB, is read as a whole).

        Returns whether there was anything new; then more may be waiting. Where nothing is new, it costs a look at
        the folder.
        """
        budget = Budget(max_bytes, max_seconds, clock, is_thrifty=self._most is not None)
        try:
            return self._read(budget)
        except ReplacedError:
            self.generation += 1
            self._begin()
            self._read(budget)
            return True

    def _read(self, budget: Budget) -> bool:
        any_new = False
        for path in event_files(self.path):
            tail = self._tails.setdefault(path, TailReader(path))
            for records in tail.poll(budget):
                any_new = True
                self._records += len(records)
                if tail.skipped and tail.skipped[0].offset == 0:
                    self._data.trust_steps()
                limit = min((step for later, step in self._restarts.items() if later > path), default=NO_STEP)
                restart = self._data.add(records, limit)
                self._restarts[path] = min(restart, self._restarts.get(path, NO_STEP))
            if not budget.chunk_bytes:
                break
        return any_new


def event_files(path: Path) -> list[Path]:
    """The event files right in a folder, by name; or the file itself."""
    if path.is_file():
        return [path]
    try:
        with os.scandir(path) as entries:
            names = sorted(entry.name for entry in entries if is_event_file(entry.name) and entry.is_file())
    except FileNotFoundError:
        return []
    return [path / name for name in names]


def is_event_file(name: str) -> bool:
    """Whether a file so called holds events, as far as its name tells."""
    return NAME_PART in name and not name.endswith(EMPTY_SUFFIX)


def find_runs(path: Path) -> list[Path]:
    """All folders at or below `path` that hold event files, or the file itself. EventFileError where there is none."""
    if path.is_file():
        return [path]
    if not path.exists():
        raise EventFileError(f"{path} does not exist", "Name a run, an event file, or a folder of them.")
    found = sorted(folder for folder in _folders(path) if event_files(folder))
    if not found and not os.access(path, os.R_OK | os.X_OK):
        raise EventFileError(f"{path} can't be read: {os.strerror(errno.EACCES)}")
    if not found:
        raise EventFileError(
            f"{path} holds no event files",
            f"Their names contain {NAME_PART!r}; name a run, a file, or a folder above.",
        )
    return found


def _folders(path: Path) -> Iterator[Path]:
    """All folders, through symbolic links too, each but once."""
    seen: set[Path] = set()
    for root, folders, _ in os.walk(path, followlinks=True):
        real = Path(root).resolve()
        if real in seen:
            folders.clear()
        else:
            seen.add(real)
            yield Path(root)
