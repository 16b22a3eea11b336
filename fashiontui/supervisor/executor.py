"""Who carries out a run. Front ends know only this; today every run is a worker of our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.supervisor import worker as workers
from fashiontui.supervisor.ending import settle
from fashiontui.supervisor.worker import Worker


class Execution(Protocol):
    """A run that is being carried out."""

    @property
    def paths(self) -> RunPaths:
        """Its folder."""

    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""

    def settle(self) -> RunRecord:
        """Its final record, once it has ended."""

    def stop(self) -> None:
        """Ask for a checkpoint and an end."""

    def kill(self) -> None:
        """End it now."""


class Executor(Protocol):
    """Takes runs to carry out."""

    def begin(self, paths: RunPaths, *, resume: bool) -> Execution:
        """Start a queued run, or go on with one from its checkpoint."""


@dataclass(frozen=True, slots=True)
class LocalExecution:
    """A run in a worker this process started."""

    worker: Worker

    @property
    def paths(self) -> RunPaths:
        """Its folder."""
        return self.worker.paths

    def has_ended(self) -> bool:
        """Whether the worker has gone."""
        return self.worker.poll() is not None

    def settle(self) -> RunRecord:
        """Its final record; a worker that died without a word is spoken for."""
        return settle(self.worker)

    def stop(self) -> None:
        """Ask the worker for a checkpoint and its end."""
        self.worker.stop()

    def kill(self) -> None:
        """Kill the worker and all it started."""
        self.worker.kill()


@dataclass(frozen=True, slots=True)
class LocalExecutor:
    """Starts one worker a run."""

    command: Sequence[str] | None = None  # in place of the usual worker's

    def begin(self, paths: RunPaths, *, resume: bool) -> LocalExecution:
        """Start a worker."""
        return LocalExecution(workers.start(paths, resume=resume, command=self.command))
