"""What clients may do to a run, each in one transaction, and harmless if done twice or by two at once."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from fashiontui.errors import RunError
from fashiontui.runs.record import Request
from fashiontui.runs.registry import rows
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.registry.packing import pack
from fashiontui.runs.state import RunState


def ask(connection: sqlite3.Connection, logs: Path, key: str, wanted: Wanted, now: float) -> Entry:
    """Say what is wanted of a run. A queued one gets there at once; one that has ended stays as it is."""
    entry = rows.demand(connection, logs, key)
    if entry.state is RunState.QUEUED and wanted is not Wanted.RUN:
        rows.update(
            connection, key, state=wanted.leads_to.value, state_since=now, wanted=wanted.value, reason=""
        )
    elif entry.state.is_live:
        rows.update(connection, key, wanted=wanted.value)
    return rows.demand(connection, logs, key)


def requeue(connection: sqlite3.Connection, logs: Path, key: str, request: Request, now: float) -> Entry:
    """Have a run go on. A live one is no longer wanted to pause or stop; RunError for a finished one."""
    entry = rows.demand(connection, logs, key)
    if entry.state is RunState.FINISHED:
        raise RunError(f"run {key} is finished: there is nothing to go on with", f"fashiontui rerun {key}")
    if entry.state.is_live:
        rows.update(connection, key, wanted=Wanted.RUN.value)
    elif entry.state.can_resume:
        queue_again(connection, entry, now)
        rows.update(connection, key, device=request.device, threads=request.threads)
    return rows.demand(connection, logs, key)


def queue_again(connection: sqlite3.Connection, entry: Entry, now: float) -> None:
    """Put a run behind all others, to go on from its checkpoint. Why it had failed is past."""
    facts = {key: value for key, value in entry.facts.items() if key != "error"}
    rows.put_facts(connection, entry.key, pack(facts))
    rows.update(
        connection,
        entry.key,
        state=RunState.QUEUED.value,
        state_since=now,
        wanted=Wanted.RUN.value,
        asked=None,
        resume=True,
        slot=None,
        reason="",
        position=rows.next_position(connection),
        worker_pid=None,
        worker_started=None,
    )


def move(
    connection: sqlite3.Connection, logs: Path, key: str, priority: int | None, before: str | None
) -> Entry:
    """Give a queued run another priority, or another's and the place before that one."""
    _demand_queued(connection, logs, key)
    if priority is not None:
        rows.update(connection, key, priority=priority)
    if before is not None and before != key:
        other = _demand_queued(connection, logs, before)
        position = _place_before(connection, key, other)
        rows.update(connection, key, priority=other.priority, position=position)
    return rows.demand(connection, logs, key)


def forget(connection: sqlite3.Connection, logs: Path, key: str) -> None:
    """Drop a run's row; RunError while it is live."""
    entry = rows.select_one(connection, logs, key)
    if entry is not None and entry.state.is_live:
        raise RunError(f"run {key} is {entry.state.value}", f"Stop it first: fashiontui stop {key}")
    rows.remove(connection, [key], rows.LIVE)


def _demand_queued(connection: sqlite3.Connection, logs: Path, key: str) -> Entry:
    entry = rows.demand(connection, logs, key)
    if entry.state is not RunState.QUEUED:
        raise RunError(f"run {key} is {entry.state.value}: it has no place in the queue")
    return entry


def _place_before(connection: sqlite3.Connection, key: str, other: Entry) -> float:
    """A position between the other run's and that of the one before it."""
    previous, place = _gap_before(connection, key, other)
    if not previous < (previous + place) / 2 < place:  # halved too often
        _number_anew(connection)
        previous, place = _gap_before(connection, key, other)
    return (previous + place) / 2


def _gap_before(connection: sqlite3.Connection, key: str, other: Entry) -> tuple[float, float]:
    place = connection.execute("SELECT position FROM runs WHERE key = ?", (other.key,)).fetchone()[0]
    previous = connection.execute(
        "SELECT max(position) FROM runs WHERE state = 'queued' AND priority = ? AND key != ? AND position < ?",
        (other.priority, key, place),
    ).fetchone()[0]
    return place - 1 if previous is None else previous, place


def _number_anew(connection: sqlite3.Connection) -> None:
    queue = connection.execute("SELECT key FROM runs WHERE state = 'queued' ORDER BY position, id").fetchall()
    for place, (key,) in enumerate(queue, start=1):
        rows.update(connection, key, position=place)
