from __future__ import annotations

import hashlib

import numpy as np
import pytest

from fashiontui.datasets.draws import Draws
from fashiontui.datasets.known import FASHION_CLASSES
from fashiontui.datasets.synthetic import BLOCK, TEST, TRAIN, synthetic_labels, synthetic_split

SPLIT = synthetic_split(2000, seed=0, stream=TRAIN)


def test_the_first_images_are_the_same_on_every_machine():
    first = synthetic_split(50, seed=0, stream=TRAIN)
    assert first.labels[:10].tolist() == KNOWN_LABELS
    assert hashlib.sha256(first.images.tobytes()).hexdigest() == KNOWN_SHA256


KNOWN_LABELS = [3, 2, 1, 8, 6, 0, 7, 4, 5, 9]
KNOWN_SHA256 = "f928a21a4bac3f5243f95f4e26af0f2acd4ac8ba1dea9a67cfbaf5cc9164f4e4"


@pytest.mark.parametrize("n", [1, 37, BLOCK - 1, BLOCK, BLOCK + 1])
def test_fewer_images_are_the_first_of_more(n):
    fewer = synthetic_split(n, seed=0, stream=TRAIN)
    np.testing.assert_array_equal(fewer.images, SPLIT.images[:n])
    np.testing.assert_array_equal(fewer.labels, SPLIT.labels[:n])


def test_training_and_test_images_and_other_seeds_differ():
    first = SPLIT.images[:100].tobytes()
    assert synthetic_split(100, seed=0, stream=TEST).images.tobytes() != first
    assert synthetic_split(100, seed=1, stream=TRAIN).images.tobytes() != first
    assert SPLIT.images[BLOCK : BLOCK + 100].tobytes() != first


def test_no_image_comes_twice():
    assert len({image.tobytes() for image in SPLIT.images}) == len(SPLIT)


def test_every_ten_images_show_each_class_once():
    assert np.all(np.sort(SPLIT.labels.reshape(-1, 10), axis=1) == np.arange(10))


def test_labels_alone_are_the_labels_of_the_images():
    np.testing.assert_array_equal(synthetic_labels(1234, 0, TRAIN), SPLIT.labels[:1234])


def test_images_look_like_the_real_ones_in_numbers():
    assert SPLIT.images.shape == (2000, 28, 28)
    assert SPLIT.images.dtype == np.uint8
    assert 45 < SPLIT.images.mean() < 90  # Fashion-MNIST: 73
    assert 75 < SPLIT.images.std() < 100  # 90
    assert 0.4 < (SPLIT.images == 0).mean() < 0.65  # 0.50
    assert SPLIT.images.max() == 255


@pytest.mark.parametrize("label", range(10), ids=FASHION_CLASSES)
def test_every_garment_is_there_and_within_the_frame(label):
    images = SPLIT.images[SPLIT.labels == label]
    assert (images > 40).any(axis=(1, 2)).mean() > 0.99
    corners = images[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners > 40).mean() < 0.2


def test_mean_images_tell_classes_apart_but_not_too_well():
    """Nearest class mean, the simplest classifier: far above chance, far from solving it."""
    train, test = (
        SPLIT.images[:1500].reshape(1500, -1).astype(np.float32),
        SPLIT.images[1500:].reshape(500, -1),
    )
    means = np.stack([train[SPLIT.labels[:1500] == label].mean(axis=0) for label in range(10)])
    distances = ((test[:, None].astype(np.float32) - means) ** 2).sum(axis=2)
    accuracy = (distances.argmin(axis=1) == SPLIT.labels[1500:]).mean()
    assert 0.35 < accuracy < 0.75


def test_uniform_numbers_are_uniform():
    numbers = Draws(1).uniform(2.0, 4.0, 100_000).reshape(-1)
    assert 2 <= numbers.min() < 2.001
    assert 3.999 < numbers.max() < 4
    assert np.histogram(numbers, bins=10, range=(2, 4))[0] == pytest.approx(10_000, rel=0.05)


def test_draws_go_on_where_the_last_ended():
    whole = Draws(5).uniform(0, 1, 3000).reshape(-1)
    draws = Draws(5)
    parts = [draws.uniform(0, 1, 1000).reshape(-1) for _ in range(3)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
