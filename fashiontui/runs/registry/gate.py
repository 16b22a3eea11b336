"""Who may replace the database file: one who is alone with it. Whoever writes keeps it in place meanwhile."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fashiontui.config.problems import printable
from fashiontui.errors import RunError

GATE: Final = ".registry.lock"
PATIENCE_S: Final = 60.0  # a database of many runs takes a while to be rebuilt
RETRY_S: Final = 0.005


@contextlib.contextmanager
def shared(logs: Path) -> Iterator[None]:
    """While the block lasts, nobody replaces the database."""
    with _held(logs, fcntl.LOCK_SH):
        yield


@contextlib.contextmanager
def alone(logs: Path) -> Iterator[None]:
    """While the block lasts, nobody else writes to the database, or replaces it."""
    with _held(logs, fcntl.LOCK_EX):
        yield


@contextlib.contextmanager
def _held(logs: Path, kind: int) -> Iterator[None]:
    """An OSError says why the file can't be opened; RunError where another one keeps it for too long."""
    path = logs / GATE
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    deadline = time.monotonic() + PATIENCE_S
    try:
        while not _take(descriptor, kind):
            if time.monotonic() > deadline:
                raise RunError(
                    f"{printable(str(path))}: another process has been rebuilding the registry for too long",
                    "Is it suspended? Let it go on, or end it.",
                )
            time.sleep(RETRY_S)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
