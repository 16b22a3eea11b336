from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from tiny_dataset import tiny_set, write_files

from fashiontui.config.spec import DatasetSpec
from fashiontui.datasets.known import KNOWN
from fashiontui.datasets.load import load_dataset
from fashiontui.errors import ConfigError, DataMissingError, UnknownNameError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setitem(KNOWN, "tiny", tiny_set("tiny"))
    return write_files(tmp_path / "tiny")


def tiny(**settings) -> DatasetSpec:
    return DatasetSpec(**{"name": "tiny", "valid_size": 8, **settings})


def test_a_known_set_is_split_in_three(folder):
    dataset = load_dataset(tiny(), [folder])
    assert (len(dataset.train), len(dataset.valid), len(dataset.test)) == (32, 8, 20)
    assert (dataset.name, dataset.source, dataset.synthetic) == ("tiny", str(folder), False)
    assert dataset.classes == ("a", "b", "c", "d")
    assert dataset.train.images.shape == (32, 10, 10)
    assert np.bincount(dataset.valid.labels).tolist() == [2, 2, 2, 2]


def test_images_keep_their_labels(folder):
    whole = load_dataset(tiny(valid_size=1, split_seed=5), [folder])
    label_of = {
        image.tobytes(): label for image, label in zip(whole.train.images, whole.train.labels, strict=True)
    }
    dataset = load_dataset(tiny(train_size=12), [folder])
    pairs = list(zip(dataset.train.images, dataset.train.labels, strict=True))
    assert (
        sum(label_of.get(image.tobytes()) == label for image, label in pairs) >= 11
    )  # one may be whole's valid


def test_validation_images_are_the_same_whatever_the_training_size(folder):
    all_of_it, part = load_dataset(tiny(), [folder]), load_dataset(tiny(train_size=12, test_size=4), [folder])
    assert (len(part.train), len(part.valid), len(part.test)) == (12, 8, 4)
    np.testing.assert_array_equal(part.valid.images, all_of_it.valid.images)
    assert np.bincount(part.train.labels).tolist() == [3, 3, 3, 3]
    assert np.bincount(part.test.labels).tolist() == [1, 1, 1, 1]


def test_the_fingerprint_is_over_all_that_is_used(folder):
    dataset = load_dataset(tiny(), [folder])
    arrays = [
        a for split in (dataset.train, dataset.valid, dataset.test) for a in (split.images, split.labels)
    ]
    assert dataset.fingerprint == hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest()
    assert load_dataset(tiny(), [folder]).fingerprint == dataset.fingerprint
    others = [tiny(split_seed=1), tiny(valid_size=9), tiny(train_size=31), tiny(test_size=19)]
    assert dataset.fingerprint not in {load_dataset(spec, [folder]).fingerprint for spec in others}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"valid_size": 40}, "dataset.valid_size = 40: at most 39, there are 40 training images"),
        ({"train_size": 33}, "dataset.train_size = 33: at most 32, there are 32 images left"),
        ({"test_size": 21}, "dataset.test_size = 21: at most 20, there are 20 test images"),
        ({"options": {"x": 1}}, "dataset.options has x, but tiny takes none"),
    ],
)
def test_impossible_settings_say_the_bound(folder, settings, message):
    with pytest.raises(ConfigError, match=message):
        load_dataset(tiny(**settings), [folder])


def test_the_largest_settings_are_possible(folder):
    assert len(load_dataset(tiny(valid_size=39), [folder]).train) == 1
    assert len(load_dataset(tiny(train_size=32, test_size=20), [folder]).train) == 32


def test_absent_data_is_never_swapped_for_other_data(tmp_path):
    with pytest.raises(DataMissingError, match="Fashion-MNIST is not here"):
        load_dataset(DatasetSpec(), [tmp_path])


def test_an_unknown_name_is_refused():
    with pytest.raises(UnknownNameError, match="did you mean `synthetic`"):
        load_dataset(DatasetSpec(name="synthetik"), [])


def test_synthetic_draws_as_many_as_are_asked_for():
    spec = DatasetSpec(name="synthetic", train_size=300, valid_size=50, test_size=70)
    dataset = load_dataset(spec, [])
    assert (len(dataset.train), len(dataset.valid), len(dataset.test)) == (300, 50, 70)
    assert (dataset.name, dataset.synthetic) == ("synthetic", True)
    assert np.bincount(dataset.train.labels).tolist() == [30] * 10
    assert load_dataset(spec, []).fingerprint == dataset.fingerprint


def test_synthetic_takes_a_seed_and_nothing_else():
    spec = {"name": "synthetic", "train_size": 20, "valid_size": 10, "test_size": 10}
    seeds = [load_dataset(DatasetSpec(**spec, options={"seed": seed}), []) for seed in (0, 1)]
    assert seeds[0].fingerprint == load_dataset(DatasetSpec(**spec), []).fingerprint != seeds[1].fingerprint
    assert seeds[1].source == "drawn by code, seed 1"
    for options in ({"seed": -1}, {"seed": "1"}, {"seed": True}, {"size": 3}):
        with pytest.raises(ConfigError, match=r"dataset\.options"):
            load_dataset(DatasetSpec(**spec, options=options), [])


@pytest.mark.skipif("FASHIONTUI_DATA" not in os.environ, reason="the real data is where FASHIONTUI_DATA says")
def test_the_real_fashion_mnist():
    dataset = load_dataset(DatasetSpec(), [Path(os.environ["FASHIONTUI_DATA"])])
    assert (len(dataset.train), len(dataset.valid), len(dataset.test)) == (55_000, 5_000, 10_000)
    assert np.bincount(dataset.train.labels).tolist() == [5_500] * 10
    assert dataset.fingerprint == REAL_FINGERPRINT


REAL_FINGERPRINT = "62a0d9fb30712a776fb6982b89d8cd05f82cd5655645feb63f160b6507611c56"
