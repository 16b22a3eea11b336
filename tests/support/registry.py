"""Registries for tests."""

from __future__ import annotations

import platform
from pathlib import Path

from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState
from support.fakes import make_run

HERE = {"host": platform.node()}
ELSEWHERE = {"host": "another-machine"}


class Clock:
    """Time that passes when it is told to."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def never(warning: str) -> None:
    raise AssertionError(warning)


def opened(logs: Path, **options) -> Registry:
    """A registry that has nothing to warn of."""
    return Registry.open(logs, **{"warn": never, **options})


def queued(registry: Registry, *names: str, **options) -> list[str]:
    """Keys of new runs in the queue."""
    runs = [make_run(registry.logs, "lr", name, environment=HERE) for name in names]
    registry.enqueue(runs, **options)
    return [paths.key for paths in runs]


def in_state(logs: Path, state: RunState, run_id: str = "a", **changes) -> str:
    """The key of a run whose folder says this, whether or not a registry knows."""
    return make_run(logs, "lr", run_id, state=state, **{"environment": HERE, **changes}).key


def said(registry: Registry, key: str) -> RunState:
    """What run.json says."""
    return RunRecord.load(registry.logs / key / "run.json").state
