from __future__ import annotations

import pytest
import torch
from torch import nn

from fashiontui.runs.record import Result
from fashiontui.training import checkpoint
from fashiontui.training.average import WeightAverage

AVERAGED = {
    "model": {
        "kind": "cnn",
        "channels": [4, 6],
        "convolutions": [1, 2],
        "kernel_sizes": 3,
        "batch_norm": True,
    },
    "optimizer": {"learning_rate": 0.005, "average": 0.9},
    "training": {"epochs": 3, "batch_size": 50},
    "instrumentation": {"checkpoint_seconds": 0},
}


def network(value=0.0):
    model = nn.Linear(1, 1, bias=False)
    nn.init.constant_(model.weight, value)
    return model


def set_weight(model, value):
    with torch.no_grad():
        model.weight.fill_(value)


def test_by_hand():
    model = network()
    average = WeightAverage(model, 0.5)
    for step, value in enumerate((1.0, 2.0), start=1):
        set_weight(model, value)
        average.update(step)
    # step 1: decay (1 + 1) / (10 + 1) = 2/11: 9/11; step 2: decay 3/12: 1/4 · 9/11 + 3/4 · 2
    assert average.to_checkpoint()["weight"].item() == pytest.approx(9 / 44 + 1.5)


def test_late_in_training_the_decay_is_what_was_asked_for():
    model = network(1.0)
    average = WeightAverage(model, 0.5)
    set_weight(model, 3.0)
    average.update(1000)
    assert average.to_checkpoint()["weight"].item() == pytest.approx(2.0)


def test_the_model_is_its_average_for_a_while_and_then_itself_again():
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    average = WeightAverage(model, 0.99)
    model(torch.rand(8, 3))  # moves the running statistics
    set_weight(model[0], 7.0)
    own = {name: value.clone() for name, value in model.state_dict().items()}
    places = [value.data_ptr() for value in model.state_dict().values()]
    with average.in_place():
        assert (model[0].weight != 7.0).all()
        assert (model[1].running_mean == 0).all()
    assert [value.data_ptr() for value in model.state_dict().values()] == places
    for name, value in model.state_dict().items():
        assert torch.equal(value, own[name]), name


def test_what_is_tested_and_kept_is_the_average(trial):
    run, plain = trial(AVERAGED), trial({**AVERAGED, "optimizer": {"learning_rate": 0.005}})
    result = run.run()
    assert isinstance(result, Result)
    last = checkpoint.load(run.paths.checkpoint)
    best = checkpoint.load(run.paths.best)
    assert result.best_epoch == 3
    averaged = last["average"]["conv1.weight"]
    assert torch.equal(best["model"]["conv1.weight"], averaged)
    assert not torch.equal(last["model"]["conv1.weight"], averaged)
    # looking from the average's eyes changes nothing of the way the weights take
    assert result.weights_sha256 == plain.run().weights_sha256


def test_the_model_is_itself_again_after_an_error_too():
    model = network(1.0)
    average = WeightAverage(model, 0.5)
    set_weight(model, 3.0)

    def fail():
        with average.in_place():
            assert model.weight.item() == 1.0
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert model.weight.item() == 3.0
