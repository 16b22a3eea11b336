"""Output streams that go quiet when nobody listens any more: a closed pipe must not cost a run, nor a full disk.

A closed pipe is its reader's affair; what a full disk did not take was asked for, and is told at the end.
"""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TextIO

from rich.console import Console

KEPT_CONTROLS = "\n\t"


class SteadyStream:
    """A text stream over another one; after its first failure it swallows all that is written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.broken = False
        self.error: OSError | None = None  # why not all of it was written, but for a closed pipe

    @property
    def encoding(self) -> str:
        """That of the stream below."""
        return self._stream.encoding or "utf-8"

    def isatty(self) -> bool:
        """Whether a person watches it."""
        return not self.broken and self._stream.isatty()

    def fileno(self) -> int:
        """The descriptor below."""
        return self._stream.fileno()

    def write(self, text: str) -> int:
        """Write, or not; characters the encoding lacks are replaced."""
        if not self.broken:
            try:
                self._stream.write(text.encode(self.encoding, "replace").decode(self.encoding))
            except (OSError, ValueError) as error:  # ValueError: the stream was closed
                self._give_up(error)
        return len(text)

    def flush(self) -> None:
        """Flush, or not."""
        if not self.broken:
            try:
                self._stream.flush()
            except (OSError, ValueError) as error:
                self._give_up(error)

    def line(self, text: str) -> None:
        """Write one line and flush; control characters in it are left out."""
        self.write(printable(text) + "\n")
        self.flush()

    def _give_up(self, error: Exception) -> None:
        """Point the descriptor at nothing, so that what is still buffered fails no one at exit."""
        self.broken = True
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError) and error.errno != errno.EIO:
            self.error = error  # EIO: the terminal is gone
        write_no_more(self._stream)


def write_no_more(stream: TextIO) -> None:
    """Point a stream at nothing, so that what is still in its buffer fails no one at exit."""
    with contextlib.suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)


def printable(text: str) -> str:
    """Text without escape sequences' and other control characters, lines and tabs kept."""
    return "".join(character for character in text if character.isprintable() or character in KEPT_CONTROLS)


def console_on(stream: SteadyStream) -> Console:
    """A rich console writing there."""
    return Console(file=stream, force_terminal=stream.isatty())  # type: ignore[arg-type]  # the part of IO it uses
