"""Runs and workers for tests, without torch."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.state import RunState

FAKE_WORKER = Path(__file__).with_name("fake_worker.py")
PATIENCE_S = 120.0  # with machines that do much else; only a test that fails waits so long


def fake_command(behaviour: str) -> tuple[str, ...]:
    return (sys.executable, str(FAKE_WORKER), behaviour)


def make_run(
    logs: Path, experiment: str = "lr", run_id: str = "20261123-091502-k3f", **changes: object
) -> RunPaths:
    paths = RunPaths.of(logs, experiment, run_id)
    paths.root.mkdir(parents=True)
    now = datetime.now(UTC)
    spec = ExperimentSpec.model_validate({"dataset": "synthetic", "training": {"epochs": 3}})
    record = RunRecord(
        run_id=run_id, experiment=experiment, base=experiment, created=now, state_since=now, spec=spec
    )
    record.model_copy(update=changes).save(paths.record)
    return paths


def until(happened: Callable[[], bool], witness: Callable[[], str] = str) -> None:
    """Wait until it happens; the witness tells what happened instead."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline, f"it never happened\n{witness()}"
        time.sleep(0.01)


def until_training(paths: RunPaths) -> None:
    def begun() -> bool:
        progress = Progress.load(paths.progress)
        return progress is not None and progress.step > 0

    until(begun)


def make_entry(experiment: str = "lr", run_id: str = "20261123-091502-k3f", **changes: object) -> Entry:
    values: dict[str, object] = {
        "key": f"{experiment}/{run_id}",
        "state": RunState.QUEUED,
        "state_since": 0.0,
        "wanted": Wanted.RUN,
        "asked": None,
        "resume": False,
        "device": "cpu",
        "threads": None,
        "slot": None,
        "priority": 0,
        "position": 0.0,
        "created": 0.0,
        "reason": "",
        "worker": None,
        "attempts": 0,
        "log_offset": 0,
        "facts": {},
    }
    return Entry(**{**values, **changes})  # type: ignore[arg-type]
