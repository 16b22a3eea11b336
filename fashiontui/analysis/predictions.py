"""What predictions tell: which classes are taken for which, and by which images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fashiontui.runs.predictions import Predictions

Counts = NDArray[np.int64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """How often each class (row) was taken for each (column)."""

    counts: Counts  # (classes, classes)

    @property
    def classes(self) -> int:
        """How many there are."""
        return len(self.counts)

    @property
    def images(self) -> int:
        """How many were judged."""
        return int(self.counts.sum())

    @property
    def accuracy(self) -> float:
        """Share of all images that were judged right."""
        return float(self.counts.trace() / max(1, self.images))

    def recall(self, label: int) -> float:
        """Share of a class's images that were recognised; NaN where there are none."""
        return _share(self.counts[label, label], self.counts[label].sum())

    def precision(self, label: int) -> float:
        """Share of those taken for a class that are of it; NaN where none were."""
        return _share(self.counts[label, label], self.counts[:, label].sum())

    def worst(self) -> tuple[int, int]:
        """The commonest mistake: (class, taken for). (0, 0) where there is none."""
        mistakes = self.counts.copy()
        np.fill_diagonal(mistakes, 0)
        row, column = divmod(int(mistakes.argmax()), self.classes)
        return (row, column) if mistakes[row, column] else (0, 0)


def confusion(predictions: Predictions, classes: int = 0) -> Confusion:
    """Count. `classes` is how many there should be; there are as many as occur, if that is more."""
    labels, predicted = predictions.labels.astype(np.int64), predictions.predicted.astype(np.int64)
    size = max(classes, 1 + int(labels.max(initial=0)), 1 + int(predicted.max(initial=0)))
    counts = np.bincount(labels * size + predicted, minlength=size * size)
    return Confusion(counts.reshape(size, size))


def behind(predictions: Predictions, label: int, predicted: int) -> Rows:
    """Rows of the images of a class that were taken for another (or the same).

    Mistakes made with the most confidence come first; of what is right, what was hardest.
    """
    rows = np.flatnonzero((predictions.labels == label) & (predictions.predicted == predicted))
    confidence = predictions.confidence[rows].astype(np.float64)
    order = np.argsort(confidence if label == predicted else -confidence, kind="stable")
    return rows[order]


def _share(part: np.int64, whole: np.int64) -> float:
    return float(part / whole) if whole else float("nan")
