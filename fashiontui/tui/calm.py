"""What keeps the app's answers quick: threads that read give way soon, and garbage is not looked for while one waits.

Looking for cyclic garbage through all that the app has loaded takes a tenth of a second, in which no key is answered. What is there once a
screen stands stays until the end, so it need never be looked through.
"""

from __future__ import annotations

import gc
import sys
from typing import Final

TURN_S: Final = 0.001  # that a thread may compute while the screen's waits; Python's usual is five times that


def begin() -> None:
    """Look for no garbage until the app stands. Only where the process is the app's alone."""
    sys.setswitchinterval(TURN_S)
    gc.disable()


def settle() -> None:
    """From now on look for it, but not among what is there now."""
    gc.freeze()
    gc.enable()
