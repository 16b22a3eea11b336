"""`fashiontui log`: what a run's worker said, and goes on saying."""

from __future__ import annotations

import codecs
import contextlib
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol, TextIO

from fashiontui.cli.registries import Registries
from fashiontui.cli.show import known_entry
from fashiontui.cli.snapshots import snapshot, unregistered
from fashiontui.config.problems import printable
from fashiontui.errors import RunError
from fashiontui.headless.interrupts import Interrupts
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.registry.entry import Entry
from fashiontui.runs.state import RunState
from fashiontui.runs.workerlog import harmless

LOOK_S: Final = 0.2
CHUNK: Final = 1 << 16


class Sink(Protocol):
    """Takes a log's bytes as they come."""

    def write(self, data: bytes) -> None:
        """Some more."""

    def close(self) -> None:
        """There are no more."""


class Pipe:
    """Passes everything on as it is."""

    def __init__(self, out: TextIO) -> None:
        self._out = out.buffer

    def write(self, data: bytes) -> None:
        """Pass it on."""
        self._out.write(data)
        self._out.flush()

    def close(self) -> None:
        """Nothing is held back."""


class Terminal:
    """Writes whole lines, without what would steer the terminal; of a line that was overwritten, its last state."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._begun = ""

    def write(self, data: bytes) -> None:
        """Write the lines that are complete now."""
        *lines, self._begun = (self._begun + self._decoder.decode(data)).split("\n")
        self._out.writelines(f"{harmless(line)}\n" for line in lines)
        self._out.flush()

    def close(self) -> None:
        """Write what has no end yet."""
        if self._begun:
            self._out.write(f"{harmless(self._begun)}\n")
            self._out.flush()


def print_log(
    paths: RunPaths, logs: Path, out: TextIO, err: TextIO, *, lines: int | None, follow: bool
) -> None:
    """Write worker.log, or its last lines; and what is added until the run ends, or Ctrl-C."""
    sink: Sink = Terminal(out) if out.isatty() else Pipe(out)
    tail = Tail(paths.log, sink)
    if not follow:
        if not paths.log.exists():
            err.write(f"{printable(paths.key)} has no log yet: {_why(known_entry(paths, logs))}\n")
        tail.last(lines)
        sink.close()
        return
    with Registries(logs) as registries, Interrupts() as interrupts:
        look = _looking(paths, registries)
        tail.last(lines)
        _follow(tail, look, err, lambda: interrupts.stop_asked or interrupts.hung_up)
    sink.close()


class Tail:
    """Reads a file as it grows; it need not be there yet."""

    def __init__(self, path: Path, sink: Sink) -> None:
        self._path = path
        self._sink = sink
        self._offset = 0

    def last(self, lines: int | None) -> None:
        """Hand on the last lines; None: all of them."""
        if lines is None:
            self.more()
            return
        try:
            with self._path.open("rb") as file:
                kept = deque(file, maxlen=lines)
                self._offset = file.tell()
        except FileNotFoundError:
            return
        for line in kept:
            self._sink.write(line)

    def more(self) -> None:
        """Hand on what was added."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                while data := file.read(CHUNK):
                    self._offset += len(data)
                    self._sink.write(data)
        except FileNotFoundError:
            return


def _follow(tail: Tail, look: Callable[[], Entry | None], err: TextIO, leaving: Callable[[], bool]) -> None:
    said = ""
    while not leaving():
        entry = look()  # before the log is read: what a worker said before its end is told before it
        tail.more()
        if entry is None or entry.state.is_ended:
            _say(err, "the run was deleted" if entry is None else f"{entry.key} {entry.state.value}")
            return
        waits = f"{entry.key} waits: {_why(entry)}" if entry.state is RunState.QUEUED else ""
        if waits and waits != said:
            _say(err, waits)
        said = waits
        time.sleep(LOOK_S)


def _looking(paths: RunPaths, registries: Registries) -> Callable[[], Entry | None]:
    """How to see how a run gets on: in its registry where there is one kept up to date, else in its folder."""
    with contextlib.suppress(RunError):
        registry = registries.of(paths)
        if not registry.read_only and registry.entry(paths.key) is not None:
            return lambda: snapshot(registry, paths.key)
    return lambda: unregistered(paths) if paths.record.exists() else None


def _why(entry: Entry) -> str:
    if entry.state is RunState.QUEUED:
        return entry.reason or "for its turn"
    return f"it is {entry.state.value}"


def _say(err: TextIO, text: str) -> None:
    err.write(f"{printable(text)}\n")
    err.flush()
