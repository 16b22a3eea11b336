"""Something done to each of several runs: which ones, what came of it, and an exit code.

Everything is idempotent: what is so already is said, and is no error. Unknown names are all told before anything is
done, and then nothing is.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fashiontui.cli.registries import Registries
from fashiontui.cli.reporting import warn
from fashiontui.cli.runs import json_object
from fashiontui.cli.selection import filter_in, named_runs
from fashiontui.cli.snapshots import snapshots
from fashiontui.errors import FashiontuiError, RunError
from fashiontui.runs.filter.filter import parse_filter
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.registry.entry import Entry
from fashiontui.runs.registry.present import present
from fashiontui.runs.registry.store import Registry
from fashiontui.supervisor.ensure import ensure_supervisor

FAILED: Final = 1
SETTLED_S: Final = 10.0
LOOK_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it for one run: how it stands now, in words, and whether that is new."""

    words: str
    changed: bool
    entry: Entry | None = None  # None: it is gone
    about: RunPaths | None = None  # another run, that came of it
    facts: dict[str, Any] = field(default_factory=dict)  # more, for a script


Action = Callable[[Registry, RunPaths], Done]


def carry_out(arguments: Sequence[str], logs: Path, action: Action, *, as_json: bool) -> int:
    """Do it to every run that the arguments mean; the exit code."""
    with Registries(logs) as registries:
        runs = chosen(arguments, registries, logs)
        return act_on(runs, registries, lambda paths: action(registries.of(paths), paths), as_json=as_json)


def act_on(
    runs: Sequence[RunPaths], registries: Registries, act: Callable[[RunPaths], Done], *, as_json: bool
) -> int:
    """Do it to these runs, one after another, and see that a supervisor carries it out."""
    report = Report(as_json=as_json)
    unattended: dict[Path, None] = {}
    for paths in runs:
        try:
            done = act(paths)
        except FashiontuiError as error:
            report.failed(paths, error, _known(registries, paths))
        except OSError as error:
            refused = RunError(f"{error.filename}: {error.strerror}")
            report.failed(paths, refused, _known(registries, paths))
        else:
            report.done(done.about or paths, done)
            if _needs_supervisor(registries, done.about or paths):
                unattended[(done.about or paths).logs] = None
    for folder in unattended:
        ensure_supervisor(folder)
    return report.exit_code


def _known(registries: Registries, paths: RunPaths) -> Entry | None:
    with contextlib.suppress(FashiontuiError):
        return registries.of(paths).entry(paths.key)
    return None


def _needs_supervisor(registries: Registries, paths: RunPaths) -> bool:
    entry = _known(registries, paths)
    return entry is not None and not entry.state.is_ended and not registries.of(paths).read_only


def chosen(arguments: Sequence[str], registries: Registries, logs: Path) -> list[RunPaths]:
    """The runs that the arguments mean; RunNotFoundError for an unknown name. A filter may mean none, and says so."""
    text = filter_in(arguments, logs)
    if text is None:
        return named_runs(arguments, logs)
    entries = snapshots(registries.at(logs), parse_filter(text))
    if not entries:
        warn(f"no run is like that: {text}")
    return [entry.paths(logs) for entry in entries]


class Report:
    """Tells what came of each run: a line or an object on stdout, mistakes on stderr."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._failures: list[int] = []

    @property
    def exit_code(self) -> int:
        """0; or that of the failures, 1 where they are of several kinds."""
        kinds = set(self._failures)
        return 0 if not kinds else kinds.pop() if len(kinds) == 1 else FAILED

    def done(self, paths: RunPaths, done: Done) -> None:
        """It was done, or was so already."""
        if self._as_json:
            self._object(paths, done.entry, changed=done.changed, **done.facts)
        else:
            sys.stdout.write(f"{paths.key} {done.words}\n")
        sys.stdout.flush()

    def failed(self, paths: RunPaths, error: FashiontuiError, entry: Entry | None) -> None:
        """It could not be done."""
        self._failures.append(error.exit_code)
        if self._as_json:
            told = {"kind": type(error).__name__, "message": error.message, "hint": error.hint}
            self._object(paths, entry, changed=False, error=told)
        warn(f"error: {error}")

    def _object(self, paths: RunPaths, entry: Entry | None, **facts: Any) -> None:
        identity = {"run_id": paths.run_id, "experiment": paths.experiment}
        state = {
            "state": entry.state.value if entry else None,
            "wanted": entry.wanted.value if entry else None,
        }
        sys.stdout.write(f"{json_object({**identity, **state, **facts})}\n")
        sys.stdout.flush()


def demand(registry: Registry, paths: RunPaths) -> Entry:
    """The run's row; RunError where its folder went, or can't be read."""
    entry = registry.entry(paths.key)
    if entry is None:
        raise RunError(
            f"run {paths.key} is not in the registry", "`fashiontui reindex` says what is wrong with it."
        )
    return entry


def settled(registry: Registry, entry: Entry) -> Entry:
    """The same; where its worker has gone unnoticed, once a supervisor has put down how it ended."""
    if present(entry, registry.logs, time.time()).state is entry.state or registry.read_only:
        return entry
    ensure_supervisor(registry.logs)
    deadline = time.monotonic() + SETTLED_S
    while entry.state.is_live and time.monotonic() < deadline:
        time.sleep(LOOK_S)
        entry = registry.entry(entry.key) or entry
    return entry
