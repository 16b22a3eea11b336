"""Rows of runs.csv, and run folders, that tests know all numbers of."""

from __future__ import annotations

import math

from fashiontui.analysis.report.facts import Facts
from fashiontui.analysis.report.groups import by_data, groups_of
from fashiontui.analysis.report.rows import RunRow
from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs.state import RunState
from fashiontui.training.event_writer import EventWriter
from support.fake_worker import result
from support.fakes import make_run

STEPS_PER_EPOCH = 10
MODEL = {"model.kind": "mlp", "model.units": [64]}


def row(experiment="ann1", seed=1, accuracy=0.9, **changes):
    """A finished run on real images; `settings` and `results` are added to the usual ones."""
    settings = {"dataset.name": "fashion-mnist", **MODEL, **changes.pop("settings", {})}
    results = {
        "test_accuracy": accuracy,
        "test_loss": 1 - accuracy,
        "valid_accuracy": accuracy + 0.01,
        "generalisation_gap": 0.05,
        "train_seconds": 60.0,
        "parameters": 1000,
        "epochs": 50,
        **changes.pop("results", {}),
    }
    values = {
        "run_id": f"20261123-0915{seed:02}-{experiment[-3:]}",
        "experiment": experiment,
        "base": experiment,
        "state": "finished",
        "created": f"2026-11-23T09:15:{seed:02}+00:00",
        "dataset": str(settings["dataset.name"]),
        "synthetic": settings["dataset.name"] == "synthetic",
        "seed": seed,
        "settings": settings,
        "results": {key: value for key, value in results.items() if value is not None},
        "machine": {"cpu": "A CPU", "threads": 2, "device": "cpu", "device_name": "cpu"},
        **changes,
    }
    return RunRow(**values)


def facts(*rows, **changes):
    """Of rows on one dataset."""
    ((data, _),) = by_data(rows).items()
    return Facts(data=data, rows=rows, groups=groups_of(rows), **changes)


def table_of(section, title):
    """The table whose title begins so."""
    return next(part for part in section.parts if hasattr(part, "rows") and part.title.startswith(title))


def figure_of(section, name):
    return next(part for part in section.parts if getattr(part, "name", "") == name)


def trained(
    logs,
    experiment,
    run_id,
    *,
    accuracy=0.9,
    seed=1,
    epochs=6,
    state=RunState.FINISHED,
    study=None,
    base=None,
    **settings,
):
    """A run folder with curves, and no layers."""
    spec = ExperimentSpec.model_validate(
        {"dataset": "synthetic", "training": {"epochs": epochs, "seed": seed}, **settings}
    )
    outcome = result(epochs).model_copy(update={"test_accuracy": accuracy, "train_seconds": 10.0 * accuracy})
    changes = {"result": outcome} if state is RunState.FINISHED else {}
    paths = make_run(
        logs, experiment, run_id, spec=spec, state=state, study=study, base=base or experiment, **changes
    )
    with EventWriter(paths.root) as writer:
        for epoch in range(1, epochs + 1):
            writer.add(STEPS_PER_EPOCH * epoch, curve_points(epoch, accuracy))
    return paths


def curve_points(epoch, accuracy):
    gone = 1 - math.exp(-epoch / 2)
    return {
        "loss/train": 2.0 - 1.8 * gone,
        "loss/valid": 2.0 - 1.5 * gone,
        "accuracy/train": accuracy * gone + 0.05,
        "accuracy/valid": accuracy * gone,
        "gap/accuracy": 0.05,
        "progress/epoch": float(epoch),
    }
