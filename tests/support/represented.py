"""What layers of made-up networks see of made-up images, kept as training keeps it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fashiontui.runs.paths import RunPaths
from fashiontui.runs.representations import Representations, representations_path

IMAGES = 24
NOISE = {
    "conv1": 2.0,
    "pool1": 1.0,
    "fc1": 0.6,
    "output": 0.3,
}  # the deeper, the more of what all networks see
SHARED = np.random.default_rng(0).normal(size=(IMAGES, 6))


def representations(
    seed=1, layers=("conv1", "fc1", "output"), epochs=(0, 1, 2), best_epoch=2, images_sha256="a" * 64
):
    """Layers share what they see of the images the more, the deeper and the later they are."""
    rng = np.random.default_rng(seed)
    own = {layer: rng.normal(size=(IMAGES, 40)) for layer in layers}
    grams = [[_gram(own[layer], NOISE.get(layer, 1.0) / (1 + epoch)) for layer in layers] for epoch in epochs]
    return Representations(
        images_sha256, np.array(epochs), tuple(layers), np.array(grams, np.float32), best_epoch
    )


def keep(folder: Path, **changes):
    """Of a run in this folder."""
    representations(**changes).save(representations_path(RunPaths(folder)))


def _gram(own, noise):
    seen = np.hstack([SHARED, noise * own])
    seen = seen - seen.mean(axis=0)
    return seen @ seen.T
