"""The life of a run."""

from __future__ import annotations

from enum import StrEnum


class RunState(StrEnum):
    """`queued → starting → running → finished | failed | stopped | paused`, or `lost` without a word."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    PAUSED = "paused"
    LOST = "lost"

    @property
    def is_live(self) -> bool:
        """Whether a worker has it, or is about to."""
        return self in (RunState.STARTING, RunState.RUNNING)

    @property
    def is_ended(self) -> bool:
        """Whether nothing more happens unless someone asks."""
        return self not in (RunState.QUEUED, RunState.STARTING, RunState.RUNNING)

    @property
    def can_resume(self) -> bool:
        """Whether it may go on from its last checkpoint."""
        return self in (RunState.LOST, RunState.PAUSED, RunState.STOPPED, RunState.FAILED)
