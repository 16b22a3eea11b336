"""Points of one tag, in the order they were written."""

from __future__ import annotations

from array import array
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")


class ScalarSeries:
    """Steps, wall times (Unix seconds) and values of one tag; NaN and infinities are kept."""

    __slots__ = ("_steps", "_values", "_wall_times", "tag")

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self._steps = array("q")
        self._wall_times = array("d")
        self._values = array("d")

    def __len__(self) -> int:
        return len(self._steps)

    def append(self, step: int, wall_time: float, value: float) -> None:
        """Add a point."""
        self._steps.append(step)
        self._wall_times.append(wall_time)
        self._values.append(value)

    def drop_from(self, step: int) -> None:
        """Drop every point at `step` and later."""
        if not len(self) or max(self._steps) < step:
            return
        kept = np.flatnonzero(self.steps < step).tolist()
        self._steps = array("q", [self._steps[i] for i in kept])
        self._wall_times = array("d", [self._wall_times[i] for i in kept])
        self._values = array("d", [self._values[i] for i in kept])

    @property
    def steps(self) -> NDArray[np.int64]:
        """(n,) a copy."""
        return np.array(self._steps, dtype=np.int64)

    @property
    def wall_times(self) -> NDArray[np.float64]:
        """(n,) a copy, Unix seconds."""
        return np.array(self._wall_times, dtype=np.float64)

    @property
    def values(self) -> NDArray[np.float64]:
        """(n,) a copy."""
        return np.array(self._values, dtype=np.float64)

    def last(self) -> float | None:
        """The newest value."""
        return self._values[-1] if len(self) else None


class ContentSeries(Generic[T]):
    """Histograms, images or texts of one tag."""

    __slots__ = ("contents", "steps", "tag", "wall_times")

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.steps: list[int] = []
        self.wall_times: list[float] = []
        self.contents: list[T] = []

    def __len__(self) -> int:
        return len(self.steps)

    def append(self, step: int, wall_time: float, content: T) -> None:
        """Add a point."""
        self.steps.append(step)
        self.wall_times.append(wall_time)
        self.contents.append(content)

    def drop_from(self, step: int) -> None:
        """Drop every point at `step` and later."""
        kept = [index for index, at in enumerate(self.steps) if at < step]
        self.steps = [self.steps[i] for i in kept]
        self.wall_times = [self.wall_times[i] for i in kept]
        self.contents = [self.contents[i] for i in kept]
