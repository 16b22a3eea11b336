"""When points were logged: steps and wall times, kept once for all tags that are logged together."""

from __future__ import annotations

from typing import Final, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

FIRST_CAPACITY: Final = 16

Number = TypeVar("Number", bound=np.generic)
Steps = NDArray[np.int64]
Floats = NDArray[np.float64]


class Moments:
    """Steps and wall times (seconds since 1970), which are only ever added to.

    Each series has its place in them, the count of its points. One whose next point is not the next here goes over to
    a branch, which every other one that goes on in the same way finds too.
    """

    def __init__(self) -> None:
        self._count = 0
        self._steps: Steps = np.empty(0, dtype=np.int64)
        self._wall_times: Floats = np.empty(0)
        self._branches: dict[tuple[int, int, float], Moments] = {}
        self._frozen: Moments | None = None

    def __len__(self) -> int:
        return self._count

    def steps(self, count: int) -> Steps:
        """The first so many, (count,), read-only."""
        return frozen(self._steps[:count])

    def wall_times(self, count: int) -> Floats:
        """The first so many, (count,), read-only."""
        return frozen(self._wall_times[:count])

    def snapshot(self, count: int) -> Moments:
        """The first so many, as moments of their own; they stay so while these go on, in another thread too."""
        if self._frozen is None or len(self._frozen) != count:
            self._frozen = self._beginning(self.steps(count), self.wall_times(count))
        return self._frozen

    def follow(self, place: int, steps: Steps, wall_times: Floats) -> Moments:
        """Go on from a place by such points, (n,) each: the moments that do, which may be these."""
        these = self
        while len(steps):
            agreed = these._agreeing(place, steps, wall_times)
            place, steps, wall_times = place + agreed, steps[agreed:], wall_times[agreed:]
            if place == these._count:
                these._add(steps, wall_times)
                break
            if len(steps):
                these = these._branch(place, int(steps[0]), float(wall_times[0]))
        return these

    def _agreeing(self, place: int, steps: Steps, wall_times: Floats) -> int:
        """How many of such points come next from a place on."""
        known = min(self._count - place, len(steps))
        same = self._steps[place : place + known] == steps[:known]
        same &= self._wall_times[place : place + known] == wall_times[:known]
        return known if same.all() else int(same.argmin())

    def _branch(self, place: int, step: int, wall_time: float) -> Moments:
        key = (place, step, wall_time)
        if key not in self._branches:
            self._branches[key] = self._beginning(self._steps[:place].copy(), self._wall_times[:place].copy())
        return self._branches[key]

    @classmethod
    def _beginning(cls, steps: Steps, wall_times: Floats) -> Self:
        made = cls()
        made._count, made._steps, made._wall_times = len(steps), steps, wall_times
        return made

    def _add(self, steps: Steps, wall_times: Floats) -> None:
        start, end = self._count, self._count + len(steps)
        self._steps = with_room(self._steps, start, end)
        self._wall_times = with_room(self._wall_times, start, end)
        self._steps[start:end] = steps
        self._wall_times[start:end] = wall_times
        self._count = end


def with_room(array: NDArray[Number], count: int, needed: int) -> NDArray[Number]:
    """The array, or a longer one that begins with its first `count` numbers."""
    if needed <= len(array):
        return array
    grown = np.empty(max(needed, FIRST_CAPACITY, len(array) * 3 // 2), dtype=array.dtype)
    grown[:count] = array[:count]
    return grown


def frozen(view: NDArray[Number]) -> NDArray[Number]:
    """The view, made read-only."""
    view.flags.writeable = False
    return view
