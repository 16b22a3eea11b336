"""The tables, and how those of an older version become those of this one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Final

RUNS: Final = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    state_since REAL NOT NULL,
    wanted TEXT NOT NULL DEFAULT 'run',
    asked TEXT,
    resume INTEGER NOT NULL DEFAULT 0,
    device TEXT NOT NULL DEFAULT 'auto',
    threads INTEGER,
    slot TEXT,
    priority INTEGER NOT NULL DEFAULT 0,
    position REAL NOT NULL,
    created REAL NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    worker_pid INTEGER,
    worker_started TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    log_offset INTEGER NOT NULL DEFAULT 0
)
"""
# Apart from the runs, so that a change of state does not write them anew.
FACTS: Final = "CREATE TABLE facts (id INTEGER PRIMARY KEY, shape INTEGER NOT NULL, json TEXT NOT NULL)"
SHAPES: Final = "CREATE TABLE shapes (id INTEGER PRIMARY KEY, json TEXT NOT NULL UNIQUE)"
SETTINGS: Final = "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)"
INDEXES: Final = (
    "CREATE INDEX runs_by_state ON runs (state)",
    "CREATE INDEX runs_by_position ON runs (position)",
)


def _create(connection: sqlite3.Connection) -> None:
    for statement in (RUNS, FACTS, SHAPES, SETTINGS, *INDEXES):
        connection.execute(statement)


# The first makes version 1 out of nothing; each next one the version after.
MIGRATIONS: Final[Sequence[Callable[[sqlite3.Connection], None]]] = (_create,)

COLUMNS: Final = {
    "runs": [
        "key",
        "state",
        "state_since",
        "wanted",
        "asked",
        "resume",
        "device",
        "threads",
        "slot",
        "priority",
        "position",
        "created",
        "reason",
        "worker_pid",
        "worker_started",
        "attempts",
        "log_offset",
    ],
    "facts": ["id", "shape", "json"],
    "shapes": ["id", "json"],
    "settings": ["name", "value"],
}


def version_of(connection: sqlite3.Connection) -> int:
    """The schema version of a database; 0 where it is empty."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(
    connection: sqlite3.Connection, migrations: Sequence[Callable[[sqlite3.Connection], None]]
) -> None:
    """Bring the tables to the newest version; all of it or nothing."""
    connection.execute("BEGIN EXCLUSIVE")
    try:
        for step in migrations[version_of(connection) :]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def missing_columns(connection: sqlite3.Connection) -> list[str]:
    """What a database of this version should have and lacks, as `runs.key`."""
    missing = []
    for table, columns in COLUMNS.items():
        found = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        missing += [f"{table}.{column}" for column in columns if column not in found]
    return missing
