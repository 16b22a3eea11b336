"""Follow one run from its start to its end, by the files it writes."""

from __future__ import annotations

import time
from typing import Final

from fashiontui.headless.epochs import EpochReader
from fashiontui.headless.interrupts import Interrupts
from fashiontui.headless.renderer import Renderer
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import RunRecord
from fashiontui.runs.state import RunState
from fashiontui.supervisor.executor import Execution

WAIT_S: Final = 0.1
LOOK_EVERY: Final = 3  # waits; a worker replaces its progress no more than four times a second


def follow(
    execution: Execution, renderer: Renderer, interrupts: Interrupts, attempts_before: int = 0
) -> RunRecord | None:
    """Tell the renderer all that happens; the final record, or None where the terminal hung up meanwhile.

    A stop is passed on to the run, which then ends by itself; a second one kills it.
    """
    watch = _Watch(execution.paths, renderer, attempts_before)
    requests = _Requests(execution, renderer, interrupts)
    waits = 0
    while not execution.has_ended():
        if interrupts.hung_up:
            return None
        requests.pass_on()
        if waits % LOOK_EVERY == 0:
            watch.look()
        time.sleep(WAIT_S)
        waits += 1
    record = execution.settle()
    watch.look()
    return record


class _Watch:
    """What of a run has been told already."""

    def __init__(self, paths: RunPaths, renderer: Renderer, attempts_before: int) -> None:
        self._paths = paths
        self._renderer = renderer
        self._attempts_before = attempts_before
        self._record: RunRecord | None = None  # once the run has begun
        self._epochs = EpochReader(paths.root)
        self._progress: Progress | None = None

    def look(self) -> None:
        """Tell what is new."""
        if self._record is None:
            self._record = self._begun()
        if self._record is None:
            return
        for point in self._epochs.poll(self._record.attempts[-1].from_step):
            self._renderer.epoch(self._record, point)
        progress = Progress.load(self._paths.progress)
        if progress is not None and progress != self._progress:
            self._progress = progress
            self._renderer.progressed(progress)

    def _begun(self) -> RunRecord | None:
        """The record, once this attempt has device, data and network: only then its event file is open."""
        record = RunRecord.load(self._paths.record)
        if len(record.attempts) <= self._attempts_before or record.state is RunState.STARTING:
            return None
        self._renderer.started(self._paths, record)
        return record


class _Requests:
    """Hands what the user asks on to the run, each request once."""

    def __init__(self, execution: Execution, renderer: Renderer, interrupts: Interrupts) -> None:
        self._execution = execution
        self._renderer = renderer
        self._interrupts = interrupts
        self._asked = False

    def pass_on(self) -> None:
        """Stop, or kill, where that is asked."""
        if self._interrupts.kill_asked:
            self._execution.kill()
        elif self._interrupts.stop_asked and not self._asked:
            self._asked = True
            name = f"{self._execution.paths.experiment} {self._execution.paths.run_id}"
            self._renderer.note(f"stopping {name} after a checkpoint; Ctrl-C again ends it at once")
            self._execution.stop()
