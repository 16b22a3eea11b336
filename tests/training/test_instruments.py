from __future__ import annotations

import io
import math

import numpy as np
import pytest
import torch
from PIL import Image as Picture
from support.networks import Gated
from torch import nn

from fashiontui.training.evaluate import score
from fashiontui.training.filters import draw, filter_image, first_filters
from fashiontui.training.instruments import DeadUnits, Instruments, dead_shares, histograms
from fashiontui.training.running import RunningScore


def network(weight, bias):
    layer = nn.Linear(2, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(weight))
        layer.bias.copy_(torch.tensor(bias))
    return nn.Sequential(layer)


def test_statistics_by_hand():
    model = network([[1.0, 2.0], [3.0, 6.0]], [0.0, 0.0])
    initial = {"0.weight": torch.zeros(2, 2), "0.bias": torch.tensor([3.0, 4.0])}
    instruments = Instruments(model, initial)
    instruments.remember()
    with torch.no_grad():
        model[0].weight.add_(1.0)
    model[0].weight.grad = torch.full((2, 2), 2.0)
    found = instruments.statistics()
    assert found["layer_mean/0.weight"] == pytest.approx(4)
    assert found["layer_std/0.weight"] == pytest.approx(np.std([2, 3, 4, 7]))
    assert (found["layer_min/0.weight"], found["layer_max/0.weight"]) == (2, 7)
    assert found["layer_norm/0.weight"] == pytest.approx(math.sqrt(4 + 9 + 16 + 49))
    assert found["layer_gradient_norm/0.weight"] == pytest.approx(4)
    assert found["layer_update_ratio/0.weight"] == pytest.approx(2 / math.sqrt(50))
    assert found["layer_distance_from_init/0.weight"] == pytest.approx(
        math.sqrt(78)
    )  # w0 = 0: the distance itself
    assert found["layer_distance_from_init/0.bias"] == pytest.approx(1)
    assert math.isnan(found["layer_gradient_norm/0.bias"])


def test_histograms_count_everything_once():
    values = torch.from_numpy(np.random.default_rng(0).uniform(-1, 3, 1001).astype(np.float32))
    values[:2] = torch.tensor([-1.0, 3.0])
    found = dict(histograms({"a": values, "constant": torch.ones(5), "bad": torch.tensor([1.0, math.nan])}))
    assert set(found) == {"a", "constant"}
    assert found["a"].counts == np.histogram(values.numpy(), bins=64, range=(-1, 3))[0].tolist()
    assert sum(found["constant"].counts) == 5
    proto = found["a"].to_proto()
    assert (proto.min, proto.max, proto.num) == (-1, 3, 1001)
    assert proto.bucket_limit[-1] == pytest.approx(3)
    assert proto.sum == pytest.approx(values.sum().item(), rel=1e-4)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA")
def test_histograms_on_a_gpu_are_those_on_the_cpu():
    values = torch.randint(-8, 8, (100_000,)).float()
    (_, here), (_, there) = *histograms({"a": values}), *histograms({"a": values.cuda()})
    assert here.counts == there.counts


def test_dead_units_are_found():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    with torch.no_grad():
        model[0].weight[1].zero_()
        model[0].bias[1] = -1.0
        model[0].weight[2].zero_()
        model[0].bias[2] = 5.0  # always on, and always the same: as dead as the other
        model[0].bias[[0, 3]] = 10.0
    with DeadUnits(model).watching() as seen:
        model(torch.rand(50, 3))
        model(torch.rand(50, 3))
    assert dead_shares(seen) == {"layer_dead_units/0": 0.5}
    model(torch.rand(1, 3))
    assert dead_shares({}) == {}


def test_gates_have_no_units_to_count():
    model = Gated(3)
    with DeadUnits(model).watching() as seen:
        model(torch.rand(50, 3))
    assert set(dead_shares(seen)) == {"layer_dead_units/hidden"}


def test_the_running_score_is_the_mean_over_batches():
    running = RunningScore()
    logits, labels = torch.randn(250, 10), torch.randint(0, 10, (250,))
    for start in range(0, 250, 1):
        running.add(logits[start : start + 1], labels[start : start + 1])
    expected = score(logits, labels)
    found = running.take()
    assert found.accuracy == pytest.approx(expected.accuracy)
    assert found.loss == pytest.approx(expected.loss, rel=1e-5)
    assert running.take() is None


def test_the_running_score_survives_a_checkpoint():
    running = RunningScore()
    running.add(torch.eye(10), torch.arange(10))
    again = RunningScore(**running.state())
    again.add(torch.eye(10), torch.zeros(10, dtype=torch.int64))
    assert again.take().accuracy == 0.55


def test_filters_are_drawn_side_by_side():
    convolution = nn.Conv2d(1, 10, 5)
    image = filter_image(nn.Sequential(convolution), (1, 28, 28))["filters/0"]
    pixels = np.asarray(Picture.open(io.BytesIO(image.png)))
    assert pixels.shape == (image.height, image.width)
    assert (image.height, image.width) == (2 * 27, 8 * 27)  # 5 pixels, five times, and a gap of 2
    assert first_filters(nn.Sequential(nn.Linear(784, 10)), (1, 28, 28))[1].shape == (10, 28, 28)
    assert first_filters(nn.Sequential(nn.Linear(5, 10)), (1, 28, 28)) is None
    with torch.no_grad():
        convolution.weight.fill_(math.nan)
    assert filter_image(nn.Sequential(convolution), (1, 28, 28)) == {}


def test_zero_is_grey_and_the_largest_weight_white():
    filters = torch.zeros(1, 28, 28)
    filters[0, 0, 0] = 2.0
    pixels = np.asarray(Picture.open(io.BytesIO(draw(filters).png)))
    assert pixels[0, 0] == 255
    assert pixels[5, 5] == 128


def test_a_unit_that_differs_between_batches_alone_is_alive():
    model = nn.Sequential(nn.Linear(1, 2), nn.ReLU())
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor([[1.0], [0.0]]))
        model[0].bias.fill_(1.0)
    with DeadUnits(model).watching() as seen:
        model(torch.full((5, 1), 1.0))
        model(torch.full((5, 1), 2.0))
        model(torch.full((5, 1), 1.5))
    assert dead_shares(seen) == {"layer_dead_units/0": 0.5}
    assert seen["0"].tolist() == [[2.0, 1.0], [3.0, 1.0]]


def test_histograms_of_a_model_are_of_its_weights_biases_and_gradients():
    model = network([[1.0, 2.0], [3.0, 6.0]], [0.5, -0.5])
    model[0].weight.grad = torch.full((2, 2), 7.0)
    found = Instruments(model, {}).histograms()
    assert found.keys() == {"weights/0.weight", "biases/0.bias", "gradients/0.weight"}
    weights, gradients = (found[name].to_proto() for name in ("weights/0.weight", "gradients/0.weight"))
    assert (weights.min, weights.max, weights.sum, weights.sum_squares) == (1, 6, 12, 50)
    assert (gradients.min, gradients.sum, gradients.sum_squares) == (7, 28, 196)


def test_an_update_is_measured_by_what_the_weight_was_before_it():
    model = network([[3.0, 4.0], [0.0, 0.0]], [0.0, 0.0])
    instruments = Instruments(model, {name: value.detach() for name, value in model.named_parameters()})
    instruments.remember()
    with torch.no_grad():
        model[0].weight.mul_(3.0)
    assert instruments.statistics()["layer_update_ratio/0.weight"] == pytest.approx(2.0)
