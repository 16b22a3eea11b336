from __future__ import annotations

import numpy as np
import pytest
import torch

from fashiontui.analysis.predictions import confusion
from fashiontui.runs.predictions import Predictions, predictions_path
from fashiontui.training.predictions import predictions_of

MLP = {
    "model": {"kind": "mlp", "units": [16]},
    "training": {"epochs": 4, "batch_size": 20},
    "instrumentation": {"checkpoint_seconds": 0},
}
FOREST = {"model": {"kind": "forest", "trees": 6, "max_depth": 6}}


def kept(run, split):
    return Predictions.load(predictions_path(run.paths, split))


@pytest.mark.parametrize("spec", [MLP, FOREST])
def test_they_are_of_the_model_that_the_result_is_of(trial, dataset, spec):
    run = trial(spec)
    result = run.run()
    valid, test = kept(run, "valid"), kept(run, "test")
    assert (valid.epoch, test.epoch) == (result.best_epoch, result.best_epoch)
    assert confusion(valid).accuracy == pytest.approx(result.valid_accuracy)
    assert confusion(test).accuracy == pytest.approx(result.test_accuracy)
    np.testing.assert_array_equal(valid.labels, dataset.valid.labels)
    np.testing.assert_array_equal(test.labels, dataset.test.labels)
    right = test.labels == test.predicted
    np.testing.assert_array_equal(test.confidence[right], test.truth[right])
    assert (test.truth <= test.confidence).all()


@pytest.mark.parametrize(("spec", "stop_at"), [(MLP, 100), (FOREST, 1)])
def test_there_are_some_during_training(trial, spec, stop_at):
    run = trial(spec)
    run.run(stop_at)
    assert kept(run, "valid").epoch >= 1
    assert not predictions_path(run.paths, "test").exists()


def test_a_resumed_run_comes_to_the_same(trial):
    whole, parted = trial(MLP), trial(MLP)
    whole.run()
    parted.run(70)
    parted.run(resume=True)
    for split in ("valid", "test"):
        one, other = kept(whole, split), kept(parted, split)
        np.testing.assert_array_equal(one.predicted, other.predicted)
        np.testing.assert_array_equal(one.confidence, other.confidence)


def test_shares_by_hand():
    logits = torch.log(torch.tensor([[0.7, 0.2, 0.1], [0.5, 0.1, 0.4]]))
    predictions = predictions_of(logits, torch.tensor([0, 2]), epoch=3)
    assert predictions.predicted.tolist() == [0, 0]
    assert predictions.confidence.tolist() == pytest.approx([0.7, 0.5])
    assert predictions.truth.tolist() == pytest.approx([0.7, 0.4])
