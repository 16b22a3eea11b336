"""What a supervisor writes into a run's record on behalf of a worker that is not there: not yet, or not any more."""

from __future__ import annotations

import os
import shlex
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fashiontui.errors import FashiontuiError, RunError
from fashiontui.runs import lock
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import Failure, RunRecord
from fashiontui.runs.registry.entry import Wanted
from fashiontui.runs.state import RunState
from fashiontui.supervisor.starter import LOST

TAIL_LINES: Final = 12
TAIL_COLUMNS = 300  # of each: a crash may list all that was imported
TAIL_BYTES: Final = 8192
SIGNALS: Final = {  # how a worker is asked; and what it dies of if it does not listen yet
    Wanted.PAUSE: signal.SIGUSR1,
    Wanted.STOP: signal.SIGTERM,
    Wanted.KILL: signal.SIGKILL,
}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a worker ended. `status` is its exit status, negative for the signal that killed it, or `LOST`."""

    status: int
    asked: Wanted | None = None  # what it had been signalled
    log_offset: int = 0  # bytes of worker.log that older attempts wrote

    @property
    def was_asked_for(self) -> bool:
        """Whether it is what we did to it, as far as can be known."""
        if self.asked is None:
            return False
        return self.status in (LOST, -SIGNALS[self.asked])

    @property
    def words(self) -> str:
        """For a person: `was killed by SIGKILL`, `exited with status 1 without saying why`."""
        if self.status == LOST:
            return "vanished while nobody watched it: killed, or the machine went down"
        if self.status >= 0:
            return f"exited with status {self.status} without saying why"
        try:
            name = signal.Signals(-self.status).name
        except ValueError:
            name = f"signal {-self.status}"
        return f"was killed by {name}"


def note_starting(paths: RunPaths) -> int:
    """Mark a run `starting`; how much its worker.log holds already.

    TakenError where a worker has it, RunError where one has finished it: one that a killed supervisor had started, and had no time to
    note.
    """
    with lock.hold(paths.root, as_worker=False):
        record = RunRecord.load(paths.record)
        if record.state is RunState.FINISHED:
            raise RunError(f"run {paths.run_id} is finished already")
        if record.state is not RunState.STARTING:
            record.in_state(RunState.STARTING, failure=None).save(paths.record)
    return paths.log.stat().st_size if paths.log.exists() else 0


def note_withdrawn(paths: RunPaths, wanted: Wanted) -> RunRecord:
    """The record of a run that is paused or stopped before its worker was there."""
    with lock.hold(paths.root, as_worker=False):
        record = RunRecord.load(paths.record)
        if not record.state.is_ended:
            record = record.in_state(wanted.leads_to)
            record.save(paths.record)
        return record


def note_failed_start(paths: RunPaths, error: Exception) -> RunRecord:
    """The record of a run that no worker could be started on."""
    told = error if isinstance(error, FashiontuiError) else FashiontuiError(str(error))
    message = f"no worker could be started: {told.message}"
    failure = Failure(kind=type(error).__name__, message=message, hint=told.hint)
    with lock.hold(paths.root, as_worker=False):
        record = RunRecord.load(paths.record)
        if not record.state.is_ended:
            record = record.in_state(RunState.FAILED, failure=failure)
            record.save(paths.record)
        return record


def settle_as(paths: RunPaths, ending: Ending) -> RunRecord:
    """The final record of a run; a worker that left it `starting` or `running` is spoken for.

    Raises RunError, and changes nothing, where another worker has the run.
    """
    with lock.hold(paths.root, as_worker=False):
        record = RunRecord.load(paths.record)
        if record.state.is_ended:
            return record
        if ending.was_asked_for and ending.asked is not None:
            record = record.in_state(ending.asked.leads_to)
        else:
            state = RunState.LOST if ending.status == LOST else RunState.FAILED
            record = record.in_state(state, failure=_failure(paths, ending))
        record.save(paths.record)
        return record


def _failure(paths: RunPaths, ending: Ending) -> Failure:
    lines = last_lines(paths.log, ending.log_offset)
    said = ["Its last words:", *(f"  {line}" for line in lines)] if lines else ["It had said nothing."]
    kinds = {True: "WorkerKilled", False: "WorkerCrashed"}
    return Failure(
        kind="WorkerLost" if ending.status == LOST else kinds[ending.status < 0],
        message="\n".join([f"The worker {ending.words}.", *said]),
        hint=_hint(paths, ending),
    )


def _hint(paths: RunPaths, ending: Ending) -> str:
    hints = []
    if ending.status == -signal.SIGKILL:
        hints.append("Linux does this when memory runs out; `dmesg` would tell.")
    if paths.checkpoint.exists():
        hints.append(f"Go on from the last checkpoint: fashiontui resume {shlex.quote(str(paths.root))}")
    return " ".join(hints)


def last_lines(path: Path, offset: int = 0) -> list[str]:
    """The last lines of a log from a byte on, without control characters; empty where there is no log."""
    try:
        with path.open("rb") as file:
            file.seek(max(offset, file.seek(0, os.SEEK_END) - TAIL_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    lines = ["".join(c for c in line if c.isprintable() or c == "\t") for line in text.splitlines()]
    last = [line.rstrip() for line in lines if line.strip()][-TAIL_LINES:]
    return [line if len(line) <= TAIL_COLUMNS else line[: TAIL_COLUMNS - 1] + "…" for line in last]
