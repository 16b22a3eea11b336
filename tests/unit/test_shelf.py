from __future__ import annotations

import os

import numpy as np
import pytest
from tiny_dataset import tiny_set, write_files

from fashiontui.config.spec import DatasetSpec
from fashiontui.datasets.known import KNOWN
from fashiontui.datasets.load import load_dataset
from fashiontui.errors import DataMissingError
from fashiontui.training import shelf as shelves
from fashiontui.training.shelf import SPLITS, Shelf, key_of, size_bytes


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setitem(KNOWN, "tiny", tiny_set("tiny"))
    return write_files(tmp_path / "tiny")


@pytest.fixture
def loads(monkeypatch):
    """How often data were loaded."""
    seen = []
    monkeypatch.setattr(shelves, "load_dataset", lambda *given: seen.append(given) or load_dataset(*given))
    return seen


def tiny(**settings) -> DatasetSpec:
    return DatasetSpec(**{"name": "tiny", "valid_size": 8, **settings})


def synthetic(**settings) -> DatasetSpec:
    return DatasetSpec(name="synthetic", train_size=20, valid_size=10, test_size=10, **settings)


def fetch(shelf: Shelf, spec: DatasetSpec, folders=()) -> None:
    errand = shelf.errand(spec, folders)
    assert errand is not None
    errand.run()
    errand.done()
    errand.close()


def test_what_is_kept_is_what_would_be_loaded(folder, loads):
    shelf = Shelf()
    fetch(shelf, tiny(), [folder])
    expected = load_dataset(tiny(), [folder])
    loads.clear()
    kept = shelf.load(tiny(), [folder])
    assert loads == []
    for fact in shelves.FACTS:
        assert getattr(kept, fact) == getattr(expected, fact)
    for name in SPLITS:
        for part in ("images", "labels"):
            ours, theirs = (getattr(getattr(dataset, name), part) for dataset in (kept, expected))
            np.testing.assert_array_equal(ours, theirs)
            assert ours.dtype == theirs.dtype
    assert kept.train.images.flags.writeable  # PyTorch takes no other array without a copy


@pytest.mark.parametrize("change", ["written anew", "touched", "replaced", "other spec", "other folder"])
def test_what_is_kept_is_not_taken_for_other_data(folder, tmp_path, loads, change):
    shelf = Shelf()
    fetch(shelf, tiny(), [folder])
    loads.clear()
    spec, folders = tiny(), [folder]
    path = next(iter(folder.iterdir()))
    stat = path.stat()
    if change == "written anew":  # of the same length, and with its old time
        path.write_bytes(path.read_bytes())
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    elif change == "touched":
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    elif change == "replaced":
        (tmp_path / "other").write_bytes(path.read_bytes())
        os.utime(tmp_path / "other", ns=(stat.st_atime_ns, stat.st_mtime_ns))
        (tmp_path / "other").replace(path)
    elif change == "other spec":
        spec = tiny(split_seed=1)
    else:
        folders = [write_files(tmp_path / "elsewhere"), folder]
    dataset = shelf.load(spec, folders)
    assert len(loads) == 1
    assert dataset.source == str(folders[0])


def test_files_that_change_while_they_are_read_are_not_kept(folder, monkeypatch):
    def meddled(*given):
        dataset = load_dataset(*given)
        os.utime(next(iter(folder.iterdir())))
        return dataset

    shelf = Shelf()
    errand = shelf.errand(tiny(), [folder])
    monkeypatch.setattr(shelves, "load_dataset", meddled)
    with pytest.raises(OSError, match="changed while they were read"):
        errand.run()
    errand.close()


def test_drawn_data_are_kept_too(loads):
    shelf = Shelf()
    fetch(shelf, synthetic())
    loads.clear()
    assert shelf.load(synthetic(), []).synthetic
    assert loads == []
    shelf.load(synthetic(options={"seed": 3}), [])
    assert len(loads) == 1


def test_no_errand_twice(folder):
    shelf = Shelf()
    fetch(shelf, tiny(), [folder])
    assert shelf.errand(tiny(), [folder]) is None


def test_the_users_own_data_and_data_that_are_not_there_are_left_to_the_worker(tmp_path, loads):
    shelf = Shelf()
    own = DatasetSpec(name="nowhere:load")
    absent = DatasetSpec(name="fashion-mnist")
    assert key_of(own, []) is None
    assert shelf.errand(own, []) is None
    assert shelf.errand(absent, [tmp_path]) is None
    with pytest.raises(DataMissingError):
        shelf.load(absent, [tmp_path])


def test_the_one_used_longest_ago_makes_room(loads):
    specs = [synthetic(split_seed=seed) for seed in range(3)]
    shelf = Shelf(limit_bytes=2 * size_bytes(load_dataset(specs[0], [])))
    fetch(shelf, specs[0])
    fetch(shelf, specs[1])
    assert shelf.errand(specs[0], []) is None  # a use
    fetch(shelf, specs[2])
    loads.clear()
    for spec in specs:
        shelf.load(spec, [])
    assert [given[0].split_seed for given in loads] == [1]
    assert shelf.errand(specs[1], []) is not None


def test_data_too_large_to_keep_are_tried_once():
    shelf = Shelf(limit_bytes=1000)
    fetch(shelf, synthetic())
    assert shelf.errand(synthetic(), []) is None
