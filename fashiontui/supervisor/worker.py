"""One worker process: started, watched, signalled, and its end written down where it could not do so itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from fashiontui.errors import RunError
from fashiontui.runs import lock
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.runs.state import RunState
from fashiontui.supervisor.identity import ProcessIdentity, identify

# -P: a random.py in the folder we are called from is not ours; faulthandler: a segfault says where, in worker.log
COMMAND: Sequence[str] = (sys.executable, "-P", "-u", "-X", "faulthandler", "-m", "fashiontui.training")

# OpenMP threads that wait for each other spin, and by default for so long that runs which share the cores slow each
# other ten- to eightyfold. A short spin costs a lone run nothing (measured: docs/experiments.md).
SHORT_SPIN: Final = {"GOMP_SPINCOUNT": "2000"}


@dataclass(slots=True)
class Worker:
    """A worker this process started: in a session of its own, so that it outlives its starter's terminal."""

    paths: RunPaths
    process: subprocess.Popen[bytes]
    identity: ProcessIdentity
    log_offset: int  # bytes of worker.log that older attempts wrote
    stopped_by: set[int] = field(default_factory=set)  # signals it was sent to end it

    def poll(self) -> int | None:
        """The exit status (negative: the signal that killed it), None while it lives."""
        return self.process.poll()

    def wait(self, timeout_s: float | None = None) -> int | None:
        """Wait for its end, at most so long; None if it still lives."""
        try:
            return self.process.wait(timeout_s)
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


def _environment() -> dict[str, str]:
    """Ours, and how OpenMP's threads wait where nobody has said so yet."""
    said = "OMP_WAIT_POLICY" in os.environ
    return dict(os.environ) if said else {**SHORT_SPIN, **os.environ}


def start(paths: RunPaths, *, resume: bool = False, command: Sequence[str] | None = None) -> Worker:
    """Mark the run `starting` and start a worker on it; RunError where that can't be done, or one has it already.

    Of two workers started at the same moment, one gets the run's lock and the other one ends.
    """
    with lock.hold(paths.root):
        record = RunRecord.load(paths.record)
        record.in_state(RunState.STARTING, failure=None).save(paths.record)
    arguments = [*(command or COMMAND), str(paths.root), *(["--resume"] if resume else [])]
    try:
        with paths.log.open("ab") as log:
            offset = log.tell()
            process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=_environment(),
            )
    except OSError as error:
        record.save(paths.record)
        raise RunError(f"no worker could be started for run {paths.run_id}: {error}") from error
    identity = identify(process.pid) or ProcessIdentity(process.pid, "")
    return Worker(paths, process, identity, offset)
