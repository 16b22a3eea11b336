"""supervisor.log: what a supervisor did, and when."""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path
from typing import Final

from fashiontui.errors import FashiontuiError

LOG: Final = "supervisor.log"
LIMIT_BYTES: Final = 1_000_000


class SupervisorLog:
    """Lines with local time, as run ids have it, in the logs folder; one old file is kept."""

    def __init__(self, logs: Path) -> None:
        self.path = logs / LOG

    def rotate(self) -> None:
        """Begin a new file where the one there is has grown large."""
        with contextlib.suppress(FileNotFoundError):
            if self.path.stat().st_size > LIMIT_BYTES:
                self.path.replace(self.path.with_name(f"{LOG}.1"))

    def __call__(self, text: str) -> None:
        """Add a line. A full disk costs the line, nothing else."""
        with contextlib.suppress(OSError), self.path.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {text}\n")


def told(error: Exception) -> str:
    """An error of ours or of the system by its words; of a mistake, its kind too."""
    if isinstance(error, FashiontuiError):
        return error.message
    return str(error) if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
