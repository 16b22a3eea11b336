"""One run as the registry knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from fashiontui.runs.identity import ProcessIdentity
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.state import RunState

FLOAT32: Final = 1e-6  # a share logged in 32 bits is that near to itself


class Wanted(StrEnum):
    """What clients want of a run."""

    RUN = "run"
    PAUSE = "pause"
    STOP = "stop"
    KILL = "kill"

    @property
    def leads_to(self) -> RunState:
        """The state a run is in once it has got its way before it began."""
        if self is Wanted.RUN:
            return RunState.QUEUED
        return RunState.PAUSED if self is Wanted.PAUSE else RunState.STOPPED


@dataclass(frozen=True, slots=True)
class Entry:
    """A run at one moment. Times are Unix seconds."""

    key: str  # "experiment/run_id", the names of its folders
    state: RunState
    state_since: float
    wanted: Wanted
    asked: Wanted | None  # what its worker has been signalled, this attempt
    resume: bool  # its next start goes on from the checkpoint
    device: str  # asked for: auto, cpu, cuda, cuda:N
    threads: int | None  # asked for
    slot: str | None  # while live: cpu/0, cuda:1/0
    priority: int  # higher first
    position: float  # order among equals
    created: float
    reason: str  # why it waits
    worker: ProcessIdentity | None
    attempts: int  # how often a worker was started
    log_offset: int  # bytes of worker.log that older attempts wrote
    facts: Mapping[str, Any]  # flat, for lists and filters: see facts_of

    @property
    def experiment(self) -> str:
        """The name of the folder above the run's."""
        return self.key.partition("/")[0]

    @property
    def is_synthetic(self) -> bool:
        """Whether its images were drawn by code."""
        return bool(self.facts.get("synthetic"))

    @property
    def best_valid(self) -> tuple[float, int | None] | None:
        """The best validation accuracy and its epoch; of equal ones the epoch whose model was tested."""
        facts, metric = self.facts, (self.facts.get("metrics") or {}).get("valid_accuracy", {})
        best, epoch, tested = metric.get("best"), metric.get("best_epoch"), facts.get("valid_accuracy")
        if tested is not None and (best is None or abs(best - tested) < FLOAT32):
            return tested, facts.get("best_epoch")
        return None if best is None else (best, epoch)

    @property
    def planned(self) -> int | None:
        """How many epochs it is to have; of a forest, how many trees."""
        settings = "model.trees" if self.unit == "tree" else "training.epochs"
        # Of one that has ended, how many it had is told, which may be fewer.
        told = self.facts.get("planned_epochs") if self.state.is_live else None
        return told or self.facts.get(settings)

    @property
    def unit(self) -> str:
        """What it is made of, one after the other: epochs; a forest, trees."""
        return "tree" if self.facts.get("model.kind") == "forest" else "epoch"

    @property
    def run_id(self) -> str:
        """The run's folder's own name."""
        return self.key.partition("/")[2]

    def paths(self, logs: Path) -> RunPaths:
        """Where its files are."""
        return RunPaths.of(logs, self.experiment, self.run_id)
