"""How often a screen shows what only gets on: as often as its share of a core allows."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Final

SHARE: Final = 0.015  # of a core, that showing may take for as long as it likes
SAVED_S: Final = 0.4  # of CPU, that may be spent at once: a run that has just begun is shown as it gets on
DRAWING: Final = 2.0  # times what showing takes: what was shown is then drawn
LONGEST_WAIT_S: Final = 6.0


class Pace:
    """An account that fills by `SHARE` seconds of CPU a second, up to `SAVED_S`, and that showing is taken from."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, cpu: Callable[[], float] = time.thread_time
    ) -> None:
        self._clock = clock
        self._cpu = cpu
        self._left_s = SAVED_S
        self._at = clock()

    @contextlib.contextmanager
    def showing(self) -> Iterator[None]:
        """What the block takes counts."""
        begun = self._cpu()
        try:
            yield
        finally:
            left_s = self._filled() - DRAWING * (self._cpu() - begun)
            self._left_s = max(left_s, -SHARE * LONGEST_WAIT_S)  # nobody waits longer for what was dear once
            self._at = self._clock()

    @property
    def wait_s(self) -> float:
        """Until something may be shown."""
        return max(0.0, -self._filled() / SHARE)

    def _filled(self) -> float:
        return min(SAVED_S, self._left_s + SHARE * (self._clock() - self._at))
