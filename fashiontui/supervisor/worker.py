"""One worker process: started, watched, signalled, and its end written down where it could not do so itself."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from fashiontui.errors import RunError
from fashiontui.runs import lock
from fashiontui.runs.identity import ProcessIdentity
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.runs.state import RunState
from fashiontui.supervisor.starter import COMMAND, FreshHandle, FreshStarter, Start


@dataclass(slots=True)
class Worker:
    """A worker this process started: in a session of its own, so that it outlives its starter's terminal."""

    paths: RunPaths
    handle: FreshHandle
    log_offset: int  # bytes of worker.log that older attempts wrote
    stopped_by: set[int] = field(default_factory=set)  # signals it was sent to end it

    @property
    def identity(self) -> ProcessIdentity:
        """Its process."""
        return self.handle.identity

    def poll(self) -> int | None:
        """The exit status (negative: the signal that killed it), None while it lives."""
        return self.handle.poll()

    def wait(self, timeout_s: float | None = None) -> int | None:
        """Wait for its end, at most so long; None if it still lives."""
        try:
            return self.handle.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        """Ask for a checkpoint and an end: state `stopped`."""
        self.stopped_by.add(signal.SIGTERM)
        self._signal(signal.SIGTERM)

    def pause(self) -> None:
        """Ask for a checkpoint and an end: state `paused`."""
        self._signal(signal.SIGUSR1)

    def kill(self) -> None:
        """End it and all it started, now; what follows the last checkpoint is lost."""
        if self.poll() is None:
            self.stopped_by.add(signal.SIGKILL)
            with suppress(ProcessLookupError):
                os.killpg(self.identity.pid, signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self.poll() is None:  # not yet collected, so the id is still its own
            os.kill(self.identity.pid, number)


def start(paths: RunPaths, *, resume: bool = False, command: Sequence[str] | None = None) -> Worker:
    """Mark the run `starting` and start a worker on it; RunError where that can't be done, or one has it already.

    Of two workers started at the same moment, one gets the run's lock and the other one ends.
    """
    with lock.hold(paths.root):
        record = RunRecord.load(paths.record)
        record.in_state(RunState.STARTING, failure=None).save(paths.record)
    offset = paths.log.stat().st_size if paths.log.exists() else 0
    try:
        handle = FreshStarter(command or COMMAND).start(Start(paths, resume))
    except RunError:
        record.save(paths.record)
        raise
    return Worker(paths, handle, offset)
