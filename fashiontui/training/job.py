"""What a run needs to do its work: its folder, its record, and the flag that stops it."""

from __future__ import annotations

import time
from typing import Any

from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.runs.state import RunState
from fashiontui.tfevents.reader import RunReader
from fashiontui.training.event_writer import EventWriter
from fashiontui.training.stop import StopFlag


def say(text: str) -> None:
    """A line for worker.log."""
    print(text, flush=True)  # noqa: T201 - the worker's stdout is its log


class Job:
    """One attempt at one run."""

    def __init__(self, paths: RunPaths, record: RunRecord, stop: StopFlag) -> None:
        self.paths = paths
        self.record = record
        self.stop = stop
        self.attempted = False  # whether run.json has an entry for this attempt
        self.train_seconds = 0.0  # of this attempt, once training has ended
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since this attempt began."""
        return time.monotonic() - self._started

    def update(self, **facts: Any) -> None:
        """Put facts into run.json."""
        self.record = self.record.model_copy(update=facts)
        self.record.save(self.paths.record)

    def running(self) -> None:
        """Say that training has begun."""
        self.record = self.record.in_state(RunState.RUNNING)
        self.record.save(self.paths.record)

    def writer(self, from_step: int, *, resumed: bool) -> EventWriter:
        """A new event file; after a resume it makes readers drop what lies past the checkpoint."""
        if not resumed and not any(self.paths.root.glob("*tfevents*")):
            return EventWriter(self.paths.root)
        return EventWriter(self.paths.root, purge_step=from_step + 1 if resumed else 0)

    def is_recorded(self, tag: str) -> bool:
        """Whether the event files hold a tag already: a run killed at its very end must not write it twice."""
        reader = RunReader(self.paths.root, scalars_only=True)
        reader.poll()
        return tag in reader.scalars
