"""What computes for minutes gives way to what somebody sits in front of: an app that shares its cores with it stays quick.

A Linux desktop or server usually shares its cores out among sessions first (autogroups, sched(7)), and only within one
by niceness. Workers lead sessions of their own, so both are set.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from pathlib import Path
from typing import Final

STEPS: Final = 10  # what `nice` takes where nobody says how much
LEAST: Final = 19
AGAIN_S: Final = 0.1  # Linux lets users set one autogroup in so much time
TRIES: Final = 5
PROC: Final = Path("/proc")


def give_way(pid: int = 0) -> None:
    """Lower the priority of a process, of ours by default, and of its session where it leads one; not below the least.

    Does what it may: a process that has gone, or is not ours, keeps its priority, and nothing else happens.
    """
    with contextlib.suppress(OSError):
        usual = os.getpriority(os.PRIO_PROCESS, pid)
        os.setpriority(os.PRIO_PROCESS, pid, min(LEAST, usual + STEPS))
        if os.getsid(pid) == (pid or os.getpid()):
            _lower_session(PROC / str(pid or "self") / "autogroup")


def _lower_session(group: Path) -> None:
    """A kernel without autogroups has no such file; with them it reads `/autogroup-123 nice 0`, or nothing.

    Nothing is what it reads for a process of the first session, which has none (as in a container, or under init).
    """
    said = group.read_text().split()
    if not said:
        return
    usual = int(said[-1])
    for _ in range(TRIES):
        try:
            group.write_text(str(min(LEAST, usual + STEPS)))
        except OSError as error:
            if error.errno != errno.EAGAIN:
                raise
            time.sleep(AGAIN_S)
        else:
            return
