"""Where the registry's tables are kept, and how they are worked on.

Every piece of work is a function of the connection. It may be called twice, when the database turned out to be
damaged on the way, so it has no other effect.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol, TypeVar

BUSY_S: Final = 10.0  # how long a writer waits for its turn

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]


class Storage(Protocol):
    """The tables, in a file or in memory."""

    read_only: bool

    def read(self, work: Work[T]) -> T:
        """Look something up."""

    def write(self, work: Work[T]) -> T:
        """Do the work in one transaction; RunError where that can't be."""

    def index(self, work: Work[T]) -> T:
        """The same, for what follows from the run folders alone."""

    def version(self) -> int:
        """Another number whenever another connection has changed something."""

    def is_replaced(self) -> bool:
        """Whether the tables are not those that were opened."""

    def close(self) -> None:
        """Let go of them."""


def connect(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """Open a database file that is there, or make one."""
    mode = "rwc" if create else "rw"
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None)
    connection.execute("PRAGMA synchronous = NORMAL")  # with a write-ahead log a power cut breaks nothing
    return connection


def transact(connection: sqlite3.Connection, work: Work[T]) -> T:
    """Do the work, all of it or nothing. The right to write is taken first: it can't be refused half-way."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # a full disk has ended it already
            connection.execute("ROLLBACK")
        raise
    return result
