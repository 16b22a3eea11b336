"""Rows of the database and entries: one made into the other."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from fashiontui.errors import RunNotFoundError
from fashiontui.runs.identity import ProcessIdentity
from fashiontui.runs.registry.damage import DamagedError
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.state import RunState

LIVE: Final = (RunState.STARTING, RunState.RUNNING)
WITH_ERROR: Final = ("failed", "lost")
SELECT: Final = (
    "SELECT key, state, state_since, wanted, asked, resume, device, threads, slot, priority, position, created, "
    "reason, worker_pid, worker_started, attempts, log_offset, json FROM runs JOIN facts USING (id)"
)
QUEUE_ORDER: Final = "priority DESC, position, runs.id"

Row = tuple[Any, ...]


def select(
    connection: sqlite3.Connection, logs: Path, end: str = "", values: Sequence[Any] = ()
) -> list[Entry]:
    """Entries of the rows that a WHERE and ORDER BY pick; DamagedError where they are not what we wrote."""
    try:
        rows = connection.execute(f"{SELECT} {end}", values).fetchall()
        facts = json.loads(f"[{','.join([row[-1] for row in rows])}]")  # in one go: keys are shared
        return [_entry(row, own, f"{logs}/") for row, own in zip(rows, facts, strict=True)]
    except (ValueError, TypeError, sqlite3.OperationalError) as error:
        if isinstance(error, sqlite3.OperationalError) and "UTF-8" not in str(error):
            raise
        raise DamagedError(f"a row can't be read: {error}") from error


def select_states(connection: sqlite3.Connection, logs: Path, states: Collection[RunState]) -> list[Entry]:
    """Entries in these states, or all: what is queued last and in the queue's order, the rest oldest first."""
    wanted = [state.value for state in states] or [state.value for state in RunState]
    marks = ",".join("?" * len(wanted))
    end = f"WHERE state IN ({marks}) ORDER BY {QUEUE_ORDER}"
    found = select(connection, logs, end, wanted)
    return sorted(found, key=_order)


def select_one(connection: sqlite3.Connection, logs: Path, key: str) -> Entry | None:
    """The entry of that key."""
    found = select(connection, logs, "WHERE key = ?", (key,))
    return found[0] if found else None


def demand(connection: sqlite3.Connection, logs: Path, key: str) -> Entry:
    """The entry of that key; RunNotFoundError where there is none."""
    found = select_one(connection, logs, key)
    if found is None:
        raise RunNotFoundError(f"there is no run {key!r} in {logs}")
    return found


def update(connection: sqlite3.Connection, key: str, **changes: Any) -> None:
    """Change columns of a row."""
    settings = ", ".join(f"{column} = ?" for column in changes)
    connection.execute(f"UPDATE runs SET {settings} WHERE key = ?", (*changes.values(), key))  # noqa: S608 - names of columns


def put_facts(connection: sqlite3.Connection, key: str, facts: str) -> None:
    """Replace a row's facts, given as JSON."""
    connection.execute(
        "INSERT OR REPLACE INTO facts (id, json) SELECT id, ? FROM runs WHERE key = ?", (facts, key)
    )


def keys(connection: sqlite3.Connection) -> list[str]:
    """The keys of all rows."""
    return [key for (key,) in connection.execute("SELECT key FROM runs")]


def remove(connection: sqlite3.Connection, gone: Iterable[str], spared: Collection[RunState]) -> None:
    """Drop rows, but for those in a state that is to be spared."""
    for key in gone:
        row = connection.execute("SELECT id, state FROM runs WHERE key = ?", (key,)).fetchone()
        if row is not None and row[1] not in spared:
            connection.execute("DELETE FROM facts WHERE id = ?", (row[0],))
            connection.execute("DELETE FROM runs WHERE id = ?", (row[0],))


def next_position(connection: sqlite3.Connection) -> float:
    """Behind all others. No clock is asked: it may be set back."""
    last = connection.execute("SELECT max(position) FROM runs").fetchone()[0]
    return float((last or 0) + 1)


def _order(entry: Entry) -> tuple[bool, str, str]:
    """What is queued stays as it came."""
    if entry.state is RunState.QUEUED:
        return True, "", ""
    return False, entry.run_id, entry.experiment


def _entry(row: Row, facts: dict[str, Any], prefix: str) -> Entry:
    key, state, state_since, wanted, asked, resume, device, threads, slot, priority, position, *rest = row
    created, reason, pid, started, attempts, log_offset, _ = rest
    facts["state"] = state
    facts["log_dir"] = prefix + key
    if state not in WITH_ERROR:
        facts.pop("error", None)
    return Entry(
        key=key,
        state=RunState(state),
        state_since=state_since,
        wanted=Wanted(wanted),
        asked=None if asked is None else Wanted(asked),
        resume=bool(resume),
        device=device,
        threads=threads,
        slot=slot,
        priority=priority,
        position=position,
        created=created,
        reason=reason,
        worker=None if pid is None else ProcessIdentity(pid, started),
        attempts=attempts,
        log_offset=log_offset,
        facts=facts,
    )
