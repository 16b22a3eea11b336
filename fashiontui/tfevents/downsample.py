"""Fewer points for a chart, without cutting its peaks; and TensorBoard's smoothing."""

from __future__ import annotations

import math
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from fashiontui.tfevents.order import distinct

Floats = NDArray[np.float64]
POINTS_PER_COLUMN = 4
BLOCK = 64  # values that are smoothed at once
FEW_BLOCKS = 64  # so small a product OpenBLAS does in one thread: several would wait for cores that train
NEGLIGIBLE = 40.0  # e to the minus this, added to 1, is 1


def minmax(xs: Floats, ys: Floats, columns: int) -> tuple[Floats, Floats]:
    """At most four points a column: the first, lowest, highest and last of its finite ones, in their order.

    `xs` and `ys` are (n,), the result is (m,) of each. A column without any finite value keeps one point as it is: a
    gap stays a gap. So few points that they need no reduction are given back untouched. Columns are of equal width in
    x; where x goes back now and then (wall time after a resume), of equally many points.
    """
    if columns < 1:
        raise ValueError(f"a chart of {columns} columns")
    if len(xs) <= POINTS_PER_COLUMN * columns:
        return xs, ys
    starts = _starts(xs, columns)
    parts = zip(starts.tolist(), [*starts[1:].tolist(), len(xs)], strict=True)
    kept = np.concatenate([start + _extremes(ys[start:end]) for start, end in parts])
    return xs[kept], ys[kept]


def _starts(xs: Floats, columns: int) -> NDArray[np.intp]:
    """Where each column that has points begins."""
    rises = bool((np.diff(xs) >= 0).all())  # false for NaN too
    places = xs if rises and np.isfinite(xs[[0, -1]]).all() else np.arange(len(xs), dtype=np.float64)
    width = (places[-1] - places[0]) / columns or 1.0
    column = np.minimum(((places - places[0]) / width).astype(np.int64), columns - 1)
    return np.concatenate([[0], np.flatnonzero(np.diff(column)) + 1])


def _extremes(ys: Floats) -> NDArray[np.intp]:
    """Indices, ascending, of the first, lowest, highest and last finite value; of the first if none is finite."""
    finite = np.flatnonzero(np.isfinite(ys))
    if not len(finite):
        return np.array([0])
    known = ys[finite]
    return distinct(finite[np.array([0, known.argmin(), known.argmax(), -1])])


def smooth(values: Floats, weight: float) -> Floats:
    """Exponential moving average as TensorBoard draws it: without the bias towards 0 at the start.

    `weight` in [0, 1): 0 leaves the values as they are. What is not finite stays as it is and counts for nothing.
    """
    if not 0 <= weight < 1:
        raise ValueError(f"a smoothing weight of {weight}; it must be at least 0 and below 1")
    result = np.array(values, dtype=np.float64)
    finite = np.isfinite(result)
    known = result[finite]
    if not weight or not len(known) or (known == known[0]).all():
        return result
    averages = _averages(known, weight)
    biased = min(len(known), int(NEGLIGIBLE / -math.log(weight)) + 1)
    averages[:biased] /= 1 - weight ** np.arange(1, biased + 1)
    result[finite] = averages
    return result


def _averages(values: Floats, weight: float) -> Floats:
    """The moving average that begins at 0, (n,): block by block, each as a product with the weights of its past.

    A loop over the values takes a second for a million of them.
    """
    blocks = -(-len(values) // BLOCK)
    padded = np.zeros((blocks, BLOCK))
    padded.reshape(-1)[: len(values)] = values
    ages = np.arange(BLOCK)[None, :] - np.arange(BLOCK)[:, None]
    shares = np.where(ages >= 0, (1 - weight) * weight ** np.maximum(ages, 0), 0.0)
    found = np.empty_like(padded)
    for row in range(0, blocks, FEW_BLOCKS):
        np.matmul(padded[row : row + FEW_BLOCKS], shares, out=found[row : row + FEW_BLOCKS])
    fade = weight**BLOCK
    before = accumulate(found[:-1, -1].tolist(), lambda carry, last: carry * fade + last, initial=0.0)
    found += np.outer(list(before), weight ** np.arange(1, BLOCK + 1))
    return np.asarray(found.reshape(-1)[: len(values)])
