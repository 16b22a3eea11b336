"""What run folders say, as rows of the table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fashiontui.errors import RunError
from fashiontui.runs import lock
from fashiontui.runs.identity import ProcessIdentity, identify
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry import rows
from fashiontui.runs.registry.facts import facts_of
from fashiontui.runs.registry.packing import Packed, pack
from fashiontui.runs.state import RunState

STARTING_S: Final = 60.0  # until then a worker may still be importing, and not have taken the lock
BATCH: Final = 200  # rows a transaction, so that none takes long


@dataclass(frozen=True, slots=True)
class Found:
    """A run folder as a row of the table."""

    key: str
    state: RunState
    state_since: float
    resume: bool
    device: str
    threads: int | None
    created: float
    worker: ProcessIdentity | None
    attempts: int
    facts: Packed


def read_folder(paths: RunPaths, host: str | None, now: float) -> Found:
    """The row of a run that the table lacks; RunError where there is no run.json that can be read.

    One that was queued on another host than `host` does not begin here by itself; None: any host will do. One that
    says it runs does so only if somebody holds its lock, or will soon.
    """
    record = RunRecord.load(paths.record)
    state, worker = _present_state(paths, record, host, now)
    return Found(
        key=key_of(paths),
        state=state,
        state_since=record.state_since.timestamp(),
        resume=state is RunState.QUEUED and (bool(record.attempts) or paths.checkpoint.exists()),
        device=record.request.device,
        threads=record.request.threads,
        created=record.created.timestamp(),
        worker=worker,
        attempts=len(record.attempts),
        facts=pack(facts_of(paths, record)),
    )


def is_starting(state: RunState, since: float, now: float) -> bool:
    """Whether a run's worker may be on its way still; not for ever, should there be none."""
    return state is RunState.STARTING and now - since < STARTING_S


def key_of(paths: RunPaths) -> str:
    """What the registry knows a run by; RunError where its name is none that can be written down."""
    key = paths.key
    try:
        key.encode()
    except UnicodeEncodeError as error:
        raise RunError(f"{key!r} is no name for a run: it is not UTF-8", "Rename the folder.") from error
    return key


def _present_state(
    paths: RunPaths, record: RunRecord, host: str | None, now: float
) -> tuple[RunState, ProcessIdentity | None]:
    is_ours = host in (None, record.environment.get("host"))
    if record.state is RunState.QUEUED and not is_ours:
        return RunState.STOPPED, None
    if not record.state.is_live:
        return record.state, None
    if not lock.is_held(paths.root):
        record = RunRecord.load(paths.record)  # it may have ended between the two looks
        is_young = is_ours and is_starting(record.state, record.state_since.timestamp(), now)
        return RunState.LOST if record.state.is_live and not is_young else record.state, None
    pid = lock.holder(paths.root)
    return record.state, None if pid is None else identify(pid)


def put(connection: sqlite3.Connection, found: Iterable[Found], *, priority: int = 0) -> list[Found]:
    """Add rows, behind all others; those that are there already stay, and are given back."""
    position = rows.next_position(connection)
    present = []
    for place, run in enumerate(found):
        columns = {
            "key": run.key,
            "priority": priority,
            "position": position + place,
            "created": run.created,
            "resume": run.resume,
            "device": run.device,
            "threads": run.threads,
            "attempts": run.attempts,
            **_state_columns(run),
        }
        marks = ", ".join("?" * len(columns))
        added = connection.execute(
            f"INSERT OR IGNORE INTO runs ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
            tuple(columns.values()),
        )
        if added.rowcount:
            rows.put_facts(connection, run.key, run.facts)
        else:
            present.append(run)
    return present


def enqueue(connection: sqlite3.Connection, found: Iterable[Found], priority: int) -> None:
    """Add runs to the queue's end. Some may be there already: whoever looks into the folders sees them too."""
    for run in put(connection, found, priority=priority):
        if run.state is RunState.QUEUED:  # and perhaps taken for one that was queued elsewhere
            connection.execute(
                "UPDATE runs SET priority = ?, state = 'queued', state_since = ? "
                "WHERE key = ? AND (state = 'queued' OR (state = 'stopped' AND wanted = 'run'))",
                (priority, run.state_since, run.key),
            )


def put_anew(connection: sqlite3.Connection, found: Iterable[Found], known: Mapping[str, float]) -> None:
    """Add rows, and bring those up to date whose runs have not moved on since `known` was read (`rows.since`).

    What is queued or live stays that, and what is said to be queued does not become so again: there the table knows
    better than the folder.
    """
    for run in put(connection, found):
        query = "SELECT state, state_since FROM runs WHERE key = ?"
        state, since = connection.execute(query, (run.key,)).fetchone()
        if since != known.get(run.key):
            continue
        rows.put_facts(connection, run.key, run.facts)
        if RunState(state).is_ended and run.state is not RunState.QUEUED:
            rows.update(connection, run.key, **_state_columns(run))


def put_over(connection: sqlite3.Connection, found: Iterable[Found]) -> None:
    """Add rows, and have those that are there say what the folders say."""
    for run in put(connection, found):
        rows.put_facts(connection, run.key, run.facts)
        rows.update(connection, run.key, **_state_columns(run))


def batches(found: Iterable[Found]) -> Iterator[list[Found]]:
    """Some at a time."""
    batch: list[Found] = []
    for run in found:
        batch.append(run)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _state_columns(run: Found) -> dict[str, Any]:
    return {
        "state": run.state.value,
        "state_since": run.state_since,
        "worker_pid": None if run.worker is None else run.worker.pid,
        "worker_started": None if run.worker is None else run.worker.started,
    }
