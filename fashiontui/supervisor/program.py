"""Whether the program on disk is still the one that runs: it may be replaced while a supervisor serves for days."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parent.parent

Stamp = tuple[int, int]
"""When a source file of the program last changed, in ns since 1970, and how many there are."""


def program_stamp(package: Path = PACKAGE) -> Stamp:
    """Of the program as it is on disk now. A file that is gone since it was listed, or an editor's dangling link, is none."""
    changes = []
    for folder, _, names in os.walk(package):
        for name in names:
            if name.endswith(".py"):
                with contextlib.suppress(OSError):
                    path = os.path.join(folder, name)  # noqa: PTH118 - half the time of Path's, 400 times
                    changes.append(os.stat(path).st_mtime_ns)  # noqa: PTH116 - as above
    return max(changes, default=0), len(changes)
