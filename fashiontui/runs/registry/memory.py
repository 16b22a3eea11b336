"""The tables in memory, where there is no file and none can be made: a look at what the folders say."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TypeVar

from fashiontui.config.problems import printable
from fashiontui.errors import RunError
from fashiontui.runs.registry import schema
from fashiontui.runs.registry.storage import Work, transact

T = TypeVar("T")


class Memory:
    """A `Storage` that only `index` can change."""

    read_only = True

    def __init__(self, logs: Path, fill: Work[int]) -> None:
        self._logs = logs
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        schema.migrate(self._connection, schema.MIGRATIONS)
        transact(self._connection, fill)

    def read(self, work: Work[T]) -> T:
        """Look something up."""
        return work(self._connection)

    def write(self, work: Work[T]) -> T:
        """No."""
        del work
        raise RunError(f"{printable(str(self._logs))} is read only", "Name another folder with --logs.")

    def index(self, work: Work[T]) -> T:
        """Keep up with the folders."""
        return transact(self._connection, work)

    def version(self) -> int:
        """Another number after every change."""
        return self._connection.total_changes

    def is_replaced(self) -> bool:
        """Never."""
        return False

    def close(self) -> None:
        """Forget it all."""
        self._connection.close()
