"""worker.log: what a run's worker says, as lines that can be shown anywhere."""

from __future__ import annotations

import codecs
import re
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 1 << 20  # read at once; of a longer file, the beginning is left out
MOST_LINES: Final = 5000
ESCAPES: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")


def harmless(line: str) -> str:
    """A line as a terminal would show it in the end, without colours and other control characters."""
    last = ESCAPES.sub("", line).rstrip("\r").rpartition("\r")[2]
    return "".join(character for character in last if character.isprintable() or character == "\t")


@dataclass(frozen=True, slots=True)
class LogLines:
    """The end of a log; `is_cut` says that older lines are not shown."""

    lines: tuple[str, ...] = ()
    is_cut: bool = False


class LogTail:
    """The last lines of a log as it grows; it need not be there yet. Belongs to one thread at a time."""

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES, most_lines: int = MOST_LINES) -> None:
        self._path = path
        self._most_bytes = most_bytes
        self._most_lines = most_lines
        self._begin()

    def _begin(self) -> None:
        self._offset = 0
        self._is_cut = False
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._begun = ""  # the last line, which has no end yet
        self._lines: deque[str] = deque(maxlen=self._most_lines)

    def read(self) -> LogLines | None:
        """The last lines, where there is anything new; raises OSError where they can't be read."""
        try:
            with self._path.open("rb") as file:
                size = file.seek(0, 2)
                if size == self._offset:
                    return None
                if size < self._offset:
                    self._begin()
                self._skip_to(max(self._offset, size - self._most_bytes))
                file.seek(self._offset)
                data = file.read(self._most_bytes)
        except FileNotFoundError:
            return None
        self._offset += len(data)
        self._add(self._decoder.decode(data))
        return self._all()

    def _skip_to(self, offset: int) -> None:
        if offset > self._offset:
            self._begin()
            self._offset = offset
            self._is_cut = True

    def _add(self, text: str) -> None:
        *lines, self._begun = (self._begun + text).split("\n")
        self._begun = self._begun[-self._most_bytes :]
        self._is_cut = self._is_cut or len(self._lines) + len(lines) > self._most_lines
        self._lines.extend(harmless(line).expandtabs() for line in lines)

    def _all(self) -> LogLines:
        begun = [harmless(self._begun).expandtabs()] if self._begun else []
        return LogLines((*self._lines, *begun), self._is_cut)
