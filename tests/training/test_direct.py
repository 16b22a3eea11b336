from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from fashiontui.config.spec import ExperimentSpec
from fashiontui.training import products
from fashiontui.training import step as step_module
from fashiontui.training.data import to_device
from fashiontui.training.device import choose_device
from fashiontui.training.direct import DirectStep, loss_gradient
from fashiontui.training.direct_layers import ACTIVATIONS, direct_layers, keep_mask
from fashiontui.training.models import ACTIVATIONS as BUILT
from fashiontui.training.models import build_model
from fashiontui.training.optimiser import Update, make_optimiser
from fashiontui.training.step import EagerStep, make_step

CPU = torch.device("cpu")
ALL_IN = {
    "regularization": {"l1": 1e-3, "l2": 1e-2},
    "training": {"label_smoothing": 0.1, "batch_size": 20},
    "optimizer": {"clip_norm": 0.5, "weight_decay": 0.01},
}


def image_network(activation):
    return nn.Sequential(
        nn.ZeroPad2d((1, 2, 0, 1)),
        nn.Conv2d(1, 4, 5, padding=2),
        nn.BatchNorm2d(4),
        nn.MaxPool2d(2),
        activation(),
        nn.Conv2d(4, 6, 3, padding=1),
        activation(),
        nn.ZeroPad2d((1, 0, 2, 1)),
        nn.MaxPool2d(2),  # of 17 rows: one is left out
        nn.Flatten(),
        nn.Linear(6 * 8 * 8, 16),
        nn.BatchNorm1d(16),
        activation(),
        nn.Linear(16, 10),
    )


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_gradients_are_autograds(activation, smoothing, layout):
    torch.manual_seed(1)
    model = image_network(activation).double().to(memory_format=layout)
    nn.init.normal_(model[2].weight)  # some scales are negative, where batch norm and pooling do not commute
    images, labels = torch.randn(8, 1, 28, 28).double(), torch.randint(0, 10, (8,))
    kept = {name: value.clone() for name, value in model.state_dict().items()}
    nn.functional.cross_entropy(model(images), labels, label_smoothing=smoothing).backward()
    expected = [parameter.grad for parameter in model.parameters()]
    after = {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(kept)
    with torch.no_grad():
        values, layers = images, direct_layers(model)
        for layer in layers:
            values = layer.forward(values)
        gradient = loss_gradient(values, labels, smoothing)
        for layer in reversed(layers):
            gradient = layer.backward(gradient, to_input=True)
    for found, wanted in zip(model.parameters(), expected, strict=True):
        torch.testing.assert_close(found.grad, wanted, rtol=1e-9, atol=1e-12)
    for name, value in model.state_dict().items():  # running means and variances, batches counted
        torch.testing.assert_close(value, after[name], rtol=1e-9, atol=1e-12)


def test_every_activation_is_covered():
    assert set(BUILT.values()) == set(ACTIVATIONS)


def steps(spec, dataset, *, direct, count=4):
    """The weights after a few steps, and the last gradients."""
    spec = ExperimentSpec.model_validate({**ALL_IN, **spec})
    device, data = choose_device("cpu", spec, None), to_device(dataset, CPU)
    model = build_model(spec.model, data.image_shape, 10, 1).to(memory_format=torch.channels_last).train()
    optimiser = make_optimiser(spec.optimizer, list(model.parameters()), on_graph=False)
    eager = EagerStep(spec, model, optimiser, data, device)
    step = DirectStep(eager) if direct else eager
    for number in range(count):
        batch = slice(20 * number, 20 * number + 20)
        logits = step(data.train.images[batch], data.train.labels[batch], 0.01 / (number + 1))
    return {
        "logits": logits,
        **model.state_dict(),
        **{f"gradient of {name}": parameter.grad for name, parameter in model.named_parameters()},
    }


@pytest.mark.parametrize(
    "spec",
    [
        {"model": {"kind": "logistic"}},
        {"model": {"kind": "mlp", "units": [30, 20], "batch_norm": True}, "optimizer": {"name": "sgd"}},
        {"model": {"kind": "cnn", "channels": [4, 8], "batch_norm": True}, "optimizer": {"name": "sgd"}},
        {
            "model": {"kind": "cnn", "channels": [4, 8], "batch_norm": True, "pool_first": True},
            "optimizer": {"name": "sgd"},
        },
        {
            "model": {
                "kind": "cnn",
                "channels": [4, 6],
                "convolutions": [1, 2],
                "kernel_sizes": 3,
                "batch_norm": True,
            },
            "optimizer": {"name": "sgd"},
        },
        {
            "model": {"kind": "cnn", "channels": [1, 3, 2, 4], "kernel_sizes": 3, "batch_norm": True},
            "optimizer": {"name": "sgd"},
        },  # down to images of one pixel
        {"model": {"kind": "cnn", "activation": "silu"}, "optimizer": {"name": "adamw", "weight_decay": 0.1}},
        {"model": {"kind": "mlp", "activation": "tanh"}, "optimizer": {"name": "sgd", "nesterov": True}},
    ],
)
def test_steps_are_the_eager_ones(spec, dataset):
    ours, theirs = steps(spec, dataset, direct=True), steps(spec, dataset, direct=False)
    assert set(ours) == set(theirs)
    largest = max(torch.linalg.vector_norm(theirs[name].double()) for name in theirs if "gradient" in name)
    for name, value in ours.items():
        apart = torch.linalg.vector_norm((value - theirs[name]).double())
        bound = 1e-5 + 1e-3 * torch.linalg.vector_norm(theirs[name].double())
        if "bias" in name:  # before batch norm it has no gradient but what rounding the others leaves
            bound += 1e-4 * largest
        assert apart <= bound, name


def test_steps_repeat_themselves(dataset):
    spec = {"model": {"kind": "cnn", "dropout": 0.5, "conv_dropout": 0.2, "batch_norm": True}}
    first, second = (steps(spec, dataset, direct=True) for _ in range(2))
    assert all(value.equal(second[name]) for name, value in first.items())


@pytest.mark.parametrize("probability", [0.1, 0.3, 0.5, 0.999999])
def test_dropout_drops_its_share_and_keeps_the_mean(probability):
    torch.manual_seed(3)
    layer = direct_layers(nn.Sequential(nn.Dropout(probability)))[0]
    ones = torch.ones(1000, 1003)
    values = layer.forward(ones)
    assert (values == 0).float().mean().item() == pytest.approx(probability, abs=2e-3)
    if probability < 0.9:
        assert values.mean().item() == pytest.approx(1, abs=5e-3)
    assert layer.backward(ones, to_input=True).equal(values)


def test_whole_channels_are_dropped():
    torch.manual_seed(3)
    layer = direct_layers(nn.Sequential(nn.Dropout2d(0.4)))[0]
    values = layer.forward(torch.ones(50, 40, 3, 3))
    assert values.flatten(2).std(2).max() == 0
    assert (values == 0).float().mean().item() == pytest.approx(0.4, abs=0.05)


def test_masks_are_independent_in_neighbouring_places():
    torch.manual_seed(4)
    kept = keep_mask((250_000, 4), 1 << 15)
    assert (torch.corrcoef(kept.t()) - torch.eye(4)).abs().max() < 0.01


@pytest.mark.parametrize("one_dnn", [True, False])
def test_products_of_any_size_and_layout(one_dnn, monkeypatch):
    if not one_dnn:
        monkeypatch.setattr(products, "_ONE_DNN", None)
    torch.manual_seed(5)
    for rows, inputs, outputs in [(3, 5, 7), (100, 784, 512)]:
        values, weight, bias = torch.randn(rows, inputs), torch.randn(outputs, inputs), torch.randn(outputs)
        for x, w in [(values, weight), (values.t().contiguous().t(), weight.t().contiguous().t())]:
            expected = x.double() @ w.double().t()
            torch.testing.assert_close(products.linear(x, w).double(), expected, rtol=1e-4, atol=1e-4)
            torch.testing.assert_close(
                products.linear(x, w, bias).double(), expected + bias.double(), rtol=1e-4, atol=1e-4
            )


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd"])
def test_the_update_is_the_optimisers_own_bit_for_bit(name):
    spec = ExperimentSpec.model_validate({"optimizer": {"name": name, "weight_decay": 0.1}}).optimizer
    torch.manual_seed(6)
    first = [nn.Parameter(torch.randn(20, 30)), nn.Parameter(torch.randn(20))]
    second = [nn.Parameter(weight.detach().clone()) for weight in first]
    ours, theirs = (make_optimiser(spec, weights, on_graph=False) for weights in (first, second))
    update = Update(ours)
    for number in range(5):
        for mine, other in zip(first, second, strict=True):
            mine.grad = torch.randn_like(mine)
            other.grad = mine.grad.clone()
        theirs.param_groups[0]["lr"] = 0.01 * number
        theirs.step()
        update(0.01 * number)
    assert all(mine.equal(other) for mine, other in zip(first, second, strict=True))
    for mine, other in zip(ours.state.values(), theirs.state.values(), strict=True):
        assert all(torch.equal(mine[key], other[key]) for key in other if other[key] is not None)


def eager_step(dataset, **training):
    """The step, the device, and a batch."""
    spec = ExperimentSpec.model_validate({"training": training})
    device, data = choose_device("cpu", spec, None), to_device(dataset, CPU)
    model = build_model(spec.model, data.image_shape, 10, 1)
    optimiser = make_optimiser(spec.optimizer, list(model.parameters()), on_graph=False)
    eager = EagerStep(spec, model, optimiser, data, device)
    return eager, device, data.train.images[:5], data.train.labels[:5]


def test_who_gets_the_direct_step(dataset):
    for training, kind in [({}, DirectStep), ({"precision": "bf16"}, EagerStep)]:
        assert type(make_step(*eager_step(dataset, **training))) is kind


def test_steps_that_cuda_cannot_capture_are_taken_as_they_are(dataset, monkeypatch, capsys):
    eager, device, *batch = eager_step(dataset)

    def fail(*_):
        raise error

    monkeypatch.setattr(step_module, "GraphStep", fail)
    on_gpu, error = replace(device, place=torch.device("cuda", 0)), RuntimeError("operation not permitted")
    assert make_step(eager, on_gpu, *batch) is eager
    assert "take longer: operation not permitted" in capsys.readouterr().out
    error = torch.OutOfMemoryError("CUDA out of memory.")
    with pytest.raises(torch.OutOfMemoryError):
        make_step(eager, on_gpu, *batch)
