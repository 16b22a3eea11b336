"""What sorting an array tells.

`np.unique`, `np.median` and `np.percentile` know this too, but they import numpy.ma, all of it, to ask whether an array is
masked: 1.3 MB and 26 ms, where an app should draw.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.generic)


def distinct(values: NDArray[Number]) -> NDArray[Number]:
    """Each value once, ascending, of (n,); NaN differs from NaN."""
    ordered = np.sort(values)
    is_new = np.ones(len(ordered), dtype=np.bool_)
    is_new[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_new]


def median(values: NDArray[np.float64]) -> float:
    """Of (n,), n at least 1; NaN counts as the largest of all."""
    middle, is_odd = len(values) // 2, len(values) % 2
    around = np.partition(values, middle if is_odd else (middle - 1, middle))
    return float(around[middle] if is_odd else (around[middle - 1] + around[middle]) / 2)


def percentile(values: NDArray[np.float64], share: float) -> float:
    """Below which so many per cent of the values lie, of (n,), n at least 1; between two values a straight line."""
    ordered = np.sort(values.ravel())
    place = share / 100 * (ordered.size - 1)
    low = int(place)
    high = min(low + 1, ordered.size - 1)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (place - low))
