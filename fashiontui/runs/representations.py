"""How a network's layers see some fixed images, at several moments of its training: `representations.npz`.

Of each layer its centred Gram matrix HXXᵀH is kept, X (n, units) being the layer's outputs for n images and H = 1 - 1/n.
It holds all that linear CKA needs, whatever the layer's width, so any layer of any network can be compared with any other
that was shown the same images. The file has its upper triangle, as float16 with one scale a matrix.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.errors import RunError
from fashiontui.runs.arrays import Arrays, load_arrays, save_arrays
from fashiontui.runs.paths import RunPaths

Grams = NDArray[np.float32]
Epochs = NDArray[np.int64]

ARRAYS: Final = ("images_sha256", "epochs", "best_epoch", "layers", "triangles", "scales")


@dataclass(frozen=True, slots=True, eq=False)
class Representations:
    """Gram matrices by epoch and layer; epoch 0 is before the first step. The last layer is `output`, the logits."""

    images_sha256: str  # of the images' bytes; only what was shown the same can be compared
    epochs: Epochs  # (e,), ascending, each once
    layers: tuple[str, ...]  # in the order images pass through them
    grams: Grams  # (e, l, n, n), centred
    best_epoch: int | None = (
        None  # of the model best on validation, one of `epochs`; None before the run's end
    )

    @property
    def images(self) -> int:
        """How many images they are of: n."""
        return int(self.grams.shape[-1])

    def at(self, epoch: int) -> Grams:
        """(l, n, n) of an epoch; RunError where it was not kept."""
        found = np.flatnonzero(self.epochs == epoch)
        if not len(found):
            kept = ", ".join(map(str, self.epochs.tolist()))
            raise RunError(f"there are no representations of epoch {epoch}", f"Epochs are {kept}.")
        grams: Grams = self.grams[found[0]]
        return grams

    def of(self, layer: str) -> Grams:
        """(e, n, n) of a layer; RunError where there is none of that name."""
        if layer not in self.layers:
            raise RunError(f"there is no layer {layer!r}", f"Layers are {', '.join(self.layers)}.")
        return self.grams[:, self.layers.index(layer)]

    @property
    def best(self) -> Grams:
        """(l, n, n) of the best model, or of the last epoch while the run has not ended."""
        return self.grams[-1] if self.best_epoch is None else self.at(self.best_epoch)

    def with_epoch(self, epoch: int, grams: Grams) -> Representations:
        """These and those of another epoch (l, n, n), in place of what was kept of it."""
        others = self.epochs != epoch
        place = int(np.searchsorted(self.epochs[others], epoch))
        epochs = np.insert(self.epochs[others], place, epoch)
        return replace(self, epochs=epochs, grams=np.insert(self.grams[others], place, grams, axis=0))

    def until(self, epoch: int) -> Representations:
        """Without what is later than an epoch, and without a best one, which may be another by the end."""
        kept = self.epochs <= epoch
        return replace(self, epochs=self.epochs[kept], grams=self.grams[kept], best_epoch=None)

    def arrays(self) -> Arrays:
        """As they are kept."""
        rows, columns = np.triu_indices(self.images)
        triangles = self.grams[..., rows, columns]
        scales = np.abs(triangles).max(axis=-1, initial=0)
        scales = np.where(np.isfinite(scales) & (scales > 0), scales, 1).astype(np.float32)
        with np.errstate(over="ignore", invalid="ignore"):  # a network that diverged may have infinities
            halves = (triangles / scales[..., None]).astype(np.float16)
        return {
            "images_sha256": np.array(self.images_sha256),
            "epochs": self.epochs.astype(np.int64, copy=False),
            "best_epoch": np.array(-1 if self.best_epoch is None else self.best_epoch, dtype=np.int64),
            "layers": np.array(self.layers, dtype=np.str_),
            "triangles": halves,
            "scales": scales,
        }

    def save(self, path: Path) -> None:
        """Replace the file; a power cut may bring back the old one."""
        save_arrays(path, self.arrays())

    @classmethod
    def load(cls, path: Path) -> Representations:
        """Read the file; RunError says what is wrong with it, FileNotFoundError that there is none."""
        return load_arrays(path, ARRAYS, cls.made_of, "representations")

    @classmethod
    def made_of(cls, arrays: Arrays) -> Representations:
        """Of what `arrays` gave; ValueError where they are wrong."""
        epochs, layers, triangles, scales = (
            arrays[name] for name in ("epochs", "layers", "triangles", "scales")
        )
        if epochs.ndim != 1 or (np.diff(epochs) <= 0).any():
            raise ValueError("its epochs are not in order")
        if triangles.shape[:2] != (len(epochs), len(layers)) or scales.shape != triangles.shape[:2]:
            raise ValueError("its arrays do not fit each other")
        best = int(arrays["best_epoch"])
        if best >= 0 and best not in epochs:
            raise ValueError(f"it has nothing of its best epoch, {best}")
        return cls(
            images_sha256=str(arrays["images_sha256"]),
            epochs=epochs.astype(np.int64),
            layers=tuple(str(name) for name in layers),
            grams=_whole(triangles.astype(np.float32) * scales[..., None].astype(np.float32)),
            best_epoch=best if best >= 0 else None,
        )


def representations_path(paths: RunPaths) -> Path:
    """Where they are kept."""
    return paths.root / "representations.npz"


def _whole(triangles: Grams) -> Grams:
    """(e, l, n · (n + 1) / 2) → (e, l, n, n), symmetric."""
    images = (math.isqrt(8 * triangles.shape[2] + 1) - 1) // 2
    if images * (images + 1) // 2 != triangles.shape[2]:
        raise ValueError("its matrices are not triangles")
    grams = np.empty((*triangles.shape[:2], images, images), np.float32)
    rows, columns = np.triu_indices(images)
    grams[..., rows, columns] = triangles
    grams[..., columns, rows] = triangles
    return grams
