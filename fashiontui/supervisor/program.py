"""Whether the program on disk is still the one that runs: it may be replaced while a supervisor serves for days."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parent.parent

Stamp = tuple[int, int]
"""When a source file of the program last changed, in ns since 1970, and how many there are."""


def program_stamp(package: Path = PACKAGE) -> Stamp:
    """Of the program as it is on disk now."""
    changes = [
        os.stat(os.path.join(folder, name)).st_mtime_ns  # noqa: PTH116, PTH118 - half the time of Path's, 400 times
        for folder, _, names in os.walk(package)
        for name in names
        if name.endswith(".py")
    ]
    return max(changes, default=0), len(changes)
