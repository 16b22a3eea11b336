"""One event file as it grows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fashiontui.tfevents.records import Records, RecordSplitter, Skipped

CHUNK_BYTES: Final = 1 << 20
SMALL_BYTES: Final = 1 << 18  # a third slower for a million scalars, but no heap of decoded histograms
MARK_BYTES: Final = 64  # the last bytes read, by which the file is known again


class Budget:
    """How much may be read at once: bytes, seconds, or both; None is without limit.

    However short the time, there is enough for one chunk: whoever looks again and again gets on. To be thrifty with memory,
    chunks are small.
    """

    def __init__(
        self,
        max_bytes: int | None = None,
        max_seconds: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        is_thrifty: bool = False,
    ) -> None:
        self._bytes_left = max_bytes
        self._is_thrifty = is_thrifty
        self._clock = clock
        self._deadline = None if max_seconds is None else clock() + max_seconds
        self._has_begun = False

    @property
    def chunk_bytes(self) -> int:
        """The size of the next read; 0 where the budget is spent."""
        if self._deadline is not None and self._has_begun and self._clock() >= self._deadline:
            return 0
        largest = SMALL_BYTES if self._is_thrifty else CHUNK_BYTES
        return largest if self._bytes_left is None else max(0, min(largest, self._bytes_left))

    def spend(self, size_bytes: int) -> None:
        """Account for what was read."""
        self._has_begun = True
        if self._bytes_left is not None:
            self._bytes_left -= size_bytes


@dataclass(frozen=True, slots=True)
class _Seen:
    """How the file was when it had been read to its end; equal means that nothing is new."""

    device: int
    inode: int
    size_bytes: int
    modified_ns: int


class ReplacedError(Exception):
    """The file is not the one that was read before: it was cut short, or another was put in its place."""


class TailReader:
    """Reads one growing file and remembers how far it came."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._splitter = RecordSplitter()
        self._mark = b""
        self._seen: _Seen | None = None

    @property
    def skipped(self) -> list[Skipped]:
        """The damage met so far."""
        return self._splitter.skipped

    @property
    def torn_bytes(self) -> int:
        """What there is of a last record that is not complete yet."""
        return self._splitter.torn_bytes

    def poll(self, budget: Budget) -> Iterator[Records]:
        """What is new, chunk by chunk, while the budget lasts. Raises ReplacedError; then a new reader must be made.

        A chunk may hold no complete record. A file that is gone has nothing new.
        """
        try:
            stat = self.path.stat()
        except FileNotFoundError:
            return
        seen = _Seen(stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)
        if seen == self._seen:
            return
        if stat.st_size < self._splitter.end:
            raise ReplacedError(str(self.path))
        with self.path.open("rb") as file:
            file.seek(self._splitter.end - len(self._mark))
            if file.read(len(self._mark)) != self._mark:
                raise ReplacedError(str(self.path))
            while wanted := budget.chunk_bytes:
                data = file.read(wanted)
                if not data:
                    self._seen = seen
                    return
                budget.spend(len(data))
                self._mark = (self._mark + data)[-MARK_BYTES:]
                yield self._splitter.feed(data)
