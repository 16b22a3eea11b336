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
import threading
import time
from collections.abc import Sequence
from typing import Final

LOOK_S: Final = 0.2
PATIENCE_S: Final = 2.0  # for a program that was asked to end


def run(parent: int, command: Sequence[str]) -> int:
    """Its exit code. What it has started itself, and left in its session, ends with it."""
    asked = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: asked.set())
    child = subprocess.Popen(command, start_new_session=True)
    told = 0.0  # when it was asked to end
    try:
        while child.poll() is None:
            if told and time.monotonic() - told > PATIENCE_S:
                break
            if not told and (asked.is_set() or os.getppid() != parent):
                told = time.monotonic()
                _signal(child.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(LOOK_S)
    finally:
        _signal(child.pid, signal.SIGKILL)
    return child.wait()


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]), sys.argv[2:]))
