"""The points of one scalar tag, in the order they were written."""

from __future__ import annotations

from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

FIRST_CAPACITY: Final = 64

Number = TypeVar("Number", bound=np.generic)
Steps = NDArray[np.int64]
Floats = NDArray[np.float64]


class ScalarSeries:
    """Steps, wall times (seconds since 1970) and values of one tag; NaN and infinities are kept.

    The arrays given out are read-only views that stay as they are when the series grows or is purged.
    """

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self._count = 0
        self._steps = np.empty(FIRST_CAPACITY, dtype=np.int64)
        self._wall_times = np.empty(FIRST_CAPACITY)
        self._values = np.empty(FIRST_CAPACITY)

    def __len__(self) -> int:
        return self._count

    @property
    def steps(self) -> Steps:
        """(n,)."""
        return _frozen(self._steps[: self._count])

    @property
    def wall_times(self) -> Floats:
        """(n,) seconds since 1970."""
        return _frozen(self._wall_times[: self._count])

    @property
    def values(self) -> Floats:
        """(n,)."""
        return _frozen(self._values[: self._count])

    @property
    def last(self) -> float | None:
        """The newest value; None where there is none."""
        return float(self._values[self._count - 1]) if self._count else None

    def snapshot(self) -> ScalarSeries:
        """The series as it is now; it stays so while this one goes on, in another thread too. Copies no points."""
        frozen = ScalarSeries(self.tag)
        count, steps, wall_times, values = self._count, self._steps, self._wall_times, self._values
        frozen._count = count
        frozen._steps = _frozen(steps[:count])
        frozen._wall_times = _frozen(wall_times[:count])
        frozen._values = _frozen(values[:count])
        return frozen

    def extend(self, steps: Steps, wall_times: Floats, values: Floats) -> None:
        """Add points, all arrays (n,)."""
        start, end = self._count, self._count + len(steps)
        if end > len(self._steps):
            capacity = max(end, 2 * len(self._steps))
            self._steps = _grown(self._steps, start, capacity)
            self._wall_times = _grown(self._wall_times, start, capacity)
            self._values = _grown(self._values, start, capacity)
        self._steps[start:end] = steps
        self._wall_times[start:end] = wall_times
        self._values[start:end] = values
        self._count = end

    def drop_from(self, step: int) -> None:
        """Drop all points at `step` and later."""
        kept = self._steps[: self._count] < step
        if kept.all():
            return
        self._steps = self._steps[: self._count][kept]  # copies: views given out must not change
        self._wall_times = self._wall_times[: self._count][kept]
        self._values = self._values[: self._count][kept]
        self._count = len(self._steps)


def _grown(array: NDArray[Number], count: int, capacity: int) -> NDArray[Number]:
    grown = np.empty(capacity, dtype=array.dtype)
    grown[:count] = array[:count]
    return grown


def _frozen(view: NDArray[Number]) -> NDArray[Number]:
    view.flags.writeable = False
    return view
