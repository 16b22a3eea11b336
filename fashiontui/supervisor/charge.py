"""A run in a supervisor's charge: its worker, what that was asked, and how to tell that it has ended."""

from __future__ import annotations

import os
import signal
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from fashiontui.errors import RunError
from fashiontui.runs import lock
from fashiontui.runs.identity import ProcessIdentity, identify
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.supervisor.ending import SIGNALS
from fashiontui.supervisor.slots import Slot
from fashiontui.supervisor.starter import LOST, Handle, Start

CUDA_OF_AUTO: Final = frozenset(("cuda", "cuda:0"))  # where a worker goes that is told `auto`


@dataclass(frozen=True, slots=True)
class AdoptedHandle:
    """A worker that another process started: its end can be seen, its exit status can't."""

    identity: ProcessIdentity

    def poll(self) -> int | None:
        """`LOST` once it has gone."""
        return None if self.identity.is_alive() else LOST


@dataclass(slots=True)
class Charge:
    """One live run."""

    key: str
    paths: RunPaths
    slot: str
    handle: Handle | None = None  # None: its start has not come to pass yet
    start: Start | None = None  # how to start it; None: it was adopted
    log_offset: int = 0  # bytes of worker.log that older attempts wrote
    asked: Wanted | None = None
    is_marked: bool = False  # run.json says `starting`
    error: Exception | None = None  # why its start, or its end, could not be put on record
    error_since_s: float = 0.0  # on the monotonic clock
    seen_ns: int = 0  # modification time of the run.json that was last read

    def has_news(self) -> bool:
        """Whether its run.json was replaced since this was last asked."""
        try:
            changed_ns = self.paths.record.stat().st_mtime_ns
        except OSError:
            return False
        before, self.seen_ns = self.seen_ns, changed_ns
        return changed_ns != before

    @property
    def has_worker(self) -> bool:
        """Whether a worker is known to have it."""
        return self.handle is not None and self.handle.poll() is None

    @property
    def has_record(self) -> bool:
        """Whether its run.json is there, and can be read."""
        try:
            RunRecord.load(self.paths.record)
        except RunError:
            return False
        return True

    def ask(self, wanted: Wanted) -> None:
        """Signal its worker what is wanted of it."""
        if self.handle is None:
            return
        self.asked = wanted
        if wanted is Wanted.KILL:
            kill_group(self.handle.identity)
        else:
            send_signal(self.handle.identity, SIGNALS[wanted])


def send_signal(identity: ProcessIdentity, number: signal.Signals) -> None:
    """Signal this process, and no other that may have been given its id since. Nothing where it has gone."""
    with suppress(ProcessLookupError):
        if not hasattr(os, "pidfd_open"):
            if identity.is_alive():
                os.kill(identity.pid, number)
            return
        descriptor = os.pidfd_open(identity.pid)
        try:
            if identity.is_alive():  # looked at once it is open: the descriptor is this process's for good
                signal.pidfd_send_signal(descriptor, number)
        finally:
            os.close(descriptor)


def kill_group(identity: ProcessIdentity) -> None:
    """Kill a worker and all it has started."""
    if identity.is_alive():
        with suppress(ProcessLookupError):
            os.killpg(identity.pid, signal.SIGKILL)


def kill_left_behind(identity: ProcessIdentity, paths: RunPaths) -> bool:
    """Kill what a worker that is dead had forked, where that still has the run's lock; whether there was any.

    While its group lives no other process is given its id: where there is one, the lock is somebody else's.
    """
    is_its_own = lock.is_held(paths.root) and lock.holder(paths.root) == identity.pid
    if not is_its_own or identify(identity.pid) is not None:
        return False
    try:
        os.killpg(identity.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # it has left the group
        return False
    return True


def start_in(entry: Entry, paths: RunPaths, slot: Slot, closed: Collection[str] = ()) -> Start:
    """How a run is started in a slot. A resumed one gets as many threads as it had on a CPU: they decide the last bits.

    `closed` are devices without slots.
    """
    was_there = entry.resume and entry.facts.get("device") == slot.device == "cpu"
    before = entry.facts.get("threads") if was_there else None
    threads = entry.threads or before or (len(slot.cores) or None)
    cores = slot.cores if threads == len(slot.cores) else ()
    return Start(paths, entry.resume, _device_in(entry, slot, closed), threads, cores)


def _device_in(entry: Entry, slot: Slot, closed: Collection[str]) -> str | None:
    """What the worker is told in place of what was asked for; None: that will do."""
    if slot.device != "cpu":
        asks_for_any = entry.device in ("auto", "cuda")  # auto:1 falls back to the CPU, cuda:1 does not
        return slot.device.replace("cuda", entry.device) if asks_for_any else None
    is_forest = entry.facts.get("model.kind") == "forest"
    if entry.device == "auto" and (is_forest or not CUDA_OF_AUTO.isdisjoint(closed)):
        return "cpu"  # else it would take a GPU; which may be one that the driver does not show
    return None


def lock_holder(paths: RunPaths) -> ProcessIdentity | None:
    """The worker that has a run now, whoever started it."""
    if not lock.is_held(paths.root):
        return None
    pid = lock.holder(paths.root)
    return None if pid is None else identify(pid)
