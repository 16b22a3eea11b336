"""A program in a terminal of its own, driven and measured from outside."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from pathlib import Path

import psutil


class Terminal:
    """A program in a terminal of its own; what it writes is thrown away, and counted."""

    def __init__(self, command: list[str], folder: Path, columns: int = 120, lines: int = 40) -> None:
        self.begun = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
            os.chdir(folder)
            environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
            if environment.pop("PYTHONDONTWRITEBYTECODE", ""):  # an installed program has its byte code
                environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
            os.execvpe(command[0], command, environment)  # noqa: S606 - our own program
        self.written = 0
        self.process = psutil.Process(self.pid)

    def read(self, wait_s: float) -> bytes:
        """What was written within so long; returns with the first of it."""
        if not select.select([self._fd], [], [], wait_s)[0]:
            return b""
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:
            return b""
        self.written += len(data)
        return data

    def until(self, text: bytes, patience_s: float = 30.0) -> float:
        """When this text was written."""
        seen, deadline = b"", time.perf_counter() + patience_s
        while text not in seen:
            assert time.perf_counter() < deadline, f"{text!r} was not written: {seen[-500:]!r}"
            seen += self.read(0.1)
        return time.perf_counter()

    def drain(self, seconds: float) -> None:
        """Read for so long."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self.read(left)

    def key(self, key: bytes) -> float:
        """Seconds until something is written after a key press."""
        while self.read(0.0):
            pass
        pressed = time.perf_counter()
        os.write(self._fd, key)
        assert self.read(5.0), f"{key!r} was not answered"
        return time.perf_counter() - pressed

    def press(self, key: bytes) -> None:
        os.write(self._fd, key)

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        self.drain(0.5)
        os.waitpid(self.pid, 0)
        os.close(self._fd)
