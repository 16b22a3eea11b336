"""`fashiontui delete`: run folders to the trash, or gone for good."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fashiontui.cli.actions import Done, act_on, chosen, settled
from fashiontui.cli.registries import Registries
from fashiontui.cli.reporting import warn
from fashiontui.cli.selection import filter_in, named_runs
from fashiontui.errors import RunError, RunNotFoundError, UsageError
from fashiontui.headless.words import short_path
from fashiontui.runs.find import find_run, run_at
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.registry.entry import Wanted
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState
from fashiontui.runs.trash import TRASH, move_to_trash, purge, trashed

NAMED: Final = 3  # in a question
NOT_DONE: Final = 1


def delete_runs(arguments: Sequence[str], logs: Path, *, for_good: bool, sure: bool, as_json: bool) -> int:
    """Move runs to the trash, or remove them for good once that is confirmed; the exit code."""
    with Registries(logs) as registries:
        runs = _chosen(arguments, registries, logs)
        if runs and for_good and not sure and not _confirmed(runs):
            warn("nothing was removed")
            return NOT_DONE

        def act(paths: RunPaths) -> Done:
            return delete(registries.of(paths), paths, for_good=for_good)

        return act_on(runs, registries, act, as_json=as_json)


def delete(registry: Registry, paths: RunPaths, *, for_good: bool) -> Done:
    """Move a run's folder away, and the run out of the queue first. RunError while somebody works on it."""
    if not paths.root.exists():
        return _from_trash(registry, paths, for_good=for_good)
    if registry.read_only:
        raise RunError(f"{registry.logs} is read only", "Name another folder with --logs.")
    try:
        _withdraw(registry, paths)
        moved = move_to_trash(paths)
    except RunError:
        if paths.root.exists():
            raise
        return _from_trash(registry, paths, for_good=for_good)  # somebody else was faster
    registry.forget(paths.key)
    if for_good:
        purge(moved)
        return Done("is removed for good", changed=True)
    return Done(f"is in the trash: {short_path(str(moved))}", True, facts={"trash": str(moved)})


def _withdraw(registry: Registry, paths: RunPaths) -> None:
    """See that nobody works on the run, or is about to. One whose run.json is unreadable has no row."""
    entry = registry.entry(paths.key)
    if entry is None:
        return
    entry = settled(registry, entry)
    if entry.state is RunState.QUEUED:
        entry = registry.ask(entry.key, Wanted.STOP)
    if entry.state.is_live:
        raise RunError(
            f"run {entry.key} is {entry.state.value}", f"Stop it first: fashiontui stop {entry.run_id}"
        )


def _from_trash(registry: Registry, paths: RunPaths, *, for_good: bool) -> Done:
    folders = trashed(registry.logs, paths.key)
    for folder in folders if for_good else ():
        purge(folder)
    if not folders:
        return Done("is gone already", changed=False)
    if for_good:
        return Done("is removed from the trash, for good", changed=True)
    return Done(f"is in the trash already: {short_path(str(folders[0]))}", changed=False)


def _chosen(arguments: Sequence[str], registries: Registries, logs: Path) -> list[RunPaths]:
    """The runs that are meant, also those that were deleted before if they are named in full."""
    if filter_in(arguments, logs) is not None:
        return chosen(arguments, registries, logs)
    return named_runs(arguments, logs, _there_or_deleted)


def _there_or_deleted(logs: Path, name: str) -> list[RunPaths]:
    """The run that a name or path means, or else the deleted ones, in whose place they were; RunNotFoundError."""
    at_path = run_at(name, logs)
    if at_path is not None and at_path.logs == (logs / TRASH).resolve():
        return [RunPaths.of(logs, at_path.experiment, at_path.run_id)]
    try:
        return [find_run(logs, name)]
    except RunNotFoundError:
        deleted = trashed(logs, name)
        if not deleted:
            raise
        return [RunPaths.of(logs, folder.parent.name, folder.name) for folder in deleted]


def _confirmed(runs: Sequence[RunPaths]) -> bool:
    """Whether the user means it; UsageError where nobody can be asked."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "--purge removes runs for good, and nobody can be asked here", "If you mean it: --yes"
        )
    named = ", ".join(paths.key for paths in runs[:NAMED]) + (", …" if len(runs) > NAMED else "")
    count = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
    sys.stderr.write(f"Remove {count} for good ({named})? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
