from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image as Picture
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch import nn

from fashiontui.training.data import to_device
from fashiontui.training.device import choose_device
from fashiontui.training.feature_maps import draw, feature_map_image, one_of_each

CNN = {
    "model": {"kind": "cnn", "channels": [4], "units": [8]},
    "training": {"epochs": 3, "batch_size": 50},
}
SPACE = 30  # a cell of 28 pixels, and a gap


def pixels(png):
    return np.asarray(Picture.open(io.BytesIO(png)))


def cell(sheet, row, column):
    return sheet[row * SPACE : row * SPACE + 28, column * SPACE : column * SPACE + 28]


def recorded(run):
    found = EventAccumulator(str(run.paths.root), size_guidance={"images": 0, "scalars": 0})
    found.Reload()
    return found


@pytest.fixture
def data(dataset):
    return to_device(dataset, torch.device("cpu"))


@pytest.fixture
def device(trial):
    return choose_device("cpu", trial(CNN).spec, None)


def test_a_run_ends_with_them_once(trial, dataset):
    run = trial(CNN)
    result = run.run()
    run.run(resume=True)
    (image,) = recorded(run).Images("feature_maps/conv1")
    assert image.step == result.best_epoch * 12
    sheet = pixels(image.encoded_image_string)
    assert sheet.shape == (10 * SPACE, 5 * SPACE)
    first = [int(np.flatnonzero(dataset.valid.labels == label)[0]) for label in range(10)]
    for row, place in enumerate(first):
        np.testing.assert_array_equal(cell(sheet, row, 0), dataset.valid.images[place])


@pytest.mark.parametrize(
    "changes", [{"model": {"kind": "mlp", "units": [4]}}, {"instrumentation": {"filters_every": 0}}]
)
def test_runs_without_them(trial, changes):
    run = trial({**CNN, **changes})
    run.run()
    assert not [tag for tag in recorded(run).Tags()["images"] if tag.startswith("feature_maps")]


def test_maps_are_those_after_the_activation(data, device):
    convolution = nn.Conv2d(1, 2, 1)
    with torch.no_grad():
        convolution.weight.copy_(torch.tensor([1.0, -1.0]).reshape(2, 1, 1, 1))
        convolution.bias.zero_()
    model = nn.Sequential(convolution, nn.ReLU(), nn.Flatten(), nn.Linear(1568, 10))
    image = feature_map_image(model, data, device)["feature_maps/0"]
    values = data.normalise(one_of_each(data.valid).images)[:, 0]
    sheet = pixels(image.png)
    for column, maps in ((1, values.clamp(min=0)), (2, (-values).clamp(min=0))):
        expected = (maps / maps.max() * 255).numpy()
        for row in range(10):
            assert np.abs(cell(sheet, row, column) - expected[row]).max() <= 1


def test_at_most_sixteen_maps_each_on_its_own_scale():
    maps = torch.arange(40.0).reshape(2, 20, 1, 1).expand(2, 20, 2, 2).clone()
    maps[:, 3] = 7.0
    image = draw(torch.zeros(2, 1, 28, 28, dtype=torch.uint8), maps)
    sheet = pixels(image.png)
    assert sheet.shape == (2 * SPACE, 17 * SPACE)
    assert set(np.unique(cell(sheet, 0, 1))) == {0}
    assert set(np.unique(cell(sheet, 1, 1))) == {255}
    assert set(np.unique(cell(sheet, 1, 4))) == {0}  # it is the same everywhere


def test_maps_are_drawn_as_large_as_their_image():
    maps = torch.zeros(1, 1, 14, 14)
    maps[0, 0, 0, 0] = maps[0, 0, 13, 13] = 1.0
    found = cell(pixels(draw(torch.zeros(1, 1, 28, 28, dtype=torch.uint8), maps).png), 0, 1)
    expected = np.zeros((28, 28))
    expected[:2, :2] = expected[-2:, -2:] = 255
    np.testing.assert_array_equal(found, expected)


def test_nothing_is_drawn_of_a_network_that_diverged(data, device):
    convolution = nn.Conv2d(1, 2, 1)
    with torch.no_grad():
        convolution.bias.fill_(torch.nan)
    model = nn.Sequential(convolution, nn.Flatten(), nn.Linear(1568, 10))
    assert feature_map_image(model, data, device) == {}
    assert feature_map_image(nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), data, device) == {}
