"""The supervisor: compares what is wanted with what is, and acts. It owns no state that is not on disk.

Every tick looks after the live runs, obeys what clients want of them, and starts queued runs in free slots. It may
be killed at any moment: the next one finds the workers by their identity, and the rest in the registry.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Final

from fashiontui.errors import RunError
from fashiontui.runs.identity import ProcessIdentity
from fashiontui.runs.lock import TakenError
from fashiontui.runs.niceness import give_way
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState
from fashiontui.supervisor.charge import AdoptedHandle, Charge, kill_left_behind, lock_holder, start_in
from fashiontui.supervisor.ending import Ending, note_failed_start, note_starting, note_withdrawn, settle_as
from fashiontui.supervisor.log import told
from fashiontui.supervisor.queue import SETTINGS, WAITS_FOR_RELEASE, devices_of, is_held
from fashiontui.supervisor.slots import Machine, Slot, assign
from fashiontui.supervisor.starter import Starter

PATIENCE_S: Final = 20.0  # with a disk that takes nothing
NOBODY: Final = ProcessIdentity(0, "")


class Supervisor:
    """Carries out the queue of one logs folder."""

    def __init__(
        self,
        registry: Registry,
        starter: Starter,
        *,
        cores: Sequence[int],
        gpus: int,
        quota: int | None = None,  # how many of the cores' time there is, where that is less than all
        say: Callable[[str], None],
        complain: Callable[[str], None] | None = None,
        is_current: Callable[[], bool] = lambda: True,
    ) -> None:
        self.is_outdated = False  # the program was replaced: queued runs are the next supervisor's
        self._is_current = is_current
        self._registry = registry
        self._starter = starter
        self._cores = tuple(cores)
        self._gpus = gpus
        self._quota = quota
        self._say = say
        self._complain = complain or say
        self._charges: dict[str, Charge] = {}
        self._version: int | None = None  # of the registry, when last read
        self._slots_changed = True
        self._waiting = True  # whether runs were left in the queue; at first nobody knows
        self._last_complaint = ""
        self._useless: set[str] = set()  # GPUs that the driver shows and PyTorch can't use
        self._settings = _settings(registry)
        for entry in registry.live():
            self._adopt(entry)

    @property
    def has_work(self) -> bool:
        """Whether runs are live or wait."""
        return bool(self._charges) or self._waiting

    def tick(self) -> None:
        """One round; it does not wait."""
        version = self._registry.version()
        changed, self._version = version != self._version, version
        for charge in list(self._charges.values()):
            self._guarded(charge, self._look_after)
        if changed:
            self._obey()
        if changed or self._slots_changed:
            self._slots_changed = False
            self._hand_out()

    def go_over_to(self, registry: Registry) -> None:
        """Carry on with a registry that was made anew: it has no settings, and knows no worker without a lock."""
        self._registry, self._version = registry, None
        for name, value in self._settings.items():
            if registry.setting(name) is None:
                registry.set_setting(name, value)
        for key, charge in list(self._charges.items()):
            if charge.handle is None:
                del self._charges[key]
            else:
                registry.note_worker(key, charge.handle.identity, charge.log_offset)

    def close(self) -> None:
        """Let go of everything; the workers live on."""
        self._starter.close()

    def _guarded(self, charge: Charge, act: Callable[[Charge], None]) -> None:
        try:
            act(charge)
        except Exception as error:  # noqa: BLE001 - a border: one run's trouble must not be the queue's
            complaint = f"{charge.key}: {told(error)}"
            if complaint != self._last_complaint:  # a full disk would say so twenty times a second
                self._complain(complaint)
            self._last_complaint = complaint
            if not charge.has_worker and not charge.has_record:
                self._drop(charge)
            elif not charge.has_worker:
                self._bear(charge, error)

    def _bear(self, charge: Charge, error: Exception) -> None:
        """Keep why a run could not be started, to put it on record; not for ever where that, or its end, can't be put there."""
        if charge.error is None:
            charge.error, charge.error_since_s = error, time.monotonic()
        elif time.monotonic() - charge.error_since_s > PATIENCE_S:
            raise _unrecorded(charge, error) from error

    def _drop(self, charge: Charge) -> None:
        """Forget a run that no worker has, and whose folder or run.json is gone or broken.

        It is taken in like any new folder once it can be read again.
        """
        self._registry.note_state(charge.key, RunState.LOST, None)
        self._registry.forget(charge.key)
        self._say(f"{charge.key}: dropped, its run.json can't be read")
        del self._charges[charge.key]
        self._slots_changed = True

    # Taking over what an earlier supervisor left.

    def _adopt(self, entry: Entry) -> None:
        paths = entry.paths(self._registry.logs)
        worker = entry.worker or lock_holder(paths)
        if worker is None and entry.state is RunState.STARTING:
            self._say(f"{entry.key}: its worker was never started, so it goes back to the queue")
            self._registry.unclaim(entry.key)
            return
        if entry.worker is None and worker is not None:
            self._registry.note_worker(entry.key, worker, entry.log_offset)
        handle = AdoptedHandle(worker or NOBODY)
        self._charges[entry.key] = Charge(
            entry.key, paths, entry.slot or "", handle, None, entry.log_offset, entry.asked
        )
        if handle.poll() is None:
            self._say(f"{entry.key}: adopted, process {handle.identity.pid}")

    # Live runs.

    def _look_after(self, charge: Charge) -> None:
        if charge.handle is None:
            self._start(charge)
            return
        status = charge.handle.poll()
        if status is not None:
            self._settle(charge, status)
        elif charge.has_news():
            record = RunRecord.load(charge.paths.record)
            self._note_device(charge, record)
            if record.state.is_live:  # how it ended is told once the worker has gone, with all it held
                self._registry.note_state(charge.key, record.state, record)

    def _settle(self, charge: Charge, status: int) -> None:
        if charge.handle is not None and kill_left_behind(charge.handle.identity, charge.paths):
            self._say(f"{charge.key}: killed what its worker left behind")
        try:
            record = settle_as(charge.paths, Ending(status, charge.asked, charge.log_offset))
        except RunError:
            if not self._adopt_holder(charge):
                raise
        else:
            self._let_go(charge, record)

    def _adopt_holder(self, charge: Charge) -> bool:
        """Take the worker that holds the run's lock for its own, whoever started it; whether there is one."""
        worker = lock_holder(charge.paths)
        if worker is None:
            return False
        self._say(f"{charge.key}: a worker has it already, process {worker.pid}")
        self._registry.note_worker(charge.key, worker, charge.log_offset)
        charge.handle = AdoptedHandle(worker)
        return True

    def _note_device(self, charge: Charge, record: RunRecord) -> None:
        """A run in the slot of a GPU that went to the CPU tells that others need not wait for that GPU."""
        device = charge.slot.partition("/")[0]
        if charge.handle is None or not record.attempts or device == "cpu" or device in self._useless:
            return
        last = record.attempts[-1]  # which may be of a worker before this one
        if (last.pid, last.device) == (charge.handle.identity.pid, "cpu"):
            self._say(f"{device} can't be used (the run's log says why): it gets no more runs")
            self._useless.add(device)
            self._slots_changed = True

    def _let_go(self, charge: Charge, record: RunRecord) -> None:
        self._note_device(charge, record)
        self._registry.note_state(charge.key, record.state, record)
        self._say(f"{charge.key}: {record.state.value}")
        del self._charges[charge.key]
        self._slots_changed = True

    def _obey(self) -> None:
        for entry in self._registry.live():
            charge = self._charges.get(entry.key)
            if charge is None:
                self._adopt(entry)
            elif entry.wanted not in (Wanted.RUN, charge.asked) and charge.asked is not Wanted.KILL:
                self._ask(charge, entry.wanted)

    def _ask(self, charge: Charge, wanted: Wanted) -> None:
        if charge.handle is None:
            self._guarded(charge, partial(self._withdraw, wanted=wanted))
            return
        self._registry.note_asked(
            charge.key, wanted
        )  # first: a signal nobody remembers would look like a crash
        charge.ask(wanted)
        self._say(f"{charge.key}: asked to {wanted.value}")

    def _withdraw(self, charge: Charge, wanted: Wanted) -> None:
        self._let_go(charge, note_withdrawn(charge.paths, wanted))

    # Queued runs.

    def _hand_out(self) -> None:
        queue = self._registry.queue()
        self._waiting = bool(queue)
        if not queue:
            return
        self._settings = _settings(self._registry)
        if is_held(self._registry):
            self._registry.note_reasons({entry.key: WAITS_FOR_RELEASE for entry in queue})
            self._waiting = False  # for nothing that comes by itself
            return
        every = Machine.of(devices_of(self._registry), self._cores, self._gpus, self._quota)
        machine = every.without(self._useless)
        self._place_adopted(machine)
        taken = {charge.slot: charge.key for charge in self._charges.values()}
        assignment = assign(queue, machine, taken)
        if assignment.starts and not self._is_current():
            self.is_outdated = True
            return
        for entry, slot in assignment.starts:
            claimed = self._registry.claim(entry.key, slot.name)
            if claimed is not None:
                self._take_charge(claimed, slot, machine.closed)
        self._registry.note_reasons(assignment.reasons)
        self._waiting = bool(assignment.reasons)

    def _place_adopted(self, machine: Machine) -> None:
        """Find a slot for each worker that was found without: a registry made anew does not know it."""
        taken = {charge.slot for charge in self._charges.values()}
        for charge in self._charges.values():
            entry = None if charge.slot else self._registry.entry(charge.key)
            free = [slot.name for slot in machine.slots_for(entry) if slot.name not in taken] if entry else []
            if free:
                charge.slot = free[0]
                taken.add(free[0])

    def _take_charge(self, entry: Entry, slot: Slot, closed: Collection[str]) -> None:
        paths = entry.paths(self._registry.logs)
        charge = Charge(entry.key, paths, slot.name, start=start_in(entry, paths, slot, closed))
        self._charges[entry.key] = charge
        self._guarded(charge, self._start)

    def _start(self, charge: Charge) -> None:
        assert charge.start is not None
        if self._adopt_holder(charge):  # an earlier supervisor started it, and had no time to say so
            return
        if charge.error is not None and not isinstance(charge.error, TakenError):
            self._let_go(charge, note_failed_start(charge.paths, charge.error))
            return
        if not charge.is_marked:
            charge.log_offset = note_starting(charge.paths)
            charge.is_marked, charge.error = True, None
        charge.handle = self._starter.start(charge.start)
        if charge.handle is not None:
            give_way(charge.handle.identity.pid)
            self._registry.note_worker(charge.key, charge.handle.identity, charge.log_offset)
            self._say(f"{charge.key}: started in {charge.slot}, process {charge.handle.identity.pid}")


def _unrecorded(charge: Charge, error: Exception) -> RunError:
    if charge.handle is None:
        return RunError(
            f"run {charge.key} can neither be started nor be put on record as failed: {told(error)}",
            "It is still in the queue. Mend that, and run any command that starts runs.",
        )
    return RunError(
        f"run {charge.key} has ended, and how can't be put on record: {told(error)}",
        "Mend that. Any command that starts runs then puts it on record; its checkpoint and its log are in its folder.",
    )


def _settings(registry: Registry) -> dict[str, str]:
    """What is set of the queue, in case the registry goes."""
    found = {name: registry.setting(name) for name in SETTINGS}
    return {name: value for name, value in found.items() if value is not None}
