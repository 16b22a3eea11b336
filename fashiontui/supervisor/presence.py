"""Who is there: one supervisor a logs folder, and any number of apps that want one kept.

Both are kernel locks (`flock`) on files in the logs folder, so they go when their holder goes, however that ends.
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

SUPERVISOR: Final = ".supervisor.lock"
ATTACHED: Final = ".attached.lock"
RETRY_S: Final = 0.01


class Guard:
    """The right to supervise a logs folder."""

    def __init__(self, logs: Path) -> None:
        self._path = logs / SUPERVISOR
        self._descriptor: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this object holds it."""
        return self._descriptor is not None

    def take(self, patience_s: float = 0.0) -> bool:
        """Whether it is ours now, after so long at most: someone who only asks has it for a moment too."""
        deadline = time.monotonic() + patience_s
        while self._descriptor is None and (descriptor := _take(self._path)) is None:
            if time.monotonic() >= deadline:
                return False
            time.sleep(RETRY_S)
        self._descriptor = self._descriptor or descriptor
        return True

    def release(self) -> None:
        """Let another one have it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def supervisor_pid(logs: Path) -> int | None:
    """The process that supervises this folder now; None where there is none."""
    path = logs / SUPERVISOR
    if not _is_locked(path, fcntl.LOCK_SH):  # two who ask at once do not take each other for it
        return None
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return 0  # just taken, not yet signed


@contextlib.contextmanager
def attached(logs: Path) -> Iterator[None]:
    """While the block lasts, a supervisor of this folder does not end for want of work."""
    descriptor = _open(logs / ATTACHED)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)  # waits, but only for one who asks whether we are here
        yield
    finally:
        os.close(descriptor)


def is_anyone_attached(logs: Path) -> bool:
    """Whether some app is attached to this folder."""
    return _is_locked(logs / ATTACHED, fcntl.LOCK_EX)


def _is_locked(path: Path, kind: int) -> bool:
    """Whether another's lock on a file is in the way of one of this kind. Asking holds it for a moment.

    Of a file that can't be locked nobody is known to have locked it.
    """
    try:
        descriptor = _open_as_is(path)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError as error:
        return isinstance(error, BlockingIOError)
    finally:
        os.close(descriptor)
    return False


def _open_as_is(path: Path) -> int:
    """NFS takes an exclusive lock only of who has opened a file for writing; elsewhere reading will do."""
    try:
        return os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _take(path: Path) -> int | None:
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError):
            return None
        raise RunError(
            f"{path} can't be locked: {error.strerror}", "Put the logs on another file system."
        ) from error
    with contextlib.suppress(OSError):  # a full disk: the lock holds all the same, only unsigned
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise RunError(f"{path}: {error.strerror}", "May you write in this folder?") from error
