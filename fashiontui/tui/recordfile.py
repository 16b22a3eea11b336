"""A run's run.json, read again when it is replaced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fashiontui.config.problems import printable
from fashiontui.errors import RunError
from fashiontui.runs.paths import RunPaths

if TYPE_CHECKING:
    from pathlib import Path

    from fashiontui.runs.record import RunRecord


@dataclass(frozen=True, slots=True, eq=False)
class ReadRecord:
    """What was read, or why it could not be."""

    record: RunRecord | None
    problem: str = ""


class RecordFile:
    """Belongs to one thread at a time."""

    def __init__(self, root: Path) -> None:
        self._path = RunPaths(root).record
        self._stamp: tuple[int, int] | None = None

    def look(self) -> ReadRecord | None:
        """The record, where it is new; None too where there is no such file."""
        try:
            status = self._path.stat()
        except OSError:
            return None
        stamp = status.st_mtime_ns, status.st_ino
        if stamp == self._stamp:
            return None
        self._stamp = stamp
        from fashiontui.runs.record import RunRecord  # noqa: PLC0415 - pydantic: after the first paint

        try:
            return ReadRecord(RunRecord.load(self._path))
        except RunError as error:
            return ReadRecord(None, printable(error.message))
