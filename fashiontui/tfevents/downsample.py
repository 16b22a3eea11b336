"""Fewer points for a chart, without cutting its peaks; and TensorBoard's smoothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def minmax(xs: Floats, ys: Floats, columns: int) -> tuple[Floats, Floats]:
    """At most four points a column: its first, lowest, highest and last, in their order. NaN is left out.

    `xs` (n,) must not fall. What is drawn from the result spans exactly what is drawn from all points.
    """
    known = np.isfinite(ys)
    xs, ys = xs[known], ys[known]
    if columns < 1 or len(xs) <= 4 * columns:
        return xs, ys
    width = (xs[-1] - xs[0]) / columns or 1.0
    column = np.minimum(((xs - xs[0]) / width).astype(np.int64), columns - 1)
    starts = np.flatnonzero(np.r_[True, column[1:] != column[:-1]])
    ends = np.r_[starts[1:], len(xs)]
    chosen = {
        int(index)
        for start, end in zip(starts, ends, strict=True)
        for index in (start, start + ys[start:end].argmin(), start + ys[start:end].argmax(), end - 1)
    }
    kept = np.array(sorted(chosen))
    return xs[kept], ys[kept]


def smooth(values: Floats, weight: float) -> Floats:
    """Exponential moving average as TensorBoard draws it: without the bias towards 0 at the start; NaN stays NaN.

    `weight` in [0, 1): 0 leaves the values as they are.
    """
    result = np.array(values, dtype=np.float64)
    if not weight:
        return result
    average, count = 0.0, 0
    for index, value in enumerate(values):
        if np.isfinite(value):
            average = average * weight + (1 - weight) * float(value)
            count += 1
            result[index] = average / (1 - weight**count)
    return result
