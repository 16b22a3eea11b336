from __future__ import annotations

import numpy as np
import pytest
import torch

from fashiontui.config.spec import AugmentationSpec
from fashiontui.training.augment import erase, flip, shift
from fashiontui.training.data import byte_counts, byte_statistics, to_device

PLAIN = AugmentationSpec()
ALL = AugmentationSpec(flip=True, shift=2, erase=5)


@pytest.fixture
def data(dataset):
    return to_device(dataset, torch.device("cpu"))


def whole(epoch):
    """All images of an epoch in their order, and their labels."""
    parts = list(epoch.batches(7, 0, len(epoch.order)))
    return torch.cat([images for images, _ in parts]), torch.cat([labels for _, labels in parts])


def test_an_epoch_holds_every_image_once(data):
    images, labels = whole(data.epoch(1, 0, PLAIN))
    assert images.dtype == torch.uint8
    assert not images.equal(data.train.images)
    order = [bytes(image) for image in data.train.images.numpy()]
    places = [order.index(bytes(image)) for image in images.numpy()]
    assert sorted(places) == list(range(len(order)))
    assert data.train.labels[places].equal(labels)


def test_an_epoch_can_be_entered_anywhere(data):
    images, labels = whole(data.epoch(1, 0, PLAIN))
    rest = list(data.epoch(1, 0, PLAIN).batches(10, 30, 60))
    assert [len(part) for part, _ in rest] == [10, 10, 10]
    assert torch.cat([part for part, _ in rest]).equal(images[30:60])
    assert torch.cat([part for _, part in rest]).equal(labels[30:60])


def test_augmentation_leaves_the_dataset_alone(data):
    before = data.train.images.clone()
    data.epoch(1, 0, ALL)
    assert data.train.images.equal(before)


@pytest.mark.parametrize("spec", [PLAIN, ALL])
def test_an_epoch_depends_on_seed_and_number_alone(data, spec):
    first, _ = whole(data.epoch(1, 3, spec))
    torch.rand(100)
    assert whole(data.epoch(1, 3, spec))[0].equal(first)
    assert not whole(data.epoch(1, 4, spec))[0].equal(first)
    assert not whole(data.epoch(2, 3, spec))[0].equal(first)


def test_normalised_images_have_mean_0_and_deviation_1(data):
    images = data.normalise(data.train.images)
    assert images.dtype == torch.float32
    assert images.mean().item() == pytest.approx(0, abs=1e-4)
    assert images.std(correction=0).item() == pytest.approx(1, abs=1e-4)


def test_byte_statistics_by_numpy():
    images = np.random.default_rng(0).integers(0, 256, (7, 28, 28), dtype=np.uint8)
    assert byte_statistics(images) == pytest.approx((images.mean(), images.std()))
    assert byte_statistics(np.full((1, 2, 2), 9, np.uint8)) == (9.0, 1.0)


@pytest.mark.parametrize("shape", [(0, 8, 8), (1, 9, 9), (400, 28, 28), (401, 29, 29)])
def test_bytes_are_counted_two_at_a_time(shape):
    images = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    assert byte_counts(images).tolist() == np.bincount(images.reshape(-1), minlength=256).tolist()


def images(count=400):
    return torch.arange(count * 6 * 5).reshape(count, 1, 6, 5).remainder(251).add(1).to(torch.uint8)


def test_flip_mirrors_about_half():
    flipped = flip(images(), torch.Generator().manual_seed(0))
    mirrored = (flipped == images().flip(-1)).all(dim=(1, 2, 3))
    same = (flipped == images()).all(dim=(1, 2, 3))
    assert (mirrored | same).all()
    assert 140 < mirrored.sum() < 260


def test_shift_moves_each_image_as_a_whole():
    moved = shift(images(), 1, torch.Generator().manual_seed(0))
    padded = torch.nn.functional.pad(images(), (1, 1, 1, 1))
    seen = set()
    for number in range(400):
        places = [
            (top, left)
            for top in range(3)
            for left in range(3)
            if moved[number].equal(padded[number, :, top : top + 6, left : left + 5])
        ]
        assert places
        seen.update(places)
    assert len(seen) == 9


def test_erase_blanks_one_square():
    full = torch.full((500, 1, 12, 12), 7, dtype=torch.uint8)
    erased = erase(full.clone(), 4, torch.Generator().manual_seed(0))
    blank = (erased == 0).sum(dim=(1, 2, 3))
    assert blank.max() == 16
    assert blank.min() >= 4  # a square over a corner
    for image in erased[:, 0]:
        rows, columns = (image == 0).any(1).sum(), (image == 0).any(0).sum()
        assert rows * columns == (image == 0).sum()
