"""Runs that look trained: a record with a result, and event files with curves, layer statistics and histograms."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import DatasetFacts, ModelFacts
from fashiontui.runs.state import RunState
from fashiontui.training.event_writer import EventWriter, Histogram, Value
from support.fake_worker import result
from support.fakes import make_run

STEPS_PER_EPOCH = 550
PARAMETERS = ("conv1.weight", "conv1.bias", "fc1.weight", "fc1.bias")
MODELS = {
    "lr": {"kind": "logistic"},
    "ann1": {"kind": "mlp", "units": [512], "dropout": 0.3},
    "cnn1": {"kind": "cnn", "channels": [32], "batch_norm": True, "dropout": 0.5},
    "cnn2": {"kind": "cnn", "channels": [32, 64], "kernel_sizes": [5, 3], "batch_norm": True, "dropout": 0.5},
}
SIZES = {"lr": 7850, "ann1": 407050, "cnn1": 805130, "cnn2": 887530}


def trained_run(
    logs: Path,
    experiment: str = "cnn1",
    run_id: str = "20261123-091502-k3f",
    *,
    accuracy: float = 0.92,
    seconds: float = 500.0,
    epochs: int = 20,
    seed: int = 1,
    state: RunState = RunState.FINISHED,
) -> RunPaths:
    """A run that reached this accuracy on validation, in this time."""
    spec = ExperimentSpec.model_validate(
        {
            "dataset": "synthetic",
            "model": MODELS.get(experiment, MODELS["cnn1"]),
            "training": {"epochs": epochs, "seed": seed},
        }
    )
    data = DatasetFacts(
        name="synthetic", synthetic=True, source="drawn by code, seed 0", fingerprint="f" * 64,
        classes=tuple("abcdefghij"), train_size=55000, valid_size=5000, test_size=10000,
    )  # fmt: skip
    parameters = SIZES.get(experiment, 805130)
    changes = {"spec": spec, "dataset": data, "state": state}
    changes["model"] = ModelFacts(parameters=parameters, multiply_adds=2 * parameters, layers=())
    if state is RunState.FINISHED:
        changes["result"] = result(epochs).model_copy(
            update={
                "test_accuracy": accuracy - 0.001,
                "test_loss": 1.2 * (1 - accuracy) * 3,
                "valid_accuracy": accuracy,
                "generalisation_gap": (1 - accuracy) / 3,
                "best_epoch": epochs - 3,
                "epochs": epochs,
                "train_seconds": seconds,
                "total_seconds": 1.2 * seconds,
                "samples_per_second": 55000 * epochs / seconds,
            }
        )
    paths = make_run(logs, experiment, run_id, **changes)
    write_curves(paths.root, accuracy, epochs, seed)
    return paths


def write_curves(folder: Path, accuracy: float, epochs: int, seed: int) -> None:
    """An epoch's measurements, as our recorder writes them."""
    rng = np.random.default_rng(seed)
    with EventWriter(folder) as writer:
        for epoch in range(1, epochs + 1):
            step = STEPS_PER_EPOCH * epoch
            writer.add(step, _measured(epoch, accuracy, rng))


def _measured(epoch: int, accuracy: float, rng: np.random.Generator) -> dict[str, Value]:
    gone = 1 - math.exp(-epoch / 4)
    wobble = float(rng.normal(0, 0.001))
    values: dict[str, Value] = {
        "accuracy/valid": 0.6 + (accuracy - 0.6) * gone + wobble,
        "accuracy/train": 0.6 + (accuracy - 0.57) * gone,
        "loss/valid": 2 * (1 - gone) + 3 * (1 - accuracy) + wobble,
        "loss/train": 2 * (1 - gone) + 2 * (1 - accuracy),
        "progress/epoch": float(epoch),
    }
    for place, name in enumerate(PARAMETERS):
        kind = "biases" if name.endswith("bias") else "weights"
        weights = rng.normal(0, 0.05 + 0.01 * place + 0.002 * epoch, 500)
        counts, edges = np.histogram(weights, 32)
        values[f"{kind}/{name}"] = Histogram(
            counts.tolist(),
            float(edges[0]),
            float(edges[-1]),
            float(weights.sum()),
            float((weights**2).sum()),
        )
        values[f"layer_norm/{name}"] = 3.0 + place + gone
        values[f"layer_gradient_norm/{name}"] = 0.1 * math.exp(-epoch / 10) * (place + 1)
        values[f"layer_update_ratio/{name}"] = 1e-3 * math.exp(-epoch / 20)
    return values
