"""Rows of the database and entries: one made into the other."""

from __future__ import annotations

import contextlib
import gc
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from fashiontui.errors import RunNotFoundError
from fashiontui.runs.identity import ProcessIdentity
from fashiontui.runs.registry.damage import DamagedError
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.registry.packing import Packed, Shape, unpack
from fashiontui.runs.state import RunState

LIVE: Final = (RunState.STARTING, RunState.RUNNING)
STATES: Final = {state.value: state for state in RunState}  # three times as fast as RunState(…)
WISHES: Final = {wanted.value: wanted for wanted in Wanted}
SELECT: Final = (
    "SELECT key, state, state_since, wanted, asked, resume, device, threads, slot, priority, position, created, "
    "reason, worker_pid, worker_started, attempts, log_offset, shape, json FROM runs JOIN facts USING (id)"
)

Row = tuple[Any, ...]


def select(
    connection: sqlite3.Connection, logs: Path, where: str = "", values: Sequence[Any] = ()
) -> list[Entry]:
    """Entries of the rows that a WHERE picks; DamagedError where they are not what we wrote.

    The queued ones last, in the queue's order; the rest oldest first.
    """
    try:
        with _no_search_for_cycles():
            found = connection.execute(f"{SELECT} {where}", values).fetchall()
            shapes = _shapes(connection) if found else {}
            said = [(row[1], f"{logs}/{row[0]}") for row in found]
            facts = unpack([shapes[row[-2]] for row in found], [row[-1] for row in found], said)
            return sorted([_entry(row, own) for row, own in zip(found, facts, strict=True)], key=_order)
    except (LookupError, ValueError, TypeError, sqlite3.OperationalError) as error:
        if isinstance(error, sqlite3.OperationalError) and "UTF-8" not in str(error):
            raise
        raise DamagedError(f"a row can't be read: {error}") from error


def select_states(connection: sqlite3.Connection, logs: Path, states: Collection[RunState]) -> list[Entry]:
    """Entries in these states, or all."""
    marks = ",".join("?" * len(states))
    where = f"WHERE state IN ({marks})" if states else ""
    return select(connection, logs, where, [state.value for state in states])


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


def put_facts(connection: sqlite3.Connection, key: str, facts: Packed) -> None:
    """Replace a row's facts."""
    connection.execute("INSERT OR IGNORE INTO shapes (json) VALUES (?)", (facts.shape,))
    connection.execute(
        "INSERT OR REPLACE INTO facts (id, shape, json) "
        "SELECT runs.id, shapes.id, ? FROM runs, shapes WHERE runs.key = ? AND shapes.json = ?",
        (facts.values, key, facts.shape),
    )


def keys(connection: sqlite3.Connection) -> list[str]:
    """The keys of all rows."""
    return [key for (key,) in connection.execute("SELECT key FROM runs")]


def since(connection: sqlite3.Connection) -> dict[str, float]:
    """Of all rows, the key and when the run came into its state."""
    return dict(connection.execute("SELECT key, state_since FROM runs").fetchall())


def reasons(connection: sqlite3.Connection) -> dict[str, str]:
    """Why queued runs wait, by key."""
    return dict(connection.execute("SELECT key, reason FROM runs WHERE state = 'queued'").fetchall())


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


def _order(entry: Entry) -> tuple[bool, Any, Any]:
    if entry.state is RunState.QUEUED:
        return True, -entry.priority, entry.position
    return False, entry.run_id, entry.experiment


def _shapes(connection: sqlite3.Connection) -> dict[int, Shape]:
    return {number: Shape.parse(text) for number, text in connection.execute("SELECT id, json FROM shapes")}


@contextlib.contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """While the block lasts: its many objects have no cycles, and looking for some takes longer than making them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _entry(row: Row, facts: Mapping[str, Any]) -> Entry:
    key, state, since, wanted, asked, resume, *rest = row
    device, threads, slot, priority, position, created, reason, pid, started, attempts, log_offset, *_ = rest
    return Entry(
        key=key,
        state=STATES[state],
        state_since=since,
        wanted=WISHES[wanted],
        asked=None if asked is None else WISHES[asked],
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
