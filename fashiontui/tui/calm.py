"""What keeps the app's answers quick and its memory small.

Threads that read give way soon, and garbage is not looked for while one waits: looking through all that the app has loaded
takes a tenth of a second, in which no key is answered. What is there once a screen stands stays until the end, so it need
never be looked through. What comes later is soon looked through to the end: messages and drawings leave more than a
thousand objects a second in cycles, and by Python's own thresholds they would lie there for a quarter of a minute. And all
threads share one heap: glibc gives each its own, and each keeps what it has freed.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress
from typing import Final

TURN_S: Final = 0.001  # that a thread may compute while the screen's waits; Python's usual is five times that
OFTEN: Final = (
    700,
    10,
    3,
)  # Python's thresholds, but that the oldest are looked through three times as often: 6 ms each
ARENA_MAX: Final = -8  # as in glibc's malloc.h: the most heaps


def begin() -> None:
    """Look for no garbage until the app stands. Only where the process is the app's alone."""
    sys.setswitchinterval(TURN_S)
    gc.disable()
    _share_one_heap()


def settle() -> None:
    """From now on look for it, but not among what is there now."""
    gc.freeze()
    gc.set_threshold(*OFTEN)
    gc.enable()
    _give_back()


def _give_back() -> None:
    """What starting has taken and freed, where the C library is glibc."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _share_one_heap() -> None:
    """Where the C library is glibc."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(ARENA_MAX, 1)
