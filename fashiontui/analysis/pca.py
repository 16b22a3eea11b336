"""Principal components, by numpy alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Points in the directions in which they vary most."""

    points: Floats  # (n, components)
    shares: Floats  # (components,) of all variance


def principal_components(vectors: Floats, components: int) -> Components:
    """The first principal components of (n, d) vectors; as many as there are, where fewer.

    Of each direction's two signs, the one that makes its largest entry positive, as scikit-learn chooses.
    """
    centred = vectors - vectors.mean(axis=0)
    left, lengths, directions = np.linalg.svd(centred, full_matrices=False)
    largest = np.abs(directions).argmax(axis=1)
    signs = np.where(directions[np.arange(len(directions)), largest] < 0, -1.0, 1.0)
    variances = lengths**2
    total = float(variances.sum()) or 1.0
    kept = min(components, len(lengths))
    return Components((left * lengths * signs)[:, :kept], variances[:kept] / total)
