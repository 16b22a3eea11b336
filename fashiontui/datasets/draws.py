"""Random numbers that are the same everywhere: a fixed bit stream, and arithmetic that IEEE 754 pins down.

NumPy promises the bit stream of PCG64 for all versions and platforms, but not what `Generator` makes of it; so the
few shapes of numbers needed here are made from the bits directly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]  # float32: a stub does not know what arithmetic keeps
Bools = NDArray[np.bool_]
ULP = np.float32(2.0**-24)
RESERVE = 4096  # numbers made at a time: a draw by itself costs more in calls than in numbers


class Draws:
    """A stream of random numbers, a function of its key alone; each draw of `n` numbers is of shape (n, 1, 1)."""

    def __init__(self, *key: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence(key))
        self._unit = np.empty(0, dtype=np.float32)  # drawn, in [0, 1), not yet used

    def words(self, count: int) -> NDArray[np.uint64]:
        """`count` uniform 64-bit words, shape (count,)."""
        return np.asarray(self._bits.random_raw(count), dtype="<u8")

    def bytes(self, *shape: int) -> NDArray[np.uint8]:
        """Uniform bytes."""
        count = int(np.prod(shape))
        return self.words((count + 7) // 8).view(np.uint8)[:count].reshape(shape)

    def uniform(self, low: float, high: float, n: int) -> Floats:
        """Numbers in [low, high)."""
        if len(self._unit) < n:
            words = self.words(max(n, RESERVE) // 2 + 1).view("<u4")
            self._unit = np.concatenate([self._unit, (words >> 8).astype(np.float32) * ULP])
        unit, self._unit = self._unit[:n, None, None], self._unit[n:]
        return np.float32(low) + unit * np.float32(high - low)

    def chance(self, probability: float, n: int) -> Bools:
        """True with the given probability."""
        return self.uniform(0.0, 1.0, n) < np.float32(probability)

    def balanced_labels(self, classes: int, rounds: int) -> NDArray[np.uint8]:
        """`rounds` shufflings of all classes one after the other, shape (rounds · classes,)."""
        keys = self.words(classes * rounds).reshape(rounds, classes)
        return np.argsort(keys, axis=1, kind="stable").astype(np.uint8).reshape(-1)
