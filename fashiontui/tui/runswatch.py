"""The runs of a logs folder as they get on: its registry, and the progress of those that are live."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from fashiontui.runs.progress import Progress
from fashiontui.runs.registry.entry import Entry
from fashiontui.runs.registry.facts import position_of, with_progress
from fashiontui.runs.registry.present import present
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState
from fashiontui.supervisor.presence import attached, supervisor_pid
from fashiontui.supervisor.queue import devices_of, is_held, set_devices
from fashiontui.supervisor.slots import Machine, count_gpus, cpu_quota
from fashiontui.tui.project import FREE, ProjectSnapshot

Stamp = tuple[object, ...]
NOT_THERE: Final = 0
NANO: Final = 1e9
SILENT_S: Final = (
    30.0  # after which a live run is looked for itself: a supervisor may have a disk that takes nothing
)
FOLDERS_S: Final = (
    1.0  # between looks at which runs there are and how far they got, where the registry tells nothing
)


class RunsWatch:
    """Belongs to one thread. While it is open, the folder's supervisor does not end for want of work."""

    def __init__(
        self,
        logs: Path,
        *,
        read_only: bool,
        warn: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._logs = logs
        self._clock = clock
        self.is_provisional = (
            not logs.is_dir()
        )  # nothing to be read yet, and nothing to keep anyone from writing
        self._registry = Registry.open(logs, warn=warn, create=logs.is_dir(), read_only=read_only)
        self._attachment = contextlib.ExitStack()
        if not self._registry.read_only:
            self._attachment.enter_context(attached(logs))
        self._version: int | None = None
        self._entries: tuple[Entry, ...] = ()
        self._slots: tuple[str, ...] = ()
        self._is_held = False
        self._devices: Mapping[str, int] = {}  # as the experiments file has them
        self._gpus, self._quota = count_gpus(), cpu_quota()
        self._stamp: Stamp | None = None
        self._progress: tuple[int, ...] = ()
        self._due = 0.0

    @property
    def read_only(self) -> bool:
        """Whether nothing can be changed here."""
        return self._registry.read_only and not self.is_provisional

    def close(self) -> None:
        """Let go of the folder."""
        self._registry.close()
        self._attachment.close()

    def give_devices(self, devices: Mapping[str, int]) -> None:
        """The experiments file says now how many runs each takes: that holds for what waits, too."""
        if not self._registry.read_only:
            set_devices(self._registry, devices)
        self._devices = devices
        self._version = None  # our own changes do not count in it

    def poll(self) -> bool:
        """Look for what is new; whether there was something."""
        is_due = self._clock() >= self._due
        came = is_due and self._registry.refresh()
        version = self._registry.version()
        is_changed = came or version != self._version
        if is_changed:
            self._version = version
            self._entries = tuple(map(self._placed, self._registry.entries()))
            self._slots = self._slot_names()
            self._is_held = is_held(self._registry)
        pid = None if self._registry.read_only else supervisor_pid(self._logs)
        if is_due:
            self._due = self._clock() + FOLDERS_S
        if is_changed or is_due:
            self._progress = tuple(_written_ns(entry.paths(self._logs).progress) for entry in self._live())
        stamp = (version, len(self._entries), self._progress, pid)
        is_new, self._stamp = came or stamp != self._stamp, stamp
        return is_new

    def snapshot(self, blank: ProjectSnapshot) -> ProjectSnapshot:
        """`blank`, with the runs as they were found."""
        pid = None if self._registry.read_only else supervisor_pid(self._logs)
        entries = tuple(self._shown(entry, blank.now, is_attended=pid is not None) for entry in self._entries)
        return replace(
            blank,
            entries=entries,
            supervisor_pid=pid,
            read_only=self.read_only or blank.read_only,
            slots=self._taken(entries),
            is_held=self._is_held,
        )

    def _live(self) -> list[Entry]:
        return [entry for entry in self._entries if entry.state.is_live]

    def _shown(self, entry: Entry, now: float, *, is_attended: bool) -> Entry:
        """A live run as it is now; whether it still is, where no supervisor looks after it, or it gave no sign for long."""
        if not entry.state.is_live:
            return entry
        last_sign = max(entry.state_since, _written_ns(entry.paths(self._logs).progress) / NANO)
        is_sure = is_attended and now - last_sign < SILENT_S
        return with_progress(entry, self._logs) if is_sure else present(entry, self._logs, now)

    def _placed(self, entry: Entry) -> Entry:
        """A paused run with how far it came."""
        progress = Progress.load(entry.paths(self._logs).progress) if entry.state is RunState.PAUSED else None
        if progress is None:
            return entry
        return replace(entry, facts={**entry.facts, **position_of(progress)})

    def _slot_names(self) -> tuple[str, ...]:
        devices = self._devices if self.is_provisional else devices_of(self._registry)
        machine = Machine.of(devices, _cores(), self._gpus, self._quota)
        return tuple(slot.name for slot in machine.slots)

    def _taken(self, entries: tuple[Entry, ...]) -> Mapping[str, str]:
        holders = {entry.slot: entry.key for entry in entries if entry.state.is_live and entry.slot}
        return {**dict.fromkeys(self._slots, FREE), **holders}


def _written_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return NOT_THERE


def _cores() -> list[int]:
    """Those the supervisor may use, which this process starts."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))
