from __future__ import annotations

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout

from fashiontui.analysis.predictions import confusion
from fashiontui.runs.predictions import Predictions, predictions_path
from fashiontui.training.evaluate import class_accuracies

MLP = {"model": {"kind": "mlp", "units": [16]}, "training": {"epochs": 3, "batch_size": 20}}
FOREST = {"model": {"kind": "forest", "trees": 6, "max_depth": 6}}


def test_class_accuracies_by_hand():
    labels = np.array([0, 0, 1, 1, 1, 3])
    predicted = np.array([0, 1, 1, 1, 0, 3])
    assert class_accuracies(predicted, labels, ("coat", "T-shirt/top", "none", "bag")) == {
        "class_accuracy/coat": 1 / 2,
        "class_accuracy/T-shirt/top": 2 / 3,
        "class_accuracy/bag": 1.0,
    }


@pytest.mark.parametrize("spec", [MLP, FOREST])
def test_a_run_records_them_every_epoch(trial, dataset, spec):
    run = trial(spec)
    result = run.run()
    recorded = EventAccumulator(str(run.paths.root), size_guidance={"scalars": 0, "tensors": 0})
    recorded.Reload()
    tags = [f"class_accuracy/{name}" for name in dataset.classes]
    curves = {tag: {point.step: point.value for point in recorded.Scalars(tag)} for tag in tags}
    accuracy = {point.step: point.value for point in recorded.Scalars("accuracy/valid")}
    for step, value in accuracy.items():  # the classes have as many images each
        assert np.mean([curve[step] for curve in curves.values()]) == pytest.approx(value)
    assert all(set(curve) == set(accuracy) for curve in curves.values())
    best_step = sorted(accuracy)[result.best_epoch - 1]
    counts = confusion(Predictions.load(predictions_path(run.paths, "valid"))).counts
    shares = np.diag(counts) / counts.sum(axis=1)
    assert [curves[tag][best_step] for tag in tags] == pytest.approx(shares)
    layout = Layout.FromString(recorded.Tensors("custom_scalars__config__")[0].tensor_proto.string_val[0])
    charts = {chart.title: list(chart.multiline.tag) for group in layout.category for chart in group.chart}
    assert charts["validation accuracy by class"] == ["^class_accuracy/.*$"]
