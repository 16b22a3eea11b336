"""When cyclic garbage is looked for: not while somebody waits for the screen.

Looking through all that the app has loaded takes a tenth of a second, in which no key is answered. What is there once a
screen stands stays until the end, so it need never be looked through.
"""

from __future__ import annotations

import gc


def begin() -> None:
    """Look for none until the app stands. Only where the process is the app's alone."""
    gc.disable()


def settle() -> None:
    """From now on look for it, but not among what is there now."""
    gc.freeze()
    gc.enable()
