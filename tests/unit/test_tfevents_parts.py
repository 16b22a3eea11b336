"""A run in two parts, read as one."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.event_logs import read, scalar, version, write_events
from tensorboard.compat.proto.summary_pb2 import Summary

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


@pytest.fixture
def two_parts(tmp_path):
    """A run in two parts, with a picture of the same name in each."""
    for part in ("train", "val"):
        (tmp_path / part).mkdir()
        event = scalar(1)
        event.summary.value.add(
            tag="picture", image=Summary.Image(width=1, height=1, encoded_image_string=part.encode())
        )
        write_events(tmp_path / part, "1", [version(), event, scalar(2)])
    return tmp_path


def test_what_both_parts_have_is_told_apart(two_parts):
    reader = read_run(two_parts)
    reader.poll()
    found = {tag: points[0].encoded for tag, points in reader.images.items()}
    assert found == {"picture": (b"train",), "val/picture": (b"val",)}


def test_the_time_there_is_counts_from_now(two_parts):
    reader, clock = read_run(two_parts), iter(range(1000, 2000))
    assert reader.poll(max_seconds=100.0, clock=lambda: next(clock))
    assert list(reader.scalars) == ["train/loss", "val/loss"]


def test_each_part_that_is_replaced_counts(two_parts):
    reader = read_run(two_parts)
    reader.poll()
    for part in ("train", "val"):
        write_events(two_parts / part, "1", [version(), scalar(1)])
    assert reader.poll()
    assert reader.generation == 2
