"""How long a report of many runs takes, and how much memory.

    python benchmarks/report.py [--runs N] [--epochs N] [--json PATH]

The runs are made up, in the sizes of real ones: ten convolutional networks over three seeds, the rest variants of three
studies; each epoch with curves, statistics of eight parameters, their histograms, accuracy by class, a picture of 32
filters; predictions of 10,000 images. `fashiontui report` is then run on them in a process of its own. The page is
written twice: the second time its table of runs is there already.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Picture

from fashiontui.config.architecture import architecture
from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.predictions import Predictions, predictions_path
from fashiontui.runs.record import Attempt, DatasetFacts, LayerFacts, ModelFacts, Result, RunRecord
from fashiontui.runs.state import RunState
from fashiontui.training.event_writer import EventWriter, Histogram, Image, Value

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
STEPS = 550
RIGHT = 0.9  # share of predictions
PARAMETERS = tuple(
    f"{layer}.{part}" for layer in ("conv1", "conv2", "fc1", "output") for part in ("weight", "bias")
)
STATISTICS = ("mean", "std", "min", "max", "norm", "gradient_norm", "update_ratio", "distance_from_init")
CLASSES = tuple(f"class {number}" for number in range(10))
STUDIES = {
    "dropout": [{"model.dropout": value / 10} for value in range(10)],
    "learning_rate": [
        {"optimizer.learning_rate": rate, "optimizer.decay": decay}
        for rate in (0.0001, 0.0003, 0.001, 0.003, 0.01)
        for decay in (1.0, 0.9999)
    ],
    "regularization": [
        {"regularization.l1": l1, "regularization.l2": l2}
        for l1 in (0.0, 1e-5, 1e-4)
        for l2 in (0.0, 1e-4, 1e-3)
    ],
}
TARGETS = {"wall": 60.0, "memory": 1000.0}
ROUNDS = ("first", "again")


@dataclass(frozen=True, slots=True)
class Made:
    """A run to make up."""

    experiment: str
    base: str
    study: str | None
    seed: int
    settings: dict[str, Any]


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as name:
        logs = Path(name) / "logs"
        for number, made in enumerate(_plan(arguments.runs)):
            _make_run(logs, number, arguments.epochs, made)
        size = sum(path.stat().st_size for path in logs.rglob("events*")) / 1e6
        measured = {each: _report(Path(name), logs) for each in ROUNDS}
    print(
        f"{arguments.runs} runs of {arguments.epochs} epochs, {size:.0f} MB of events, {os.cpu_count()} cores"
    )
    for each, found in measured.items():
        print(
            f"{each:8} {found['wall']:6.1f} s of {TARGETS['wall']:.0f}   {found['cpu']:6.1f} s of a core   "
            f"{found['memory']:6.0f} MB of {TARGETS['memory']:.0f}   page {found['page']:5.1f} MB"
        )
    if arguments.json:
        facts = {"runs": arguments.runs, "epochs": arguments.epochs, "python": platform.python_version()}
        arguments.json.write_text(
            json.dumps({**facts, "measured": measured, "targets": TARGETS}, indent=1) + "\n"
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--json", type=Path, default=None)
    return parser.parse_args()


def _plan(runs: int) -> Iterator[Made]:
    planned = [
        Made(f"cnn{net}", f"cnn{net}", None, seed, {"model.units": [64 + 8 * net]})
        for net in range(10)
        for seed in (1, 2, 3)
    ]
    planned += [
        Made(f"cnn2-{study}-{place}", "cnn2", study, seed, {"model.units": [80], **settings})
        for seed in (1, 2, 3, 4, 5)
        for study, variants in STUDIES.items()
        for place, settings in enumerate(variants)
    ]
    yield from planned[:runs]


def _make_run(logs: Path, number: int, epochs: int, made: Made) -> None:
    created = BEGIN + timedelta(minutes=number)
    paths = RunPaths.of(logs, made.experiment, f"{created:%Y%m%d-%H%M%S}-{number:03}")
    paths.root.mkdir(parents=True)
    spec = _spec(epochs, made.seed, made.settings)
    _record(paths, spec, created, made, number).save(paths.record)
    rng = np.random.default_rng(number)
    with EventWriter(paths.root) as writer:
        for epoch in range(epochs + 1):
            writer.add(STEPS * epoch, dict(_epoch(epoch, rng)))
    labels = rng.integers(0, 10, 10_000).astype(np.uint8)
    predicted = np.where(rng.random(10_000) < RIGHT, labels, (labels + 1) % 10).astype(np.uint8)
    sure = rng.random(10_000).astype(np.float32)
    Predictions(epochs, labels, predicted, sure, sure).save(predictions_path(paths, "test"))


def _spec(epochs: int, seed: int, settings: dict[str, Any]) -> ExperimentSpec:
    said: dict[str, Any] = {
        "dataset": {"name": "fashion-mnist"},
        "model": {"kind": "cnn", "channels": [32, 64], "batch_norm": True},
        "training": {"epochs": epochs, "seed": seed},
    }
    for path, value in settings.items():
        table, _, key = path.partition(".")
        said.setdefault(table, {})[key] = value
    return ExperimentSpec.model_validate(said)


def _record(paths: RunPaths, spec: ExperimentSpec, created: datetime, made: Made, number: int) -> RunRecord:
    plan = architecture(spec.model)
    assert plan is not None  # a network, no forest
    layers = tuple(
        LayerFacts(name=layer.name, kind=layer.kind, output=layer.output, parameters=0, multiply_adds=0)
        for layer in plan.layers
    )
    accuracy = 0.9 + 0.03 * math.sin(number)
    return RunRecord(
        run_id=paths.run_id, experiment=made.experiment, base=made.base, study=made.study, created=created, state_since=created, spec=spec,
        state=RunState.FINISHED,
        dataset=DatasetFacts(
            name="fashion-mnist", synthetic=False, source="made up", fingerprint="f" * 64, classes=CLASSES,
            train_size=55_000, valid_size=5_000, test_size=10_000,
        ),
        model=ModelFacts(parameters=plan.parameters, multiply_adds=plan.multiply_adds, layers=layers),
        attempts=(Attempt(started=created, device="cpu", device_name="cpu", threads=2, pid=1),),
        result=Result(
            test_accuracy=accuracy, test_loss=1 - accuracy, valid_accuracy=accuracy, valid_loss=1 - accuracy,
            train_accuracy=0.95, train_loss=0.1, generalisation_gap=0.95 - accuracy, best_epoch=30,
            last_valid_accuracy=accuracy, last_valid_loss=0.3, epochs=spec.training.epochs, steps=STEPS, train_seconds=60.0 + number,
            total_seconds=70.0, samples_per_second=9000.0, weights_sha256="0" * 64,
        ),
    )  # fmt: skip


def _epoch(epoch: int, rng: np.random.Generator) -> Iterator[tuple[str, Value]]:
    gone = 1 - math.exp(-epoch / 8)
    yield "filters/conv1", _sheet(rng)
    if not epoch:
        return
    for name, value in (("train", 2.0 - 1.9 * gone), ("valid", 2.0 - 1.7 * gone + 0.004 * epoch)):
        yield f"loss/{name}", value + 0.01 * rng.normal()
        yield f"accuracy/{name}", 0.5 + 0.4 * gone + 0.01 * rng.normal()
    yield "gap/accuracy", 0.05 * gone
    yield "progress/epoch", float(epoch)
    for name in CLASSES:
        yield f"class_accuracy/{name}", 0.9 * gone
    for name in PARAMETERS:
        for statistic in STATISTICS:
            yield f"layer_{statistic}/{name}", float(rng.random()) * 1e-2
        for tag in (f"{'biases' if name.endswith('bias') else 'weights'}/{name}", f"gradients/{name}"):
            counts = rng.integers(0, 900, 64).astype(float).tolist()
            yield tag, Histogram(counts, -1.0 - gone, 1.0 + gone, 0.0, 1.0)


def _sheet(rng: np.random.Generator) -> Image:
    """32 filters of 5×5 pixels, as runs draw them."""
    cells = rng.integers(0, 255, (4, 8, 5, 5)).astype(np.uint8).repeat(5, axis=2).repeat(5, axis=3)
    cells = np.pad(cells, ((0, 0), (0, 0), (0, 2), (0, 2)))
    pixels = cells.swapaxes(1, 2).reshape(4 * 27, 8 * 27)
    buffer = io.BytesIO()
    Picture.fromarray(pixels).save(buffer, "png", compress_level=1)
    return Image(buffer.getvalue(), pixels.shape[1], pixels.shape[0])


def _report(folder: Path, logs: Path) -> dict[str, float]:
    """Seconds, seconds of a core, and the largest size of the process in MB, told by a process that only starts it."""
    program = (
        "import json, resource, subprocess, sys, time; begin = time.perf_counter(); "
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
        "print(json.dumps([time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss]))"
    )
    command = [sys.executable, "-m", "fashiontui", "report", "--logs", str(logs), "-o", str(folder / "out")]
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "HOME": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", program, *command],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
    )
    wall, cpu, kilobytes = json.loads(done.stdout)
    page = (folder / "out" / "report.html").stat().st_size / 1e6
    return {"wall": wall, "cpu": cpu, "memory": kilobytes / 1000, "page": page}


if __name__ == "__main__":
    main()
