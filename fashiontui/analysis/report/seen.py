"""What is kept of a run's representations: how alike its layers are, and the best model's, to hold against others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fashiontui.analysis.cka import between_epochs, between_layers, between_networks
from fashiontui.errors import RunError
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.representations import Representations, representations_path

Similarities = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Linear CKA within one run."""

    epochs: tuple[int, ...]
    layers: tuple[str, ...]
    epochs_of_layer: Mapping[str, Similarities]  # (epochs, epochs)
    layers_matrix: Similarities  # (layers, layers) of the best model
    best: Representations  # that epoch alone


def seen_of(paths: RunPaths) -> Seen | None:
    """Of a run that kept representations; None for another one. RunError where the file can't be read."""
    try:
        found = Representations.load(representations_path(paths))
    except FileNotFoundError:
        return None
    if not len(found.epochs) or not found.layers:
        return None
    try:
        return _reduced(found)
    except ValueError as error:
        raise RunError(f"{paths.root}: {error}") from error


def _reduced(found: Representations) -> Seen:
    epoch = int(found.epochs[-1]) if found.best_epoch is None else found.best_epoch
    at = found.epochs == epoch
    best = Representations(found.images_sha256, found.epochs[at], found.layers, found.grams[at].copy(), epoch)
    return Seen(
        tuple(found.epochs.tolist()),
        found.layers,
        {layer: between_epochs(found, layer) for layer in found.layers},
        between_layers(found),
        best,
    )


def between(one: Seen, other: Seen) -> Similarities | None:
    """(layers, layers) of two best models; None where they saw other images, or nothing can be said."""
    try:
        found = between_networks(one.best, other.best)
    except (RunError, ValueError):
        return None
    return found if np.isfinite(found).any() else None
