"""The points of one scalar tag, in the order they were written."""

from __future__ import annotations

import numpy as np

from fashiontui.tfevents.moments import Floats, Moments, Steps, frozen, with_room


class ScalarSeries:
    """Steps, wall times (seconds since 1970) and values of one tag; NaN and infinities are kept.

    The arrays given out are read-only views that stay as they are when the series grows or is purged. Series of one
    run share `moments`, of which those that are logged together keep but one copy.
    """

    def __init__(self, tag: str, moments: Moments | None = None) -> None:
        self.tag = tag
        self._count = 0
        self._moments = moments if moments is not None else Moments()
        self._values: Floats = np.empty(0)

    def __len__(self) -> int:
        return self._count

    @property
    def steps(self) -> Steps:
        """(n,)."""
        return self._moments.steps(self._count)

    @property
    def wall_times(self) -> Floats:
        """(n,) seconds since 1970."""
        return self._moments.wall_times(self._count)

    @property
    def values(self) -> Floats:
        """(n,)."""
        return frozen(self._values[: self._count])

    @property
    def last(self) -> float | None:
        """The newest value; None where there is none."""
        return float(self._values[self._count - 1]) if self._count else None

    def snapshot(self) -> ScalarSeries:
        """The series as it is now; it stays so while this one goes on, in another thread too. Copies no points."""
        still = ScalarSeries(self.tag, self._moments.snapshot(self._count))
        still._count, still._values = self._count, self.values
        return still

    def extend(self, steps: Steps, wall_times: Floats, values: Floats) -> None:
        """Add points, all arrays (n,)."""
        start, end = self._count, self._count + len(steps)
        self._moments = self._moments.follow(start, steps, wall_times)
        self._values = with_room(self._values, start, end)
        self._values[start:end] = values
        self._count = end

    def drop_from(self, step: int) -> None:
        """Drop all points at `step` and later."""
        steps, wall_times = self.steps, self.wall_times
        kept = steps < step
        if kept.all():
            return
        self._values = self.values[kept]  # a copy: views given out must not change
        self._count = len(self._values)
        if not kept[: self._count].all():  # others are among those that stay
            self._moments = Moments().follow(0, steps[kept], wall_times[kept])
