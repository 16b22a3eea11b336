"""What a run's record says after its worker has gone."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fashiontui.runs import lock
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import Failure, RunRecord
from fashiontui.runs.state import RunState
from fashiontui.supervisor.worker import Worker

TAIL_LINES: Final = 12
TAIL_BYTES: Final = 8192


@dataclass(frozen=True, slots=True)
class Ending:
    """How a worker ended. `status` is its exit status, negative for the signal that killed it."""

    status: int
    stopped_by: frozenset[int] = frozenset()  # signals we sent it for that
    log_offset: int = 0  # bytes of worker.log that older attempts wrote

    @property
    def words(self) -> str:
        """For a person: `was killed by SIGKILL`, `exited with status 1 without a word`."""
        if self.status >= 0:
            return f"exited with status {self.status} without saying why"
        try:
            name = signal.Signals(-self.status).name
        except ValueError:
            name = f"signal {-self.status}"
        return f"was killed by {name}"


def settle(worker: Worker) -> RunRecord:
    """The final record of the run whose worker has ended; see `settle_as`."""
    status = worker.wait()
    assert status is not None
    return settle_as(worker.paths, Ending(status, frozenset(worker.stopped_by), worker.log_offset))


def settle_as(paths: RunPaths, ending: Ending) -> RunRecord:
    """The final record of a run; a worker that left it `starting` or `running` is spoken for.

    Raises RunError, and changes nothing, where another worker has the run.
    """
    with lock.hold(paths.root):
        record = RunRecord.load(paths.record)
        if record.state.is_ended:
            return record
        if -ending.status in ending.stopped_by:  # before it began to listen, or because it did not
            record = record.in_state(RunState.STOPPED)
        else:
            record = record.in_state(RunState.FAILED, failure=_failure(paths, ending))
        record.save(paths.record)
        return record


def _failure(paths: RunPaths, ending: Ending) -> Failure:
    lines = last_lines(paths.log, ending.log_offset)
    said = ["Its last words:", *(f"  {line}" for line in lines)] if lines else ["It had said nothing."]
    kind = "WorkerKilled" if ending.status < 0 else "WorkerCrashed"
    return Failure(
        kind=kind, message="\n".join([f"The worker {ending.words}.", *said]), hint=_hint(paths, ending)
    )


def _hint(paths: RunPaths, ending: Ending) -> str:
    hints = []
    if ending.status == -signal.SIGKILL:
        hints.append("Linux does this when memory runs out; `dmesg` would tell.")
    if paths.checkpoint.exists():
        hints.append(f"Go on from the last checkpoint: fashiontui run --headless --resume {paths.run_id}")
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
    return [line.rstrip() for line in lines if line.strip()][-TAIL_LINES:]
