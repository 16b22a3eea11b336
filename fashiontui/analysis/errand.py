"""A long computation in a process of its own, that is heard while it works and can be ended at any moment."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

PATIENCE_S: Final = 30.0


class Errand:
    """Its process, and a file for what is not heard line by line: a pipe that nobody reads fills up."""

    def __init__(
        self, command: Sequence[str], *, stdin: int, speaks_on: str, folder: Path | None = None
    ) -> None:
        """`speaks_on` stdout or stderr, line by line; the other goes to the file."""
        self._aside: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the rest
        self._cancelled = False
        other = "stderr" if speaks_on == "stdout" else "stdout"
        streams: dict[str, Any] = {"stdin": stdin, speaks_on: subprocess.PIPE, other: self._aside}
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # Ctrl-C in the terminal is not meant for it
            **streams,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cancel()
        self._process.wait(PATIENCE_S)
        for file in (self._process.stdin, self._process.stdout, self._process.stderr, self._aside):
            if file is not None:
                file.close()

    def cancel(self) -> None:
        """End it, whatever it is at; files are whole or not there."""
        self._cancelled = True
        if self._process.poll() is None:
            self._process.kill()

    def said_aside(self) -> str:
        """What it has written to the file so far."""
        self._aside.seek(0)
        return self._aside.read().decode(errors="replace").strip()
