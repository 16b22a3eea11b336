from __future__ import annotations

import gzip

import numpy as np
import pytest
from tiny_dataset import tiny_set, write_files

from fashiontui.config.spec import DatasetSpec
from fashiontui.datasets.known import KNOWN
from fashiontui.datasets.load import load_dataset
from fashiontui.datasets.pick import Picker
from fashiontui.errors import DataCorruptError, DataMissingError, UnknownNameError

ROWS = [7, 0, 3, 3]


@pytest.mark.parametrize("split", ["valid", "test"])
@pytest.mark.parametrize("options", [{}, {"seed": 3}])
def test_drawn_images_are_those_of_the_dataset(split, options):
    spec = DatasetSpec(
        name="synthetic", train_size=900, valid_size=120, test_size=150, split_seed=2, options=options
    )
    whole = getattr(load_dataset(spec, []), split)
    picked = Picker(spec, [], split).pick(ROWS)
    np.testing.assert_array_equal(picked.images, whole.images[ROWS])
    np.testing.assert_array_equal(picked.labels, whole.labels[ROWS])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setitem(KNOWN, "tiny", tiny_set("tiny"))
    return write_files(tmp_path / "tiny")


def tiny(**settings):
    return DatasetSpec.model_validate({"name": "tiny", "valid_size": 8, **settings})


@pytest.mark.parametrize("split", ["valid", "test"])
@pytest.mark.parametrize("settings", [{}, {"test_size": 12, "split_seed": 5, "train_size": 4}])
def test_stored_images_are_those_of_the_dataset(folder, split, settings):
    whole = getattr(load_dataset(tiny(**settings), [folder]), split)
    picked = Picker(tiny(**settings), [folder], split).pick(ROWS)
    np.testing.assert_array_equal(picked.images, whole.images[ROWS])
    np.testing.assert_array_equal(picked.labels, whole.labels[ROWS])


def test_files_that_are_not_compressed(folder):
    before = Picker(tiny(), [folder], "test").pick(ROWS).images
    for path in folder.glob("*.gz"):
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    np.testing.assert_array_equal(Picker(tiny(), [folder], "test").pick(ROWS).images, before)


def test_no_rows_are_no_images(folder):
    assert len(Picker(tiny(), [folder], "test").pick([])) == 0


def test_what_is_not_there_is_said(folder, tmp_path):
    with pytest.raises(DataMissingError):
        Picker(tiny(), [tmp_path / "elsewhere"], "test").pick(ROWS)
    with pytest.raises(DataCorruptError, match="8 images"):
        Picker(tiny(), [folder], "valid").pick([8])
    with pytest.raises(UnknownNameError):
        Picker(DatasetSpec(name="nothing"), [], "test").pick(ROWS)
    with pytest.raises(DataMissingError):
        Picker(tiny(valid_size=1000), [folder], "valid").pick(ROWS)


def test_code_is_not_run_to_show_a_picture():
    with pytest.raises(UnknownNameError, match="not shown"):
        Picker(DatasetSpec(name="os:abort"), [], "test")


def test_damaged_files_say_so(folder):
    path = next(folder.glob("t10k-images*"))
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:3], gzip.compress(gzip.decompress(whole)[:500])):
        path.write_bytes(damaged)
        with pytest.raises((DataCorruptError, DataMissingError)):
            Picker(tiny(), [folder], "test").pick(ROWS)
