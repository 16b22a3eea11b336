"""A log that Keras 3.15 on TensorFlow 2.21 wrote: its TensorBoard callback with histograms, images, graph, every second batch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from support.event_logs import read
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util.tensor_util import make_ndarray

from fashiontui.tui.shownrun import loss_tags

LOG = Path(__file__).parents[1] / "fixtures" / "keras"
EPOCHS = list(range(6))


def test_scalars_are_those_that_tensorboard_reads() -> None:
    for part in ("train", "validation"):
        found = read(LOG / part).scalars
        theirs = EventAccumulator(str(LOG / part), size_guidance={"tensors": 0}).Reload()
        assert found
        for tag, series in found.items():
            expected = [
                (event.step, make_ndarray(event.tensor_proto).item()) for event in theirs.Tensors(tag)
            ]
            assert list(zip(series.steps.tolist(), series.values.tolist(), strict=True)) == expected


def test_nothing_of_it_is_damaged_or_unknown() -> None:
    for part in ("train", "validation"):
        reader = read(LOG / part)
        assert reader.damage == []
        assert reader.undecodable == 0
        assert reader.torn_bytes == 0


def test_histograms_and_images_of_every_epoch() -> None:
    reader = read(LOG / "train")
    kernel = reader.histograms["sequential/conv2d/kernel/histogram"]
    assert [point.step for point in kernel] == EPOCHS
    assert {int(point.counts.sum()) for point in kernel} == {3 * 3 * 4}
    assert all(np.all(point.lefts <= point.rights) for point in kernel)
    pictures = reader.images["sequential/conv2d/bias/image"]
    assert [point.step for point in pictures] == EPOCHS
    assert all(picture.encoded[0].startswith(b"\x89PNG") for picture in pictures)


def test_curves_over_batches_are_not_mixed_with_those_over_epochs() -> None:
    train, validation = (loss_tags(read(LOG / part).scalars) for part in ("train", "validation"))
    assert train.loss == validation.loss == ("epoch_loss",)
    assert train.accuracy == validation.accuracy == ("epoch_accuracy",)
