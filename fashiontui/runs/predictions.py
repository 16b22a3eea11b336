"""What a run's best model makes of the validation and test images: one file a split, beside its other files.

Row i is image i of the split, in the order that `datasets.load` gives. Arrays alone, in NumPy's own format: reading them
runs no code.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from fashiontui.errors import RunError
from fashiontui.runs import atomic
from fashiontui.runs.paths import RunPaths

SplitName = Literal["valid", "test"]
Classes = NDArray[np.uint8]
Shares = NDArray[np.float32]

SPLITS: Final[tuple[SplitName, ...]] = ("valid", "test")
ARRAYS: Final = ("labels", "predicted", "confidence", "truth")
MOST_BYTES: Final = 1 << 28  # a larger file is none of ours
UNREADABLE: Final = (
    ValueError, TypeError, KeyError, EOFError, MemoryError, NotImplementedError, struct.error, zlib.error, zipfile.BadZipFile,
)  # fmt: skip


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

    def save(self, path: Path) -> None:
        """Replace the file; a power cut may bring back the old one."""
        buffer = io.BytesIO()
        np.savez(
            buffer,
            epoch=np.int64(self.epoch),
            labels=self.labels.astype(np.uint8, copy=False),
            predicted=self.predicted.astype(np.uint8, copy=False),
            confidence=self.confidence.astype(np.float16),
            truth=self.truth.astype(np.float16),
        )
        atomic.write_bytes(path, buffer.getvalue())

    @classmethod
    def load(cls, path: Path) -> Predictions:
        """Read the file; RunError says what is wrong with it, FileNotFoundError that there is none."""
        try:
            _check_size(path)
            with np.load(path, allow_pickle=False) as arrays:
                return cls._checked(path, {name: arrays[name] for name in (*ARRAYS, "epoch")})
        except FileNotFoundError:
            raise
        except OSError as error:
            raise RunError(f"{path}: {error.strerror or error}") from error
        except UNREADABLE as error:
            raise RunError(f"{path} holds no predictions: {error}") from error

    @classmethod
    def _checked(cls, path: Path, arrays: dict[str, NDArray[np.generic]]) -> Predictions:
        labels, predicted, confidence, truth = (arrays[name] for name in ARRAYS)
        if len({array.shape for array in (labels, predicted, confidence, truth)}) > 1 or labels.ndim != 1:
            raise RunError(f"{path}: its arrays are not of one length")
        if labels.dtype != np.uint8 or predicted.dtype != np.uint8:
            raise RunError(f"{path}: its classes are not bytes")
        return cls(
            int(arrays["epoch"]),
            labels.astype(np.uint8),
            predicted.astype(np.uint8),
            confidence.astype(np.float32),
            truth.astype(np.float32),
        )


def _check_size(path: Path) -> None:
    """Before anything is unpacked: a small file may hold a lot of zeros."""
    with zipfile.ZipFile(path) as archive:
        if sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
            raise RunError(f"{path} is too large to be predictions")


def predictions_path(paths: RunPaths, split: SplitName) -> Path:
    """Where they are kept."""
    return paths.root / f"predictions.{split}.npz"
