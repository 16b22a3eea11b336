"""Networks of one's own, looked at: what is measured of them, and that looking changes nothing."""

from __future__ import annotations

import math
import random

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - the name all of PyTorch's users know
from torch import nn

from fashiontui.config.spec import RegularizationSpec
from fashiontui.training.average import WeightAverage
from fashiontui.training.filters import first_filters
from fashiontui.training.instruments import DeadUnits, Instruments, dead_shares
from fashiontui.training.optimiser import penalty_of
from fashiontui.training.passes import evaluating, watched


class Shared(nn.Module):
    """One ReLU for all, defined last; a head defined first."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(4, 3)
        self.fc1 = nn.Linear(6, 4)
        self.fc2 = nn.Linear(4, 4)
        self.relu = nn.ReLU()

    def forward(self, values):
        return self.head(self.relu(self.fc2(self.relu(self.fc1(values)))))


class Tokens(nn.Module):
    """Rows of an image as tokens: (images, tokens, features)."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(5, 4)
        self.relu = nn.ReLU()

    def forward(self, images):
        return self.relu(self.fc(images.flatten(1, 2)))


def told(model, inputs):
    found = []
    with watched(model, lambda name, output, axis: found.append((name, tuple(output.shape), axis))):
        model(inputs)
    return found


def test_an_activation_is_told_by_the_layer_computed_before_it():
    assert told(Shared(), torch.randn(2, 6)) == [("fc1", (2, 4), 1), ("fc2", (2, 4), 1)]


def test_units_of_tokens_are_their_features_and_of_a_convolution_its_channels():
    assert told(Tokens(), torch.randn(2, 1, 7, 5)) == [("fc", (2, 7, 4), 2)]
    assert told(nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU()), torch.randn(2, 1, 7, 5)) == [
        ("0", (2, 3, 5, 3), 1)
    ]
    assert told(nn.Sequential(nn.Conv1d(1, 3, 3), nn.ReLU()), torch.randn(2, 1, 7)) == [("0", (2, 3, 5), 1)]


@torch.no_grad()
def test_dead_features_of_tokens_are_counted():
    model = Tokens()
    model.fc.bias[:3] = -1e4
    with DeadUnits(model).watching() as seen:
        model(torch.randn(8, 1, 7, 5))
        model(torch.randn(8, 1, 7, 5))
    assert dead_shares(seen) == {"layer_dead_units/fc": 0.75}


@torch.no_grad()
def test_dead_units_of_two_layers_with_one_activation_are_told_apart():
    model = Shared()
    model.fc1.bias[0] = -1e4
    with DeadUnits(model).watching() as seen:
        model(torch.randn(64, 6))
    shares = dead_shares(seen)
    assert shares.keys() == {"layer_dead_units/fc1", "layer_dead_units/fc2"}
    assert shares["layer_dead_units/fc1"] >= 0.25


def test_each_module_is_left_in_its_mode_and_random_numbers_as_they_were():
    model = nn.Sequential(nn.BatchNorm1d(2), nn.Sequential(nn.BatchNorm1d(2), nn.Dropout()))
    model[1][0].eval()
    state = torch.get_rng_state()
    random.seed(1)
    expected = random.random()
    random.seed(1)
    with evaluating(model):
        assert not any(module.training for module in model.modules())
        F.dropout(torch.ones(100))
        random.random()
    assert [module.training for module in model.modules()] == [True, True, True, False, True]
    assert torch.equal(torch.get_rng_state(), state)
    assert random.random() == expected


class Buffered(nn.Module):
    """A causal mask, a count, a buffer that is set anew, and batch norm."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        self.norm = nn.BatchNorm1d(2)
        self.register_buffer("mask", torch.full((2, 2), -math.inf).triu(1))
        self.register_buffer("seen", torch.zeros(2))


def test_the_average_is_of_what_is_learned_and_of_running_statistics_alone():
    model = Buffered()
    average = WeightAverage(model, 0.5)
    with torch.no_grad():
        model.fc.weight.fill_(3.0)
        model.fc.bias.data = torch.full((2,), 5.0)  # a parameter that is given other memory is still the same
        model.norm.running_mean.fill_(7.0)
        model.seen = torch.full((2,), 9.0)
    for step in range(1, 200):
        average.update(step)
    kept = average.to_checkpoint()
    assert kept.keys() == {
        "fc.weight",
        "fc.bias",
        "norm.weight",
        "norm.bias",
        "norm.running_mean",
        "norm.running_var",
    }
    assert kept["fc.bias"].tolist() == pytest.approx([5.0, 5.0])
    assert kept["norm.running_mean"].tolist() == pytest.approx([7.0, 7.0])
    with average.in_place():
        assert model.seen.tolist() == [9.0, 9.0]
        assert model.mask[0, 1] == -math.inf


class Odd(nn.Module):
    """Parameters that are no weights: whole numbers, and none at all."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3))
        self.places = nn.Parameter(torch.arange(3), requires_grad=False)
        self.none = nn.Parameter(torch.zeros(0, 4))


def test_parameters_without_numbers_to_measure_are_left_out():
    model = Odd()
    instruments = Instruments(
        model, {name: value.detach().clone() for name, value in model.named_parameters()}
    )
    instruments.remember()
    assert {tag.partition("/")[2] for tag in instruments.statistics()} == {"scale"}
    assert instruments.histograms().keys() == {"biases/scale"}


def test_a_penalty_on_weights_asks_for_weights():
    assert penalty_of(RegularizationSpec(l2=0.1), nn.BatchNorm1d(3)) is None


def test_filters_are_found_behind_a_head_that_was_defined_first():
    model = nn.ModuleDict({"head": nn.Linear(8, 3), "conv": nn.Conv2d(1, 8, 5)})
    name, filters = first_filters(model, (1, 28, 28))
    assert (name, tuple(filters.shape)) == ("conv", (8, 5, 5))
