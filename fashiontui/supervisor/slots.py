"""Device slots: how many runs go on at once, on what, and which queued run gets which."""

from __future__ import annotations

import itertools
import math
import os
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fashiontui.runs.registry.entry import Entry

CORES_A_SLOT: Final = 4  # what one small network makes use of
NVIDIA: Final = Path("/proc/driver/nvidia/gpus")
VISIBLE: Final = "CUDA_VISIBLE_DEVICES"
CONTROL_GROUP: Final = Path("/sys/fs/cgroup")
QUOTA_AND_PERIOD: Final = (("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us"))  # versions 2, 1


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for one run. `cores` are its own; none where it has the whole machine."""

    device: str  # cpu, cuda:0, …
    number: int
    cores: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """`cpu/0`, `cuda:1/0`."""
        return f"{self.device}/{self.number}"


@dataclass(frozen=True, slots=True)
class Machine:
    """All slots, and the devices that `[devices]` gives none."""

    slots: tuple[Slot, ...]
    closed: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, devices: Mapping[str, int], cores: Sequence[int], gpus: int, quota: int | None = None
    ) -> Machine:
        """What `[devices]` says, else one slot a GPU, and one for every four cores, of no more than a container's quota."""
        usable = cores[:quota]
        limits = {"cpu": devices.get("cpu", max(1, len(usable) // CORES_A_SLOT))}
        for name in [f"cuda:{index}" for index in range(gpus)] + sorted(devices):
            if name.startswith("cuda:"):
                limits[name] = devices.get(name, devices.get("cuda", 1))
        dealt = shares(usable, limits["cpu"])
        if len(dealt) == 1 and len(usable) < len(cores):  # or a lone run would have a thread for each core
            dealt = [tuple(usable)]
        slots = [Slot("cpu", number, share) for number, share in enumerate(dealt)]
        slots += [Slot(name, n) for name, limit in limits.items() if name != "cpu" for n in range(limit)]
        closed = {name for name, limit in {**devices, **limits}.items() if limit == 0}
        return cls(tuple(slots), frozenset(closed))

    def without(self, devices: Collection[str]) -> Machine:
        """The same, less devices that turned out to be of no use."""
        return Machine(tuple(slot for slot in self.slots if slot.device not in devices), self.closed)

    @property
    def has_gpu(self) -> bool:
        """Whether some slot is on a GPU."""
        return any(slot.device != "cpu" for slot in self.slots)

    def slots_for(self, entry: Entry) -> list[Slot]:
        """The slots a run may have. `auto` waits for a GPU where there is one; a forest has no use for it.

        Where a GPU is asked for that is not there, any slot will do: the worker says what is wrong.
        """
        wanted = self.device_of(entry)
        if wanted == "cuda" and self.has_gpu:
            # `cuda = 0` may close all but one that has a number of its own.
            return [slot for slot in self.slots if slot.device != "cpu"]
        if wanted in self.closed:
            return []
        return [slot for slot in self.slots if slot.device == wanted] or list(self.slots)

    def device_of(self, entry: Entry) -> str:
        """What a run waits for: cpu, cuda (any GPU) or cuda:N."""
        if entry.facts.get("model.kind") == "forest":
            return "cpu"
        if entry.device == "auto":
            return "cuda" if self.has_gpu else "cpu"
        return entry.device


def count_gpus(folder: Path = NVIDIA, environment: Mapping[str, str] = os.environ) -> int:
    """GPUs the driver knows of, and `CUDA_VISIBLE_DEVICES` leaves; asking CUDA itself is for workers alone."""
    try:
        known = sum(1 for _ in folder.iterdir())
    except OSError:
        return 0
    visible = environment.get(VISIBLE)
    return known if visible is None else min(known, _named(visible))


def _named(visible: str) -> int:
    """How many devices a list names; as for CUDA itself, it ends at the first that is none."""
    names = (name.strip() for name in visible.split(","))
    return sum(1 for _ in itertools.takewhile(lambda name: name not in ("", "-1"), names))


def cpu_quota(folder: Path = CONTROL_GROUP) -> int | None:
    """How many cores' time a container may take (`docker run --cpus`), rounded up; None where it may take all of it."""
    for names in QUOTA_AND_PERIOD:
        try:
            quota, period = (int(word) for name in names for word in (folder / name).read_text().split())
        except (OSError, ValueError):  # no such file, or `max`
            continue
        if quota > 0 < period:
            return math.ceil(quota / period)
    return None


def own_cores(quota: int | None, host: str) -> list[int]:
    """The cores this process may run on, those first that a container with a quota had best pin its runs to.

    Containers on one machine see the same cores; by their host names they begin at different ones.
    """
    if not hasattr(os, "sched_getaffinity"):
        return list(range(os.cpu_count() or 1))
    cores = sorted(os.sched_getaffinity(0))
    first = zlib.crc32(host.encode()) % len(cores) if quota is not None and quota < len(cores) else 0
    return cores[first:] + cores[:first]


def shares(cores: Sequence[int], parts: int) -> list[tuple[int, ...]]:
    """Cores dealt out as evenly as can be; one part needs no share, and where parts outnumber cores, they overlap."""
    if parts == 1:
        return [()]
    if parts >= len(cores):
        return [(cores[part % len(cores)],) for part in range(parts)]
    size, larger = divmod(len(cores), parts) if parts else (0, 0)
    starts = [part * size + min(part, larger) for part in range(parts + 1)]
    return [tuple(cores[start:end]) for start, end in itertools.pairwise(starts)]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which queued runs start where now, and why the others wait."""

    starts: tuple[tuple[Entry, Slot], ...]
    reasons: Mapping[str, str]  # by key


def assign(queue: Sequence[Entry], machine: Machine, taken: Mapping[str, str]) -> Assignment:
    """Hand out free slots in the queue's order; `taken` are names of slots and what is in them.

    A run that waits for one device does not keep those behind it from another.
    """
    held = dict(taken)
    starts: list[tuple[Entry, Slot]] = []
    reasons: dict[str, str] = {}
    for entry in queue:
        slots = machine.slots_for(entry)
        free = next((slot for slot in slots if slot.name not in held), None)
        if free is None:
            reasons[entry.key] = _reason(machine.device_of(entry), slots, held)
        else:
            starts.append((entry, free))
            held[free.name] = entry.key
    return Assignment(tuple(starts), reasons)


def _reason(device: str, slots: Sequence[Slot], held: Mapping[str, str]) -> str:
    if not slots:
        return f"[devices] in the experiments file gives {device} no slot"
    devices = ", ".join(dict.fromkeys(slot.device for slot in slots))
    holders = ", ".join(dict.fromkeys(held[slot.name] for slot in slots))
    if len(slots) == 1:
        return f"{devices} is taken by {holders}"
    return f"all {len(slots)} slots of {devices} are taken by {holders}"
