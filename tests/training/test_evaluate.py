from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout

from fashiontui.analysis.predictions import confusion
from fashiontui.config.spec import ExperimentSpec, LogisticSpec
from fashiontui.runs.predictions import Predictions, predictions_path
from fashiontui.training.data import to_device
from fashiontui.training.device import choose_device
from fashiontui.training.evaluate import class_accuracies, evaluate, predict
from fashiontui.training.models import build_model

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


def test_an_image_and_its_mirror_image_are_judged_alike_where_both_are_looked_at(dataset):
    device = choose_device("cpu", ExperimentSpec(), None)
    data = to_device(dataset, device.place)
    mirrored = replace(data.valid, images=data.valid.images.flip(-1))
    model = build_model(LogisticSpec(), data.image_shape, len(data.classes), seed=1)
    plain, turned = (predict(model, data, split, device) for split in (data.valid, mirrored))
    assert not torch.allclose(plain, turned)
    for split in (data.valid, mirrored):
        both = predict(model, data, split, device, flip_average=True)
        torch.testing.assert_close(both, (plain + turned) / 2)
    score = evaluate(model, data, mirrored, device, flip_average=True)
    assert score == evaluate(model, data, data.valid, device, flip_average=True)


def test_a_run_with_flip_average_says_what_its_best_model_says_of_both(trial, dataset):
    spec = {**MLP, "augmentation": {"flip": True, "flip_average": True}}
    run = trial(spec)
    result = run.run()
    device = choose_device("cpu", run.record.spec, None)
    data = to_device(dataset, device.place)
    model = build_model(run.record.spec.model, data.image_shape, len(data.classes), seed=1)
    model.load_state_dict(torch.load(run.paths.best, weights_only=True)["model"])
    assert result.test_accuracy == evaluate(model, data, data.test, device, flip_average=True).accuracy
    assert result.test_loss != evaluate(model, data, data.test, device).loss


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
