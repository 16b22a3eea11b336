"""Small datasets, made of nothing."""

from __future__ import annotations

import numpy as np

from fashiontui.analysis.project import sample_of
from fashiontui.analysis.projection import Sample
from fashiontui.datasets.dataset import Dataset, Split


def tiny_dataset(classes: tuple[str, ...] = ("shoe", "shirt"), each: int = 6) -> Dataset:
    rng = np.random.default_rng(0)

    def split(count: int) -> Split:
        labels = np.tile(np.arange(len(classes), dtype=np.uint8), count)
        images = rng.integers(0, 256, size=(len(labels), 28, 28), dtype=np.uint8)
        return Split(images, labels)

    return Dataset("tiny", "made of nothing", True, classes, split(each), split(2), split(3), "0" * 64)


def tiny_sample(classes: tuple[str, ...] = ("shoe", "shirt"), each: int = 6) -> Sample:
    dataset = tiny_dataset(classes, each)
    return sample_of(dataset, len(dataset.train), 0)
