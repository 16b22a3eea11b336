"""What a follower of runs tells its user, in whichever form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fashiontui.runs.outcome import Outcome
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import RunRecord

if TYPE_CHECKING:
    from fashiontui.headless.streams import SteadyStream  # with rich: what only lists runs does without


@dataclass(frozen=True, slots=True)
class EpochPoint:
    """The end of an epoch; what was not recorded is None."""

    epoch: int
    step: int
    train_loss: float | None
    train_accuracy: float | None
    valid_loss: float | None
    valid_accuracy: float | None
    samples_per_second: float | None


class Renderer(Protocol):
    """Results are data and go to stdout; everything else is narration and goes to stderr."""

    @property
    def out(self) -> SteadyStream:
        """Where results go."""

    def preparing(self, paths: RunPaths, experiment: str) -> None:
        """A worker is being started on a run."""

    def started(self, paths: RunPaths, record: RunRecord) -> None:
        """The worker has device, data and network, and begins to train."""

    def progressed(self, paths: RunPaths, progress: Progress) -> None:
        """The run moved on; comes a few times a second."""

    def epoch(self, record: RunRecord, point: EpochPoint) -> None:
        """An epoch ended."""

    def ended(self, outcome: Outcome) -> None:
        """The run came to an end, of whatever kind."""

    def not_started(self, outcome: Outcome) -> None:
        """The run was taken out of the queue before it began; a note says how to put it back."""

    def note(self, text: str) -> None:
        """Something the user should know."""

    def close(self) -> None:
        """Leave the terminal as it was; no more is to be told."""
