"""What the supervisor notes of the runs it has in hand, each in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from fashiontui.runs.identity import ProcessIdentity
from fashiontui.runs.registry import rows
from fashiontui.runs.registry.clients import queue_again
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.registry.packing import Packed
from fashiontui.runs.state import RunState


def claim(connection: sqlite3.Connection, logs: Path, key: str, slot: str, now: float) -> Entry | None:
    """Take a queued run to start it; None where it is not in the queue any more."""
    claimed = connection.execute(
        "UPDATE runs SET state = 'starting', state_since = ?, slot = ?, asked = NULL, reason = '', "
        "worker_pid = NULL, worker_started = NULL, attempts = attempts + 1 "
        "WHERE key = ? AND state = 'queued' AND wanted = 'run'",
        (now, slot, key),
    )
    return rows.demand(connection, logs, key) if claimed.rowcount else None


def unclaim(connection: sqlite3.Connection, logs: Path, key: str, now: float) -> Entry | None:
    """Give back a run whose worker was never started: to its place in the queue, or to where it is wanted now."""
    entry = rows.select_one(connection, logs, key)
    if entry is None or entry.state is not RunState.STARTING or entry.worker is not None:
        return entry
    state = entry.wanted.leads_to.value
    attempts = max(0, entry.attempts - 1)
    rows.update(connection, key, state=state, state_since=now, slot=None, attempts=attempts)
    return rows.demand(connection, logs, key)


def note_worker(
    connection: sqlite3.Connection, key: str, identity: ProcessIdentity, log_offset: int, now: float
) -> None:
    """Remember who works on a run. A database made anew meanwhile may have taken it for lost."""
    rows.update(
        connection, key, worker_pid=identity.pid, worker_started=identity.started, log_offset=log_offset
    )
    connection.execute(
        "UPDATE runs SET state = 'starting', state_since = ? WHERE key = ? AND state NOT IN ('starting', 'running')",
        (now, key),
    )


def note_reasons(connection: sqlite3.Connection, reasons: Mapping[str, str]) -> None:
    """Say why queued runs wait."""
    connection.executemany(
        "UPDATE runs SET reason = ? WHERE key = ? AND state = 'queued'",
        [(reason, key) for key, reason in reasons.items()],
    )


def note_state(
    connection: sqlite3.Connection,
    logs: Path,
    key: str,
    state: RunState,
    *,
    since: float,
    facts: Packed | None,
) -> bool:
    """Note a run's new state; whether it goes back to the queue, because a client wants it to go on meanwhile."""
    entry = rows.select_one(connection, logs, key)
    if entry is None:
        return False
    if facts is not None:
        rows.put_facts(connection, key, facts)
    if _is_wanted_again(entry, state):
        queue_again(connection, rows.demand(connection, logs, key), since)
        return True
    rows.update(connection, key, state=state.value, state_since=since)
    if not state.is_live:
        rows.update(connection, key, slot=None, reason="", worker_pid=None, worker_started=None)
    return False


def _is_wanted_again(entry: Entry, state: RunState) -> bool:
    if entry.asked is None or not entry.state.is_live:
        return False
    return entry.wanted is Wanted.RUN is not entry.asked and entry.asked.leads_to is state
