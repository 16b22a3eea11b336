from __future__ import annotations

import numpy as np
import pytest
import torch
from support.networks import Gated
from torch import nn

from fashiontui.analysis.cka import between_epochs, between_networks
from fashiontui.runs.representations import Representations, representations_path
from fashiontui.training import represent
from fashiontui.training.data import to_device
from fashiontui.training.device import choose_device
from fashiontui.training.models import build_model
from fashiontui.training.represent import fixed_images, images_sha256, is_moment, look

MLP = {
    "model": {"kind": "mlp", "units": [16, 8], "batch_norm": True, "dropout": 0.3},
    "training": {"epochs": 7, "batch_size": 50},
    "instrumentation": {"checkpoint_seconds": 0},
}
CNN = {
    "model": {"kind": "cnn", "channels": [4], "units": [8], "batch_norm": True, "dropout": 0.5},
    "training": {"epochs": 3, "batch_size": 50},
    "instrumentation": {"checkpoint_seconds": 0},
}
STEPS_PER_EPOCH = 12
CPU = torch.device("cpu")


def kept(run):
    return Representations.load(representations_path(run.paths))


def test_what_is_compared_is_computed_in_full_float32_and_the_rest_as_before():
    seen = []

    class Watched(torch.Tensor):
        @classmethod
        def __torch_function__(cls, function, types, arguments=(), named=None):
            if function.__name__ in ("matmul", "__matmul__"):
                seen.append(torch.get_float32_matmul_precision())
            return super().__torch_function__(function, types, arguments, named or {})

    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high")
    try:
        represent._gram(torch.rand(4, 3).as_subclass(Watched))
        assert seen == ["highest"]
        assert torch.get_float32_matmul_precision() == "high"
    finally:
        torch.set_float32_matmul_precision(before)


@pytest.fixture
def data(dataset):
    return to_device(dataset, CPU)


@pytest.fixture
def device(trial):
    return choose_device("cpu", trial(MLP).spec, None)


def test_moments():
    assert [epoch for epoch in range(70) if is_moment(epoch)] == [0, 1, 2, 4, 8, 16, 32, 64]


def test_a_run_keeps_them(trial):
    run = trial(MLP)
    result = run.run()
    found = kept(run)
    assert found.epochs.tolist() == sorted({0, 1, 2, 4, 7, result.best_epoch})
    assert found.best_epoch == result.best_epoch
    assert found.layers == ("fc1", "fc2", "output")
    assert found.grams.shape == (len(found.epochs), 3, 100, 100)  # all 100 validation images
    for layer in found.layers:
        alike = between_epochs(found, layer)
        np.testing.assert_allclose(np.diag(alike), 1, atol=1e-6)
        assert alike[0, -1] < 0.99  # it has learned


def test_a_convolution_and_logistic_regression(trial):
    cnn, logistic = trial(CNN), trial({**CNN, "model": "logistic"})
    for run in (cnn, logistic):
        run.run()
    assert kept(cnn).layers == ("conv1", "fc1", "output")
    assert kept(logistic).layers == ("output",)
    assert between_networks(kept(cnn), kept(logistic)).shape == (3, 1)


def test_the_same_images_for_every_run_with_the_same_split(trial):
    runs = [trial(MLP), trial({**CNN, "training": {**CNN["training"], "seed": 9}})]
    for run in runs:
        run.run()
    one, other = map(kept, runs)
    assert one.images_sha256 == other.images_sha256


@pytest.mark.parametrize("stops", [[1], [STEPS_PER_EPOCH + 1], [3 * STEPS_PER_EPOCH - 2, 2, 30]])
def test_stopped_and_resumed_they_are_as_if_never_stopped(trial, stops):
    whole, parted = trial(MLP), trial(MLP)
    expected = whole.run()
    parted.run(stops[0])
    for stop in stops[1:]:
        parted.run(stop, resume=True)
    assert parted.run(resume=True).weights_sha256 == expected.weights_sha256
    ours, theirs = kept(parted), kept(whole)
    assert ours.epochs.tolist() == theirs.epochs.tolist()
    assert ours.best_epoch == theirs.best_epoch
    np.testing.assert_allclose(ours.grams, theirs.grams, rtol=1e-3, atol=1e-5 * np.abs(theirs.grams).max())


def test_they_are_of_the_model_that_is_judged(trial, data, device):
    run = trial({**MLP, "optimizer": {"average": 0.9}, "training": {"epochs": 2, "batch_size": 50}})
    result = run.run()
    last = torch.load(run.paths.checkpoint, weights_only=True)
    best = torch.load(run.paths.best, weights_only=True)
    model = build_model(run.spec.model, (1, 28, 28), 10, 1)

    def is_of(epoch, weights):
        model.load_state_dict(weights)
        _, grams = look(model, data, fixed_images(data.valid), device)
        found = kept(run).at(epoch)
        return np.abs(found - grams).max() < 0.01 * np.abs(grams).max()

    assert is_of(2, {**last["model"], **last["average"]})
    assert not is_of(2, last["model"])
    assert is_of(result.best_epoch, best["model"])


def test_what_lies_past_the_checkpoint_is_dropped(trial):
    run = trial({**MLP, "training": {"epochs": 4, "batch_size": 50}})
    run.run(STEPS_PER_EPOCH + 1)  # checkpoint at the end of epoch 1
    checkpoint = run.paths.checkpoint.read_bytes()
    run.run(2 * STEPS_PER_EPOCH, resume=True)
    assert kept(run).epochs.tolist() == [0, 1, 2]
    run.paths.checkpoint.write_bytes(checkpoint)
    run.run(2, resume=True)
    assert kept(run).epochs.tolist() == [0, 1]
    run.run(resume=True)
    assert {0, 1, 2, 4} <= set(kept(run).epochs.tolist())


def test_a_finished_training_is_concluded_again_to_the_same(trial):
    run = trial(MLP)
    run.run()
    before = kept(run)
    run.run(resume=True)
    assert kept(run).best_epoch == before.best_epoch
    np.testing.assert_allclose(kept(run).grams, before.grams, rtol=1e-3, atol=1e-3)


def test_a_damaged_file_costs_what_was_in_it_and_not_the_run(trial, capsys):
    run = trial({**MLP, "training": {"epochs": 4, "batch_size": 50}})
    run.run(STEPS_PER_EPOCH + 1)
    representations_path(run.paths).write_bytes(b"PK")
    result = run.run(resume=True)
    assert set(kept(run).epochs.tolist()) == {2, 4, result.best_epoch}
    assert "holds no representations" in capsys.readouterr().out


@pytest.mark.parametrize("spec", [MLP, CNN])
def test_without_them_the_weights_are_the_same(trial, spec):
    off = trial({**spec, "instrumentation": {"representations": False}})
    result = off.run()
    assert not representations_path(off.paths).exists()
    assert result.weights_sha256 == trial(spec).run().weights_sha256


def test_looking_leaves_no_trace(data, device):
    model = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Dropout(0.5), nn.Linear(6, 10)
    )
    model.train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    names, grams = look(model, data, fixed_images(data.valid), device)
    assert names == ("1", "output")
    assert torch.equal(torch.rand(4), expected)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(module.training for module in model.modules())
    assert not any(module._forward_hooks for module in model.modules())
    with torch.no_grad():
        model.eval()
        hidden = model[:4](data.normalise(fixed_images(data.valid).images)).double()
    hidden -= hidden.mean(0)
    np.testing.assert_allclose(grams[0], (hidden @ hidden.T).numpy(), atol=1e-3)


class Twice(nn.Module):
    """One activation, used at two places, and one that mixes images."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(784, 6)
        self.relu = nn.ReLU()
        self.last = nn.Linear(6, 10)
        self.tanh = nn.Tanh()

    def forward(self, images):
        hidden = self.relu(self.first(images.flatten(1)))
        self.tanh(hidden.mean(0))
        return self.last(self.relu(hidden - 1))


def test_a_network_of_the_users_own(data, device):
    names, grams = look(Twice(), data, fixed_images(data.valid), device)
    assert names == ("first", "first/2", "output")
    assert grams.shape == (3, 100, 100)


def test_gates_of_a_network_of_the_users_own_are_no_layers(data, device):
    names, _ = look(Gated(784), data, fixed_images(data.valid), device)
    assert names == ("hidden", "output")


def test_matrices_are_of_32_bits_where_the_network_computes_in_16(trial, data):
    spec = trial({**MLP, "training": {"precision": "bf16"}}).spec
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    seen = []
    model[2].register_forward_hook(lambda _module, _inputs, output: seen.append(output))
    _, grams = look(model, data, fixed_images(data.valid), choose_device("cpu", spec, None))
    (hidden,) = seen
    assert hidden.dtype == torch.bfloat16
    exact = hidden.double() - hidden.double().mean(0)
    np.testing.assert_allclose(grams[0], (exact @ exact.T).numpy(), rtol=1e-4, atol=1e-3)


def test_images_are_chosen_by_class(data):
    fixed = fixed_images(data.train)
    assert len(fixed) == 256
    counts = torch.bincount(fixed.labels)
    assert (int(counts.min()), int(counts.max())) == (25, 26)
    again = fixed_images(data.train)
    assert torch.equal(again.images, fixed.images)
    assert images_sha256(again) == images_sha256(fixed)
    again.images[0, 0, 0, 0] ^= 1
    assert images_sha256(again) != images_sha256(fixed)
