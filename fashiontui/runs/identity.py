"""Which process is meant: its id alone may be given to another one later, so its start belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process that no other one can be mistaken for."""

    pid: int
    started: str  # opaque; equal only for the same process on the same boot

    def is_alive(self) -> bool:
        """Whether it still runs; one that ended and waits to be collected (a zombie) does not."""
        return identify(self.pid) == self


def identify(pid: int) -> ProcessIdentity | None:
    """The identity of a running process; None where there is none by that id.

    On Linux the start is counted in ticks since boot, so setting the clock changes nothing.
    """
    started = _started_proc(pid) if (PROC / "self" / "stat").exists() else _started_psutil(pid)
    return None if started is None else ProcessIdentity(pid, started)


def _started_proc(pid: int) -> str | None:
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name before it may hold blanks and brackets
    state, start_ticks = fields[0], fields[19]
    return None if state in "ZXx" else f"{start_ticks}@{_boot_id()}"


def _boot_id() -> str:
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _started_psutil(pid: int) -> str | None:
    import psutil  # noqa: PLC0415 - only where there is no /proc

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else repr(process.create_time())
    except psutil.NoSuchProcess:
        return None
