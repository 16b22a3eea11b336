"""Runs as they are at this moment, also where nobody keeps the registry up to date."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from fashiontui.runs import lock
from fashiontui.runs.filter.filter import Filter
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.registry.facts import facts_of, with_progress
from fashiontui.runs.registry.present import present
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState

POSITION: Final = {"step", "steps", "epoch"}


def snapshots(registry: Registry, wanted: Filter | None = None) -> list[Entry]:
    """All runs, or those a filter wants: oldest first, the queued ones last."""
    now = time.time()
    entries = (present(entry, registry.logs, now) for entry in registry.entries())
    return [entry for entry in entries if wanted is None or wanted.matches(entry.facts, now)]


def snapshot(registry: Registry, key: str) -> Entry | None:
    """One run; None where it is gone."""
    entry = registry.entry(key)
    return None if entry is None else present(entry, registry.logs, time.time())


def progress_of(entry: Entry) -> Progress | None:
    """How far a run has come that is live, or may go on."""
    if not (entry.state.is_live or entry.state.can_resume):
        return None
    return Progress.load(RunPaths(Path(entry.facts["log_dir"])).progress)


def with_position(entry: Entry) -> Entry:
    """A run that may go on, with how far it came."""
    progress = progress_of(entry) if entry.state.can_resume else None
    if progress is None:
        return entry
    return replace(entry, facts={**entry.facts, **progress.model_dump(include=POSITION)})


def unregistered(paths: RunPaths) -> Entry:
    """A run in a folder that no registry knows, from its run.json; RunError where that can't be read."""
    record = RunRecord.load(paths.record)
    state = record.state
    if state.is_live and not lock.is_held(paths.root):
        state = RunState.LOST
    entry = Entry(
        key=paths.key,
        state=state,
        state_since=record.state_since.timestamp(),
        wanted=Wanted.RUN,
        asked=None,
        resume=False,
        device=record.request.device,
        threads=record.request.threads,
        slot=None,
        priority=0,
        position=0,
        created=record.created.timestamp(),
        reason="",
        worker=None,
        attempts=len(record.attempts),
        log_offset=0,
        facts=facts_of(paths, record.model_copy(update={"state": state})),
    )
    return with_progress(entry, paths.logs)
