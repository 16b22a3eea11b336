"""Stratified choices: every class in its due share, the same for the same seed everywhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fashiontui.datasets.dataset import Labels
from fashiontui.datasets.draws import Draws

Indices = NDArray[np.int64]  # (n,), ascending


def stratified_split(labels: Labels, valid_size: int, seed: int) -> tuple[Indices, Indices]:
    """Indices to train on and exactly `valid_size` to validate on: disjoint, together all, each ascending."""
    valid = stratified_sample(labels, valid_size, seed)
    held_out = np.zeros(len(labels), dtype=bool)
    held_out[valid] = True
    return np.flatnonzero(~held_out), valid


def stratified_sample(labels: Labels, size: int, seed: int) -> Indices:
    """Exactly `size` indices, ascending, each class as near its share of all as whole numbers allow.

    Raises ValueError unless 0 <= size <= len(labels).
    """
    if not 0 <= size <= len(labels):
        raise ValueError(f"can't choose {size} of {len(labels)}")
    shuffled = np.argsort(Draws(seed).words(len(labels)), kind="stable")
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    counts = np.bincount(labels)
    starts = np.cumsum(counts) - counts
    quotas = _shares(counts, size)
    chosen = [by_class[start : start + quota] for start, quota in zip(starts, quotas, strict=True)]
    return np.sort(np.concatenate([np.empty(0, dtype=np.int64), *chosen]))


def _shares(counts: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """`size` divided in proportion to `counts` by largest remainder; of equal ones the lower class goes first."""
    total = max(int(counts.sum()), 1)
    shares = counts * size // total
    remainders = counts * size % total
    shares[np.argsort(-remainders, kind="stable")[: size - int(shares.sum())]] += 1
    return shares
