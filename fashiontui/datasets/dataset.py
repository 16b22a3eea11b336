"""What a dataset is to the rest of the program: numpy arrays of bytes, split in three."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]  # (n, 28, 28); a set of your own may have other heights and widths
Labels = NDArray[np.uint8]  # (n,)


@dataclass(frozen=True, slots=True)
class Split:
    """Images and their labels, in the same order."""

    images: Images
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class Dataset:
    """Train, validation and test images of one dataset."""

    name: str
    source: str  # a folder, or how it was made
    synthetic: bool
    classes: tuple[str, ...]
    train: Split
    valid: Split
    test: Split
    fingerprint: str  # sha256 over all images and labels, in order train, valid, test


@dataclass(frozen=True, slots=True)
class Undivided:
    """Images as they come, before any are held out for validation."""

    name: str
    source: str  # a folder, or how they were made
    classes: tuple[str, ...]
    train: Split
    test: Split
    valid: Split | None = None  # where its makers held some out themselves
    synthetic: bool = False
