"""Runs that look as if they were training, without any training: for benchmarks of whoever watches.

    python benchmarks/replay.py LOGS [--runs 8] [--seconds 60] [--epoch 1.0]

Holds the runs' locks and the supervisor's, replaces each progress.json four times a second, and writes each run's
events of an epoch (losses, accuracies, statistics and histograms of five layers) every `--epoch` seconds.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import random
import time
from datetime import UTC, datetime
from pathlib import Path

from fashiontui.config.files import shipped_config
from fashiontui.config.load import load_config
from fashiontui.config.plan import plan_runs
from fashiontui.runs import lock
from fashiontui.runs.create import create_run
from fashiontui.runs.identity import identify
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import Attempt, DatasetFacts, ModelFacts, Request, RunRecord
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState
from fashiontui.supervisor.presence import Guard
from fashiontui.training.event_writer import EventWriter, Histogram

EPOCHS = 50
STEPS = 550
LAYERS = ("conv1", "conv2", "fc1", "fc2", "output")
TICK_S = 0.25


class Replay:
    """One run."""

    def __init__(self, paths: RunPaths, number: int, epoch_s: float) -> None:
        self.paths = paths
        self._epoch_s = epoch_s
        self._writer = EventWriter(paths.root)
        self._random = random.Random(number)
        self._told = 0

    def tick(self, seconds: float) -> None:
        done = seconds / self._epoch_s
        epoch = int(done)
        while self._told < epoch:
            self._told += 1
            self._write_epoch(self._told)
        loss, accuracy = self._loss(max(1, epoch)), self._accuracy(max(1, epoch))
        Progress(
            phase="training",
            step=int(done * STEPS) % (EPOCHS * STEPS),
            steps=EPOCHS * STEPS,
            epoch=epoch % EPOCHS + 1,
            epochs=EPOCHS,
            samples_per_second=2900 + self._random.random() * 50,
            eta_seconds=(EPOCHS - epoch % EPOCHS) * self._epoch_s,
            train_loss=loss,
            valid_loss=loss,
            train_accuracy=accuracy,
            valid_accuracy=accuracy,
            best_valid_accuracy=accuracy,
            best_epoch=max(1, epoch),
            updated=time.time(),
        ).save(self.paths.progress)

    def _loss(self, epoch: int) -> float:
        return 1.2 * math.exp(-epoch / 8) + 0.2

    def _accuracy(self, epoch: int) -> float:
        return 0.92 - 0.3 * math.exp(-epoch / 5) + self._random.uniform(-0.003, 0.003)

    def _write_epoch(self, epoch: int) -> None:
        values: dict[str, float | Histogram] = {"progress/epoch": epoch}
        for part in ("train", "valid"):
            values[f"loss/{part}"] = self._loss(epoch)
            values[f"accuracy/{part}"] = self._accuracy(epoch)
        for layer in LAYERS:
            for what in ("weight", "bias"):
                name = f"{layer}.{what}"
                for statistic in ("mean", "std", "norm", "grad_norm", "update_ratio", "from_init"):
                    values[f"layer_{statistic}/{name}"] = self._random.random()
                values[f"weights/{name}"] = Histogram(
                    [self._random.random() * 100 for _ in range(30)], -1, 1, 0, 1
                )
        self._writer.add(epoch * STEPS, values)
        self._writer.flush()


def begin(logs: Path, runs: int) -> list[RunPaths]:
    """Folders and rows of so many running runs."""
    planned = plan_runs(load_config(shipped_config()), ["networks"], dataset="synthetic")
    me = identify(os.getpid())
    assert me is not None
    made = []
    with Registry.open(logs, warn=print) as registry:
        for number in range(runs):
            now = datetime.now(UTC).astimezone()
            plan = planned[number % len(planned)]
            paths = create_run(logs, plan, Request(), environment={}, now=now, rng=random.Random(number))
            registry.enqueue([paths])
            registry.claim(paths.key, f"cpu/{number}")
            registry.note_worker(paths.key, me, 0)
            record = _running(RunRecord.load(paths.record), now)
            record.save(paths.record)
            registry.note_state(paths.key, RunState.RUNNING, record)
            made.append(paths)
    return made


def _running(record: RunRecord, now: datetime) -> RunRecord:
    attempt = Attempt(started=now, device="cpu", device_name="Some CPU", threads=1, pid=os.getpid())
    dataset = DatasetFacts(
        name="synthetic",
        synthetic=True,
        source="drawn by code",
        fingerprint="0",
        classes=tuple("abcdefghij"),
        train_size=55000,
        valid_size=5000,
        test_size=10000,
    )
    model = ModelFacts(parameters=805130, multiply_adds=1400000, layers=())
    return record.in_state(RunState.RUNNING, now, attempts=(attempt,), dataset=dataset, model=model)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("logs", type=Path)
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--epoch", type=float, default=1.0, help="seconds an epoch")
    options = parser.parse_args()
    options.logs.mkdir(parents=True, exist_ok=True)
    assert Guard(options.logs).take(1.0), "somebody supervises this folder"
    with contextlib.ExitStack() as held:
        runs = begin(options.logs, options.runs)
        for paths in runs:
            held.enter_context(lock.hold(paths.root))
        replays = [Replay(paths, number, options.epoch) for number, paths in enumerate(runs)]
        begun = time.monotonic()
        print("ready", flush=True)
        while (seconds := time.monotonic() - begun) < options.seconds:
            for replay in replays:
                replay.tick(seconds)
            time.sleep(TICK_S)


if __name__ == "__main__":
    main()
