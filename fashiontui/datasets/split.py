"""Choosing images so that every class keeps its share, the same way every time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


def stratified_sample(labels: NDArray[np.integer], size: int, seed: int) -> Indices:
    """`size` indices in rising order, each class with its share of `labels` (largest remainders make up the sum)."""
    classes, counts = np.unique(labels, return_counts=True)
    exact = counts * (size / len(labels))
    wanted = np.floor(exact).astype(np.int64)
    missing = size - int(wanted.sum())
    wanted[np.argsort(wanted - exact, kind="stable")[:missing]] += 1
    generator = np.random.default_rng(seed)
    chosen = [
        generator.permutation(np.flatnonzero(labels == label))[:count]
        for label, count in zip(classes, wanted, strict=True)
    ]
    return np.sort(np.concatenate(chosen)).astype(np.int64)


def stratified_split(labels: NDArray[np.integer], valid_size: int, seed: int) -> tuple[Indices, Indices]:
    """Indices for training and for validation, disjoint, in rising order; exactly `valid_size` of the latter."""
    valid = stratified_sample(labels, valid_size, seed)
    kept = np.ones(len(labels), dtype=bool)
    kept[valid] = False
    return np.flatnonzero(kept).astype(np.int64), valid
