from __future__ import annotations

import copy

import pytest
import torch
from torch import nn
from torchvision.models import vgg16, vgg16_bn

from fashiontui.config.architecture import architecture
from fashiontui.config.spec import ExperimentSpec
from fashiontui.errors import UsageError
from fashiontui.training.facts import model_facts, traced_facts
from fashiontui.training.models import build_model, copy_features

SHAPE = (1, 28, 28)
MODELS = [
    {"kind": "logistic"},
    {"kind": "mlp", "units": [30, 20], "batch_norm": True, "dropout": 0.2, "activation": "gelu"},
    {"kind": "cnn", "channels": [4], "batch_norm": True, "dropout": 0.5},
    {
        "kind": "cnn",
        "channels": [4, 6, 8],
        "kernel_sizes": [5, 3, 3],
        "activation": "silu",
        "conv_dropout": 0.1,
    },
    {"kind": "cnn", "channels": [4], "units": []},
    {
        "kind": "cnn",
        "channels": [4, 6, 8],
        "convolutions": [1, 2, 3],
        "kernel_sizes": [5, 3, 3],
        "batch_norm": True,
    },
    {"kind": "resnet", "channels": [4, 6], "blocks": [1, 2], "dropout": 0.1},
    {"kind": "vgg16"},
    {"kind": "vgg16", "batch_norm": False, "units": [64]},
]


def model_spec(model):
    return ExperimentSpec.model_validate({"model": model}).model


@pytest.mark.parametrize("model", MODELS)
def test_what_is_built_is_what_was_planned(model):
    spec = model_spec(model)
    network = build_model(spec, SHAPE, 10, seed=1)
    plan = architecture(spec, SHAPE, 10)
    assert [name for name, _ in network.named_children()] == [layer.name for layer in plan.layers]
    network.eval()
    values = torch.rand(2, *SHAPE)
    for layer, module in zip(plan.layers, network, strict=True):
        values = module(values)
        assert tuple(values.shape[1:]) == layer.output, layer.name
        assert sum(p.numel() for p in module.parameters()) == layer.parameters, layer.name


@pytest.mark.parametrize("model", MODELS)
def test_planned_and_traced_facts_agree(model):
    spec = model_spec(model)
    network = build_model(spec, SHAPE, 10, seed=1)
    planned = model_facts(spec, network, SHAPE, 10)
    traced = model_facts(
        ExperimentSpec.model_validate({"model": "any.where:build"}).model, network, SHAPE, 10
    )
    assert (planned.parameters, planned.multiply_adds) == (traced.parameters, traced.multiply_adds)
    if spec.kind != "resnet":  # whose blocks are a layer each in the plan
        assert [layer.output for layer in planned.layers] == [layer.output for layer in traced.layers]


def test_the_same_seed_gives_the_same_weights():
    spec = model_spec({"kind": "cnn"})
    first, again, other = (build_model(spec, SHAPE, 10, seed).state_dict() for seed in (1, 1, 2))
    assert all(first[name].equal(again[name]) for name in first)
    assert not first["conv1.weight"].equal(other["conv1.weight"])


def test_pooling_before_relu_changes_nothing():
    network = build_model(model_spec({"kind": "cnn", "batch_norm": True}), SHAPE, 10, 1).eval()
    inputs = torch.randn(3, *SHAPE)
    plain = network.pool1(network.relu1(network.batch_norm1(network.conv1(inputs))))
    ours = network.relu1(network.pool1(network.batch_norm1(network.conv1(inputs))))
    assert plain.equal(ours)


@pytest.mark.parametrize("make", [vgg16, vgg16_bn])
def test_vgg16_is_torchvisions(make):
    theirs = make(weights=None).eval()
    network = build_model(model_spec({"kind": "vgg16", "batch_norm": make is vgg16_bn}), SHAPE, 10, 1).eval()
    copy_features(theirs.features, list(network.children()))
    grey = torch.randn(2, *SHAPE)
    padded = nn.functional.pad(grey, (2, 2, 2, 2)).expand(-1, 3, -1, -1)
    with torch.no_grad():
        expected = theirs.features(padded).flatten(1)
        values = grey
        for name, module in network.named_children():
            values = module(values)
            if name == "flatten":
                break
    torch.testing.assert_close(values, expected, rtol=1e-3, atol=1e-5)


NETS = """
import torch
def build(input_shape, classes, width=8):
    return torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(784, width), torch.nn.ReLU(), torch.nn.Linear(width, classes))
def wrong(input_shape, classes):
    return 3
"""


def custom(build, tmp_path, **options):
    (tmp_path / "mynets_for_tests.py").write_text(NETS)
    spec = model_spec({"kind": "custom", "build": build, "options": options})
    return build_model(spec, SHAPE, 10, 1, [tmp_path])


def test_a_network_of_ones_own(tmp_path):
    network = custom("mynets_for_tests:build", tmp_path, width=5)
    assert network(torch.zeros(2, *SHAPE)).shape == (2, 10)
    assert sum(p.numel() for p in network.parameters()) == 785 * 5 + 60


@pytest.mark.parametrize(
    ("build", "options", "words"),
    [
        ("nowhere_to_be_found:build", {}, "no module 'nowhere_to_be_found'"),
        ("mynets_for_tests:bild", {}, "has no 'bild'"),
        ("mynets_for_tests:wrong", {}, "not a torch.nn.Module"),
        ("mynets_for_tests:build", {"widht": 3}, "widht"),
    ],
)
def test_mistakes_in_it_are_named(tmp_path, build, options, words):
    with pytest.raises(UsageError, match=words):
        custom(build, tmp_path, **options)


class Rows(nn.Module):
    """An LSTM over rows, or attention among them; one layer used three times; a layer whose weight is worked out."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        self.lstm = nn.LSTM(28, 64, batch_first=True) if kind == "lstm" else None
        self.attention = nn.MultiheadAttention(28, 4, batch_first=True) if kind == "attention" else None
        self.shared = nn.Linear(28, 28) if kind == "shared" else None
        self.normed = nn.utils.parametrizations.weight_norm(nn.Linear(28, 28)) if kind == "normed" else None
        self.output = nn.Linear(64 if kind == "lstm" else 28, 10)

    def forward(self, images):
        rows = images[:, 0]
        if self.lstm is not None:
            rows = self.lstm(rows)[0]
        if self.attention is not None:
            rows = self.attention(rows, rows, rows, need_weights=False)[0]
        for _ in range(3):
            rows = rows if self.shared is None else torch.relu(self.shared(rows))
        rows = rows if self.normed is None else self.normed(rows)
        return self.output(rows[:, -1])


@pytest.mark.parametrize(
    ("kind", "multiply_adds"),
    [
        ("lstm", 28 * 4 * 64 * (28 + 64) + 640),
        ("attention", 4 * 28 * 28 * 28 + 2 * 28 * 28 * 28 + 280),  # four projections; rows by rows, twice
        ("shared", 3 * 28 * 28 * 28 + 280),
        ("normed", 28 * 28 * 28 + 280),
    ],
)
@pytest.mark.filterwarnings("error")
def test_multiply_adds_are_counted_wherever_they_are(kind, multiply_adds):
    network = Rows(kind)
    found = traced_facts(network, SHAPE, 10)
    assert found.multiply_adds == multiply_adds == sum(layer.multiply_adds for layer in found.layers)
    assert sum(layer.parameters for layer in found.layers) == found.parameters
    assert len({layer.name for layer in found.layers}) == len(found.layers)


class Odd(nn.Module):
    """Gives what a function makes of one layer's outputs."""

    def __init__(self, outputs, make):
        super().__init__()
        self.layer = nn.Linear(784, outputs)
        self.make = make

    def forward(self, images):
        return self.make(self.layer(images.flatten(1)))


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (Odd(7, lambda out: out), r"gives \(1, 7\)"),
        (Odd(10, lambda out: out[0]), r"gives \(10,\)"),
        (Odd(10, lambda out: (out, out)), "gives a tuple"),
        (Odd(10, lambda out: out.long()), "torch.int64"),
        (nn.Sequential(nn.Flatten(), nn.AvgPool1d(78, 78)), "no parameter"),
    ],
)
def test_a_network_of_ones_own_that_can_t_be_trained_is_told_before(network, words):
    with pytest.raises(UsageError, match=words):
        traced_facts(network, SHAPE, 10)


def test_a_wide_residual_network_has_as_many_parameters_as_its_paper_says():
    spec = model_spec({"kind": "resnet", "channels": [160, 320, 640], "blocks": 4})
    assert build_model(spec, SHAPE, 10, seed=1)(torch.rand(2, *SHAPE)).shape == (2, 10)
    assert architecture(spec, SHAPE, 10).parameters / 1e6 == pytest.approx(36.5, abs=0.1)


def test_a_block_adds_to_what_comes_in():
    spec = model_spec({"kind": "resnet", "channels": [3], "blocks": 2})
    block = build_model(spec, SHAPE, 10, seed=1).block1_2.eval()
    nn.init.zeros_(block.conv2.weight)
    values = torch.rand(2, 3, 8, 8)
    assert torch.equal(block(values), values)


@pytest.mark.parametrize("channels", [1, 4, 16])
def test_a_block_that_halves_learns_from_few_channels_whose_values_lie_side_by_side(channels):
    """oneDNN's own strided 1x1 convolution writes outside its memory there, or never ends."""
    spec = model_spec({"kind": "resnet", "channels": [channels, 8], "blocks": 1})
    block = build_model(spec, SHAPE, 10, seed=1).block2_1
    values = torch.rand(20, channels, 28, 28)
    exact = copy.deepcopy(block).double()
    for each, given in ((block.to(memory_format=torch.channels_last), values), (exact, values.double())):
        each(given.contiguous(memory_format=torch.channels_last)).square().sum().backward()
    assert block.shortcut.weight.grad.shape == (8, channels, 1, 1)
    for name, weight in block.named_parameters():
        assert torch.allclose(weight.grad.double(), exact.get_parameter(name).grad, rtol=1e-3, atol=1e-2), (
            name
        )
