"""One worker a run: whoever works on a run holds a lock on its folder for as long as it lives.

The lock is the kernel's (`flock`), so it goes when its holder goes, however that ends. Asking whether it is held
takes it shared for a moment; `hold` therefore tries for a little while before it gives up.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fashiontui.errors import RunError

LOCK_FILE: Final = ".lock"
PATIENCE_S: Final = 0.5
RETRY_S: Final = 0.01


class TakenError(RunError):
    """Another process has the run; who only writes into its record lets go of it soon."""


@contextlib.contextmanager
def hold(run_root: Path, *, as_worker: bool = True) -> Iterator[None]:
    """Own the run in this folder until the block ends; TakenError where another process already does.

    Whoever only writes a line into its record, and is no worker to be found by others, leaves no name.
    """
    descriptor, own_pid = _open(run_root), os.getpid()
    try:
        _take(descriptor, run_root)
        os.ftruncate(descriptor, 0)
        if as_worker:
            os.pwrite(descriptor, f"{own_pid}\n".encode(), 0)
        yield
    finally:
        _let_go(descriptor, own_pid)


def is_held(run_root: Path) -> bool:
    """Whether some process owns the run in this folder now; where nothing can be locked, nobody does."""
    path = run_root / LOCK_FILE
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)  # reading may be all we are allowed
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return isinstance(error, BlockingIOError)
    finally:
        os.close(descriptor)
    return False


def holder(run_root: Path) -> int | None:
    """The worker that took the lock last; it still has it only if `is_held`. None where that was no worker."""
    try:
        return int((run_root / LOCK_FILE).read_text())
    except (OSError, ValueError):
        return None


def _open(run_root: Path) -> int:
    path = run_root / LOCK_FILE
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise RunError(f"{path}: {error.strerror}", "Is it a run folder, and may you write in it?") from error


def _take(descriptor: int, run_root: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise _taken(run_root) from error
            time.sleep(RETRY_S)
        except OSError as error:
            raise RunError(f"{run_root / LOCK_FILE} can't be locked: {error.strerror}") from error
        else:
            return


def _let_go(descriptor: int, own_pid: int) -> None:
    """What we have forked since has the lock as well: it neither keeps it longer than us, nor gives it up for us."""
    if os.getpid() == own_pid:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


def _taken(run_root: Path) -> TakenError:
    pid = holder(run_root)
    by = "another process" if pid is None else f"process {pid}"
    return TakenError(f"run {run_root.name} is already being worked on by {by}")
