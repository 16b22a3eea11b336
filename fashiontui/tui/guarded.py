"""Runs a program for as long as the process that wanted it is there, however that one ends.

    python guarded.py PID PROGRAM ARGUMENT…

SIGTERM ends the program too. Run by its path: it needs nothing of this package.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType
from typing import Final

LOOK_S: Final = 0.5
PATIENCE_S: Final = 2.0  # for a program that was asked to end


def run(parent: int, command: Sequence[str]) -> int:
    """Its exit code. What it has started itself ends with it."""
    child = subprocess.Popen(command, start_new_session=True)
    asked: list[float] = []

    def end(_number: int = 0, _frame: FrameType | None = None) -> None:
        asked.append(time.monotonic())
        _signal(child.pid, signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)
    while True:
        try:
            return child.wait(LOOK_S)
        except subprocess.TimeoutExpired:
            if not asked and os.getppid() != parent:
                end()
            elif asked and time.monotonic() - asked[0] > PATIENCE_S:
                _signal(child.pid, signal.SIGKILL)


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]), sys.argv[2:]))
