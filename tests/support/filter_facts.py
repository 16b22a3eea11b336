"""A run's facts as filters see them, and whether one matches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fashiontui.runs.filter.filter import parse_filter

NOW = 2_000_000_000.0


def facts(**changes: Any) -> dict[str, Any]:
    """A finished run of a cnn; `a__b` stands for the key `a.b`."""
    run = {
        "run_id": "20261123-091502-k3f",
        "experiment": "cnn1",
        "study": "cnns",
        "base": "cnn1",
        "state": "finished",
        "dataset": "fashion-mnist",
        "synthetic": False,
        "seed": 1,
        "device": "cuda:0",
        "device_name": "Some GPU",
        "test_accuracy": 0.9174,
        "train_seconds": 463.0,
        "epochs": 28,
        "parameters": 805_130,
        "weights_sha256": "c0ffee11",
        "host": "box",
        "commit": "15c3f52aaa",
        "created": NOW - 7200,
        "tags": ["baseline", "first try"],
        "model.kind": "cnn",
        "model.dropout": 0.5,
        "model.units": [512, 256],
        "model.batch_norm": True,
        "optimizer.name": "adam",
        "optimizer.learning_rate": 0.001,
        "optimizer.clip_norm": None,
        "dataset.name": "fashion-mnist",
        "training.epochs": 50,
        "metrics": {
            "valid_accuracy": {"last": 0.92, "best": 0.9258, "best_epoch": 18, "min": 0.8, "max": 0.9258},
            "valid_loss": {"last": None, "best": 0.25, "best_epoch": 12, "min": 0.25, "max": 2.0},
        },
    }
    return run | {key.replace("__", "."): value for key, value in changes.items()}


def matches(text: str, run: Mapping[str, Any] | None = None) -> bool:
    return parse_filter(text).matches(facts() if run is None else run, NOW)
