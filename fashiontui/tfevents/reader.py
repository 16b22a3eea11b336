"""Event files as they grow: each poll costs what is new, and no more than it is allowed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fashiontui.errors import EventFileError
from fashiontui.tfevents.events import Histogram, Image, Text
from fashiontui.tfevents.records import Damage, merged, scan
from fashiontui.tfevents.run import RunData
from fashiontui.tfevents.series import ContentSeries, ScalarSeries

PATTERN = "*tfevents*"
CHUNK_BYTES = 1 << 20
LARGEST_RECORD_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class FileDamage:
    """Damage, and the file it is in."""

    path: Path
    damage: Damage


class TailReader:
    """Reads one growing file; remembers how far it came."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damage: list[Damage] = []
        self._offset = 0
        self._chunk_bytes = CHUNK_BYTES
        self._seen_size = -1

    def poll(self) -> list[bytes]:
        """The next complete records of at most a chunk; none where nothing new is complete."""
        size = self.path.stat().st_size
        if size == self._seen_size or size < self._offset:
            return []  # nothing new; or the file was cut short, and what was read stands
        with self.path.open("rb") as file:
            file.seek(self._offset)
            data = file.read(self._chunk_bytes)
        found = scan(data, self._offset)
        self.damage = merged([*self.damage, *found.damage])
        self._offset += found.consumed
        if not found.consumed and len(data) == self._chunk_bytes < LARGEST_RECORD_BYTES:
            self._chunk_bytes *= 2  # a record longer than a chunk
            return self.poll()
        self._chunk_bytes = CHUNK_BYTES
        if len(data) < self._chunk_bytes:
            self._seen_size = size
        return found.payloads


class RunReader:
    """All event files of one folder, or a single file, folded into series."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._data = RunData()
        self._tails: dict[Path, TailReader] = {}

    @property
    def scalars(self) -> Mapping[str, ScalarSeries]:
        """By tag."""
        return self._data.scalars

    @property
    def histograms(self) -> Mapping[str, ContentSeries[Histogram]]:
        """By tag."""
        return self._data.histograms

    @property
    def images(self) -> Mapping[str, ContentSeries[Image]]:
        """By tag."""
        return self._data.images

    @property
    def texts(self) -> Mapping[str, ContentSeries[Text]]:
        """By tag."""
        return self._data.texts

    @property
    def damage(self) -> list[FileDamage]:
        """What could not be read so far."""
        return [FileDamage(tail.path, item) for tail in self._tails.values() for item in tail.damage]

    @property
    def unreadable_records(self) -> int:
        """Records whose checksum is right, but that are no events."""
        return self._data.unreadable

    def poll(self, max_seconds: float | None = None, clock: Callable[[], float] = time.monotonic) -> bool:
        """Read what is new, at most for `max_seconds`; whether anything was. Call again while it is."""
        deadline = None if max_seconds is None else clock() + max_seconds
        any_new = False
        for tail in self._discover():
            while payloads := tail.poll():
                any_new = True
                for payload in payloads:
                    self._data.add(payload)
                if deadline is not None and clock() >= deadline:
                    return True
        return any_new

    def _discover(self) -> list[TailReader]:
        """Readers of all files, in the order TensorBoard reads them: by name."""
        files = [self.path] if self.path.is_file() else event_files(self.path)
        return [self._tails.setdefault(path, TailReader(path)) for path in files]


def event_files(folder: Path) -> list[Path]:
    """The event files right in a folder, by name."""
    return sorted(path for path in folder.glob(PATTERN) if path.is_file())


def find_runs(path: Path) -> list[Path]:
    """All folders at or below `path` that hold event files, or the file itself; EventFileError where there is none."""
    if path.is_file():
        return [path]
    if not path.exists():
        raise EventFileError(f"{path} does not exist")
    folders = sorted({file.parent for file in path.rglob(PATTERN) if file.is_file()})
    if not folders:
        raise EventFileError(
            f"{path} holds no event files",
            "Their names contain `tfevents`; name a run, a file or a folder above.",
        )
    return folders
