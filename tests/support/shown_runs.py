"""Run folders with all that the run screen shows: curves, layers, histograms, filters, predictions, a log."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
from PIL import Image as Picture

from fashiontui.config.architecture import architecture
from fashiontui.config.spec import ExperimentSpec
from fashiontui.datasets.pick import Picker
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.predictions import SPLITS, Predictions, predictions_path
from fashiontui.runs.record import DatasetFacts, LayerFacts, ModelFacts
from fashiontui.runs.state import RunState
from fashiontui.training.event_writer import EventWriter, Histogram, Image, Value
from support.event_logs import framed, scalar, version
from support.fake_worker import result
from support.fakes import make_run

EXPERIMENT, RUN_ID = "cnn1", "20261123-091502-k3f"
KEY = f"{EXPERIMENT}/{RUN_ID}"
FOREST = "forest/20261123-091503-qpq"
STEPS_PER_EPOCH = 10
CLASSES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
PARAMETERS = {
    "conv1.weight": 1e-3,
    "conv1.bias": 1e-9,
    "fc1.weight": 1e-8,
    "fc1.bias": 1e-3,
    "output.weight": 0.5,
}
HEALTH = {
    "conv1.weight": "learning", "conv1.bias": "idle", "fc1.weight": "frozen", "fc1.bias": "idle",
    "output.weight": "exploding",
}  # fmt: skip
DATASET = {"name": "synthetic", "train_size": 100, "valid_size": 40, "test_size": 60}


def full_run(
    logs: Path,
    experiment: str = EXPERIMENT,
    run_id: str = RUN_ID,
    *,
    epochs: int = 6,
    state: RunState = RunState.FINISHED,
    overfits: bool = False,
) -> RunPaths:
    """A small convolutional network on drawn images."""
    spec = ExperimentSpec.model_validate(
        {
            "dataset": DATASET,
            "model": {"kind": "cnn", "batch_norm": True},
            "training": {"epochs": epochs},
        }
    )
    plan = architecture(spec.model)
    layers = tuple(
        LayerFacts(name=layer.name, kind=layer.kind, output=layer.output, parameters=0, multiply_adds=0)
        for layer in plan.layers
    )
    paths = make_run(
        logs,
        experiment,
        run_id,
        spec=spec,
        state=state,
        dataset=_data(),
        model=ModelFacts(parameters=plan.parameters, multiply_adds=plan.multiply_adds, layers=layers),
        result=result(epochs) if state is RunState.FINISHED else None,
    )
    with EventWriter(paths.root) as writer:
        writer.add(0, {"filters/conv1": sheet(0)})
        writer.add_text(0, "config", "| training.epochs | 6 |")
        for epoch in range(1, epochs + 1):
            writer.add(STEPS_PER_EPOCH * epoch, {**measured(epoch, overfits=overfits), **spread(epoch)})
    for split in SPLITS:
        predictions(spec, split).save(predictions_path(paths, split))
    paths.log.write_text("".join(f"line {number} of the log\n" for number in range(1, 101)) + "an [end]\n")
    return paths


def forest_run(logs: Path) -> RunPaths:
    """A forest: curves and predictions, no layers."""
    spec = ExperimentSpec.model_validate({"dataset": DATASET, "model": {"kind": "forest", "trees": 4}})
    experiment, run_id = FOREST.split("/")
    paths = make_run(
        logs, experiment, run_id, spec=spec, state=RunState.FINISHED, dataset=_data(), result=result(4)
    )
    with EventWriter(paths.root) as writer:
        for tree in range(1, 5):
            writer.add(tree, measured(tree, layers=False))
    predictions(spec, "test").save(predictions_path(paths, "test"))
    return paths


def _data() -> DatasetFacts:
    return DatasetFacts(
        name="synthetic", synthetic=True, source="drawn by code, seed 0", fingerprint="f" * 64, classes=CLASSES,
        train_size=60, valid_size=40, test_size=60,
    )  # fmt: skip


def measured(epoch: int, *, layers: bool = True, overfits: bool = False) -> dict[str, Value]:
    """An epoch's scalars."""
    gone = 1 - math.exp(-epoch / 2)
    values: dict[str, Value] = {
        "loss/train": 2.0 - 1.8 * gone,
        "loss/valid": 2.0 - 1.5 * gone + (0.2 * max(0, epoch - 3) if overfits else 0.0),
        "accuracy/train": 0.4 + 0.55 * gone,
        "accuracy/valid": 0.4 + 0.5 * gone,
        "progress/epoch": float(epoch),
        "speed/samples_per_second": 1234.5,
        "system/cpu_percent": 187.0,
        "system/memory_MiB": 640.0 + epoch,
    }
    for name, ratio in PARAMETERS.items() if layers else ():
        values |= {
            f"layer_mean/{name}": 0.01 * epoch,
            f"layer_std/{name}": 0.1,
            f"layer_norm/{name}": 3.0 + epoch,
            f"layer_gradient_norm/{name}": 0.1,
            f"layer_update_ratio/{name}": ratio,
            f"layer_distance_from_init/{name}": 0.1 * epoch,
        }
    return values | ({"layer_dead_units/fc1": 0.1} if layers else {})


def spread(epoch: int) -> dict[str, Value]:
    """An epoch's histograms and pictures."""
    rng = np.random.default_rng(epoch)
    values: dict[str, Value] = {"filters/conv1": sheet(epoch)}
    for name in PARAMETERS:
        kind = "biases" if name.endswith("bias") else "weights"
        for tag in (f"{kind}/{name}", f"gradients/{name}"):
            counts, edges = np.histogram(rng.normal(0, 0.1 + 0.01 * epoch, 400), 16)
            values[tag] = Histogram(counts.tolist(), float(edges[0]), float(edges[-1]), 0.0, 1.0)
    return values


def sheet(epoch: int, filters: int = 12, side: int = 5, times: int = 5) -> Image:
    """Filters on a sheet, as runs draw them."""
    rng = np.random.default_rng(epoch)
    cells = rng.integers(60, 200, (filters, side, side)).astype(np.uint8)
    large = cells.repeat(times, axis=1).repeat(times, axis=2)
    columns = max(8, math.ceil(math.sqrt(filters)))
    pitch = side * times + 2
    drawn = np.zeros((-(-filters // columns) * pitch, columns * pitch), np.uint8)
    for place, cell in enumerate(large):
        top, left = place // columns * pitch, place % columns * pitch
        drawn[top : top + side * times, left : left + side * times] = cell
    return png(drawn)


def png(pixels: np.ndarray) -> Image:
    """Pixels as an encoded picture."""
    buffer = io.BytesIO()
    Picture.fromarray(pixels).save(buffer, "png")
    return Image(buffer.getvalue(), pixels.shape[1], pixels.shape[0])


def predictions(spec: ExperimentSpec, split: str) -> Predictions:
    """Right but for all coats, which are taken for shirts."""
    size = spec.dataset.valid_size if split == "valid" else spec.dataset.test_size
    labels = Picker(spec.dataset, [], split).pick(range(size)).labels
    predicted = np.where(labels == CLASSES.index("Coat"), CLASSES.index("Shirt"), labels).astype(np.uint8)
    right = labels == predicted
    confidence = np.linspace(0.6, 0.9, size).astype(np.float32)
    return Predictions(5, labels, predicted, confidence, np.where(right, confidence, 0.1).astype(np.float32))


def append_epoch(paths: RunPaths, epoch: int) -> None:
    """The run goes on by an epoch, in a file of its own."""
    path = paths.root / "events.out.tfevents.9999999999999999.later"
    events = [] if path.exists() else [version()]
    step = STEPS_PER_EPOCH * epoch
    events += [scalar(step, tag, float(value)) for tag, value in measured(epoch).items()]
    with path.open("ab") as file:
        file.write(framed(events))
