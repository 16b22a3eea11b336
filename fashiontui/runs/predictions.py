"""What a run's best model makes of the validation and test images: one file a split, beside its other files.

Row i is image i of the split, in the order that `datasets.load` gives. Arrays alone, in NumPy's own format: reading them
runs no code.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from fashiontui.runs.arrays import Arrays, load_arrays, save_arrays
from fashiontui.runs.paths import RunPaths

SplitName = Literal["valid", "test"]
Classes = NDArray[np.uint8]
Shares = NDArray[np.float32]

SPLITS: Final[tuple[SplitName, ...]] = ("valid", "test")
ARRAYS: Final = ("labels", "predicted", "confidence", "truth")


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """All arrays are (n,). `epoch` is the one the model is of; for a forest, its number of trees."""

    epoch: int
    labels: Classes
    predicted: Classes
    confidence: Shares  # probability of the predicted class
    truth: Shares  # probability of the right class

    def __len__(self) -> int:
        return len(self.labels)

    def arrays(self) -> Arrays:
        """As they are kept."""
        return {
            "epoch": np.array(self.epoch, dtype=np.int64),
            "labels": self.labels.astype(np.uint8, copy=False),
            "predicted": self.predicted.astype(np.uint8, copy=False),
            "confidence": self.confidence.astype(np.float16),
            "truth": self.truth.astype(np.float16),
        }

    def save(self, path: Path) -> None:
        """Replace the file; a power cut may bring back the old one."""
        save_arrays(path, self.arrays())

    @classmethod
    def load(cls, path: Path) -> Predictions:
        """Read the file; RunError says what is wrong with it, FileNotFoundError that there is none."""
        return load_arrays(path, (*ARRAYS, "epoch"), cls.made_of, "predictions")

    @classmethod
    def made_of(cls, arrays: Arrays) -> Predictions:
        """Of what `arrays` gave; ValueError where they are wrong."""
        labels, predicted, confidence, truth = (arrays[name] for name in ARRAYS)
        if len({array.shape for array in (labels, predicted, confidence, truth)}) > 1 or labels.ndim != 1:
            raise ValueError("its arrays are not of one length")
        if labels.dtype != np.uint8 or predicted.dtype != np.uint8:
            raise ValueError("its classes are not bytes")
        return cls(
            int(arrays["epoch"]),
            labels.astype(np.uint8),
            predicted.astype(np.uint8),
            confidence.astype(np.float32),
            truth.astype(np.float32),
        )


def predictions_path(paths: RunPaths, split: SplitName) -> Path:
    """Where they are kept."""
    return paths.root / f"predictions.{split}.npz"
