"""A project to be looked at: the same on every machine, in every folder, on every day."""

from __future__ import annotations

import contextlib
import os
import platform
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any, Self

import numpy as np

from fashiontui.analysis.projecting import Heard
from fashiontui.analysis.projection import Projection, Sample
from fashiontui.runs.identity import ProcessIdentity
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import Failure, RunRecord
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState
from fashiontui.supervisor.presence import Guard
from support.event_logs import scalar, version, write_events
from support.shown_runs import CLASSES, full_run
from support.trained import trained_run

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NOWHERE = ProcessIdentity(pid=2**22 + 1, started="0")
LIVE, FAILED = "cnn1/20261123-115500-k3f", "lr/20261123-110000-w1x"
COMPARED = tuple(
    f"{name}/20261123-09{minute:02}00-{mark}"
    for name, minute, mark in (("ann1", 1, "p7q"), ("cnn1", 2, "z1z"), ("cnn2", 3, "a9d"))
)
EXPERIMENTS = """
[defaults]
dataset = { name = "synthetic", train_size = 2000, valid_size = 500, test_size = 500 }
training.epochs = 20

[experiments.lr]
description = "Logistic regression: the least a network can be."
model = "logistic"

[experiments.ann1]
description = "One hidden layer of 512 units, half of them dropped."
model = { kind = "mlp", units = [512], dropout = 0.5 }

[experiments.cnn1]
description = "One 5×5 convolution, batch norm, 128 units."
model = { kind = "cnn", channels = [32], batch_norm = true }

[experiments.cnn2]
description = "Two convolutions."
model = { kind = "cnn", channels = [32, 64] }

[studies.networks]
question = "How much does a larger network bring?"
experiments = ["lr", "ann1", "cnn1", "cnn2"]

[studies.dropout]
question = "How much of a layer should be dropped?"
base = "cnn1"
seeds = 3
matrix = { "model.dropout" = [0.0, 0.3, 0.5] }
"""


def freeze(monkeypatch: Any) -> None:
    """Time stands still, and the machine is another one."""
    clock = SimpleNamespace(time=NOW.timestamp, monotonic=time.monotonic)
    monkeypatch.setattr("fashiontui.tui.feed.time", clock)
    monkeypatch.setattr("fashiontui.tui.runswatch._cores", lambda: list(range(8)))
    monkeypatch.setattr("fashiontui.tui.runswatch.count_gpus", lambda: 0)
    monkeypatch.setattr("fashiontui.tui.dataprojection.Projecting", Projected)
    for name in ("NO_COLOR", "TEXTUAL_THEME", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)


@contextlib.contextmanager
def busy_project(folder: Path) -> Iterator[None]:
    """Runs that have finished, failed, go on, are paused and wait; and somebody who looks after them."""
    (folder / "experiments.toml").write_text(EXPERIMENTS, encoding="utf-8")
    logs = folder / "logs"
    logs.mkdir()
    ended_runs(logs)
    live = [full_run(logs, "cnn1", "20261123-115500-k3f", epochs=9, state=RunState.QUEUED)]
    live.append(full_run(logs, "ann1", "20261123-115700-p2m", epochs=4, state=RunState.QUEUED))
    waiting = [
        trained_run(logs, name, f"20261123-1158{number:02}-{mark}", epochs=1, state=RunState.QUEUED)
        for number, (name, mark) in enumerate((("cnn2", "w2x"), ("lr", "h4d")))
    ]
    for number, paths in enumerate([*live, *waiting]):
        dated(paths, minutes_ago=8 - number)
    with Registry.open(logs, warn=print, clock=NOW.timestamp) as registry:
        registry.enqueue([*live, *waiting])
        for number, paths in enumerate(live):
            begin(registry, paths, number)
        registry.note_reasons(
            {waiting[0].key: "all cpu slots are taken", waiting[1].key: "needs cuda, none here"}
        )
    guard = Guard(logs)
    assert guard.take()
    try:
        yield
    finally:
        guard.release()


def ended_runs(logs: Path) -> None:
    """Three that finished, one that failed, one that is paused."""
    for key, accuracy, seconds in zip(COMPARED, (0.9031, 0.9266, 0.9331), (130, 542, 880), strict=True):
        name, run_id = key.split("/")
        dated(trained_run(logs, name, run_id, accuracy=accuracy, seconds=seconds), minutes_ago=170)
    failure = Failure(
        kind="DivergedError",
        message="the loss is not a number since step 1,430",
        hint="A lower optimizer.learning_rate, or optimizer.clip_norm, keeps it finite.",
    )
    name, run_id = FAILED.split("/")
    failed = trained_run(logs, name, run_id, accuracy=0.7, epochs=3, state=RunState.FAILED)
    failed.log.write_text("epoch 1  loss 1.2041\nepoch 2  loss 8.7132\nepoch 3  loss nan\n")
    dated(failed, minutes_ago=60, failure=failure)
    paused = trained_run(logs, "cnn2", "20261123-113000-b5c", epochs=7, state=RunState.PAUSED)
    Progress(phase="training", step=3850, steps=11000, epoch=7, epochs=20).save(paused.progress)
    dated(paused, minutes_ago=25)


def dated(paths: RunPaths, *, minutes_ago: int, **changes: Any) -> None:
    """Created and left as it is so long before now, on this machine, as far as anybody can tell."""
    then = NOW - timedelta(minutes=minutes_ago)
    record = RunRecord.load(paths.record)
    named = {"environment": {"host": platform.node()}, "created": then, "state_since": then, **changes}
    record.model_copy(update=named).save(paths.record)


def begin(registry: Registry, paths: RunPaths, number: int) -> None:
    """A worker has it, and is in the midst of it."""
    registry.claim(paths.key, f"cpu/{number}")
    record = RunRecord.load(paths.record).in_state(RunState.RUNNING, NOW - timedelta(minutes=3 - number))
    record.save(paths.record)
    registry.note_worker(paths.key, NOWHERE, 0)
    registry.note_state(paths.key, RunState.RUNNING, record)
    Progress(
        phase="training", step=95 - 50 * number, steps=200, epoch=10 - 5 * number, epochs=20, train_seconds=180,
        samples_per_second=2914.0 + 12956 * number, eta_seconds=201.0 - 143 * number, valid_accuracy=0.8923,
        best_valid_accuracy=0.8930, best_epoch=8, updated=NOW.timestamp(),
    ).save(paths.progress)  # fmt: skip


def foreign_logs(folder: Path) -> None:
    """Runs of other programs."""
    for place, name in enumerate(("lightning_logs/version_0", "lightning_logs/version_1", "keras/train")):
        root = folder / "logs" / name
        root.mkdir(parents=True)
        events = [
            scalar(step, tag, start / (step + place + 1), 1_795_000_000.0 + step)
            for step in range(30)
            for tag, start in (("train_loss", 2.0), ("val_loss", 2.5))
        ]
        path = write_events(root, "1", [version(), *events])
        os.utime(path, (NOW.timestamp() - 300 * place - 60,) * 2)


class Projected:
    """Instead of a process that projects: simple pictures, on a spiral a class."""

    def __init__(self, request: str) -> None:
        del request

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to end."""

    def cancel(self) -> None:
        """It is done already."""

    def heard(self) -> Iterator[Heard]:
        """All at once."""
        labels = np.tile(np.arange(10, dtype=np.uint8), 20)
        sample = Sample(
            name="synthetic", source="drawn by code, seed 0", synthetic=True, fingerprint="f" * 64, classes=CLASSES,
            counts=np.full((3, 10), 200), images=np.stack([picture(int(label)) for label in labels]), labels=labels,
            indices=np.arange(200),
        )  # fmt: skip
        turns = labels * 0.6283185 + np.arange(200) * 0.002
        far = 1.0 + np.arange(200) % 17 / 10
        points = np.stack([np.cos(turns) * far, np.sin(turns) * far], axis=1)
        yield sample
        yield Projection("pca", points, np.array([0.29, 0.18]))


def picture(label: int) -> np.ndarray:
    """A shape for a class: a grey square with a corner that tells."""
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 6:22] = 90 + 15 * label
    image[4 + 2 * label : 8 + 2 * label, 6:14] = 0
    return image
