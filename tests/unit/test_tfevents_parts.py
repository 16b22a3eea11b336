"""A run in two parts, read as one."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.event_logs import read, scalar, version, write_events

from fashiontui.tfevents.parts import PartsReader, parts_among, read_run
from fashiontui.tfevents.reader import RunReader
from fashiontui.tui.shownrun import loss_tags

KERAS = Path(__file__).parents[1] / "fixtures" / "keras"


def test_all_that_keras_logged():
    reader = read_run(KERAS)
    assert reader.poll()
    assert not reader.poll()
    for part in ("train", "validation"):
        for tag, series in read(KERAS / part).scalars.items():
            assert reader.scalars[f"{part}/{tag}"].values.tolist() == series.values.tolist()
    tags = loss_tags(reader.scalars)
    assert tags.loss == ("train/epoch_loss", "validation/epoch_loss")
    assert tags.accuracy == ("train/epoch_accuracy", "validation/epoch_accuracy")
    assert "sequential/conv2d/kernel/histogram" in reader.histograms
    assert "sequential/conv2d/bias/image" in reader.images
    assert (reader.damage, reader.generation, reader.hparams) == ([], 0, {})


def test_parts_get_on_and_are_replaced(tmp_path):
    for part in ("train", "val"):
        (tmp_path / part).mkdir()
        write_events(tmp_path / part, "1", [version(), scalar(1), scalar(2)])
    reader = read_run(tmp_path)
    reader.poll()
    write_events(tmp_path / "val", "1", [version(), scalar(1)])  # shorter than it was
    assert reader.poll()
    assert {tag: len(series) for tag, series in reader.scalars.items()} == {"train/loss": 2, "val/loss": 1}
    assert reader.generation == 1


def test_time_is_shared(tmp_path):
    for part in ("train", "val"):
        (tmp_path / part).mkdir()
        write_events(tmp_path / part, "1", [version(), scalar(1)])
    reader = read_run(tmp_path)
    clock = iter(range(100))
    assert reader.poll(max_seconds=4.0, clock=lambda: next(clock))
    assert list(reader.scalars) == ["train/loss"]
    assert reader.poll(max_seconds=1.0, clock=lambda: 0.0)
    assert list(reader.scalars) == ["train/loss", "val/loss"]


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        (("validation", "train"), ("train", "validation")),
        (("train",), ()),
        (("val",), ()),
        (("val", "valid", "train"), ()),
        (("train", "val", "test"), ()),
        ((), ()),
    ],
)
def test_which_folders_make_one_run(names, parts):
    assert parts_among(names) == parts


def test_a_folder_with_event_files_of_its_own_is_read_by_itself(tmp_path):
    write_events(tmp_path, "1", [version(), scalar(1)])
    for part in ("train", "validation"):
        (tmp_path / part).mkdir()
        write_events(tmp_path / part, "1", [version(), scalar(1)])
    assert isinstance(read_run(tmp_path), RunReader)
    assert isinstance(read_run(KERAS), PartsReader)
    assert isinstance(read_run(tmp_path / "missing"), RunReader)
