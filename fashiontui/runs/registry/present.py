"""Live runs as they are at this moment, also where nobody keeps the registry up to date."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fashiontui.errors import RunError
from fashiontui.runs import lock
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.entry import Entry
from fashiontui.runs.registry.facts import facts_of, with_progress
from fashiontui.runs.registry.folders import is_starting
from fashiontui.runs.state import RunState


def present(entry: Entry, logs: Path, now: float) -> Entry:
    """A live run with its progress. One whose worker has gone is what its run.json says, or `lost`."""
    if not entry.state.is_live:
        return entry
    if has_worker(entry, logs, now):
        return with_progress(entry, logs)
    paths = entry.paths(logs)
    try:
        record = RunRecord.load(paths.record)
    except RunError:
        return entry
    if record.state.is_live:
        record = record.in_state(RunState.LOST)
    elif not record.state.is_ended:  # claimed, and not yet marked as such
        return entry
    return replace(entry, state=record.state, facts=facts_of(paths, record))


def has_worker(entry: Entry, logs: Path, now: float) -> bool:
    """Whether somebody works on a live run, or is about to."""
    return is_starting(entry.state, entry.state_since, now) or lock.is_held(entry.paths(logs).root)
