"""Images of a dataset and where they lie on a plane, as they are kept in files."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from fashiontui.datasets.dataset import Images, Labels
from fashiontui.runs.atomic import replacing

Method = Literal["pca", "tsne"]

METHODS: Final[tuple[Method, ...]] = ("pca", "tsne")
TITLES: Final = {"pca": "PCA", "tsne": "t-SNE"}
SPLITS: Final = ("train", "valid", "test")


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Some training images of a dataset, every class in its due share, and what there is in all."""

    name: str
    source: str
    synthetic: bool
    fingerprint: str  # of the whole dataset
    classes: tuple[str, ...]
    counts: NDArray[np.int64]  # (3, classes): train, valid, test
    images: Images  # (n, height, width)
    labels: Labels  # (n,)
    indices: NDArray[np.int64]  # (n,) their places among the training images

    def of_class(self, label: int) -> Images:
        """Its images, in the order of the dataset."""
        return np.asarray(self.images[self.labels == label])

    def save(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        _save(
            path,
            name=np.array(self.name),
            source=np.array(self.source),
            synthetic=np.array(self.synthetic),
            fingerprint=np.array(self.fingerprint),
            classes=np.array(self.classes),
            counts=self.counts,
            images=self.images,
            labels=self.labels,
            indices=self.indices,
        )

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """Read the file; None where there is none that can be read."""
        found = _load(path)
        try:
            return (
                None
                if found is None
                else cls(
                    name=str(found["name"]),
                    source=str(found["source"]),
                    synthetic=bool(found["synthetic"]),
                    fingerprint=str(found["fingerprint"]),
                    classes=tuple(map(str, found["classes"])),
                    counts=found["counts"],
                    images=found["images"],
                    labels=found["labels"],
                    indices=found["indices"],
                )
            )
        except KeyError:
            return None


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Where the images of a sample lie on a plane, so that like ones are near each other."""

    method: Method
    points: NDArray[np.float64]  # (n, 2), in the sample's order
    shares: NDArray[np.float64]  # (2,) of all variance, for principal components; empty for others

    def save(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        _save(path, method=np.array(self.method), points=self.points, shares=self.shares)

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """Read the file; None where there is none that can be read."""
        found = _load(path)
        try:
            method = None if found is None else next(m for m in METHODS if m == str(found["method"]))
            return None if found is None or method is None else cls(method, found["points"], found["shares"])
        except (KeyError, StopIteration):
            return None


def _save(path: Path, **arrays: NDArray[np.generic]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def _load(path: Path) -> dict[str, NDArray[Any]] | None:
    """No pickles: a file in a cache is not to be trusted with running code."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, TypeError, zipfile.BadZipFile, EOFError):
        return None
