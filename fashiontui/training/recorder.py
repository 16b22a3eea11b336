"""Where a run's measurements go: events for the record, progress.json for a glance."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from fashiontui.runs.paths import RunPaths
from fashiontui.runs.progress import Progress
from fashiontui.training.evaluate import Score
from fashiontui.training.event_writer import EventWriter, Value
from fashiontui.training.load import OwnLoad
from fashiontui.training.pace import Pace

PROGRESS_INTERVAL_S = 0.25


class Recorder:
    """Writes what is measured; knows nothing of how."""

    def __init__(self, paths: RunPaths, writer: EventWriter, progress: Progress, load: OwnLoad) -> None:
        self.writer = writer
        self._load = load
        self._path = paths.progress
        self._progress = progress
        self._next = 0.0
        self._pace = Pace(progress.step, time.monotonic())

    def scalars(self, step: int, values: Mapping[str, Value]) -> None:
        """Record values at a step."""
        self.writer.add(step, values)

    def batch(self, step: int, score: Score, learning_rate: float) -> None:
        """A point of the running training score."""
        self.writer.add(
            step,
            {
                "loss/batch": score.loss,
                "accuracy/batch": score.accuracy,
                "optimizer/learning_rate": learning_rate,
            },
        )
        self._progress = self._progress.model_copy(update={"batch_loss": score.loss})

    def epoch(self, step: int, epoch: int, train: Score, valid: Score, more: Mapping[str, Value]) -> None:
        """The end of an epoch, in one event."""
        values: dict[str, Value] = {
            "loss/train": train.loss,
            "loss/valid": valid.loss,
            "accuracy/train": train.accuracy,
            "accuracy/valid": valid.accuracy,
            "gap/accuracy": train.accuracy - valid.accuracy,
            "progress/epoch": float(epoch),
            **self._load.values(),
            **more,
        }
        self.writer.add(step, values)
        self.writer.flush()
        self._pace.mark(step, time.monotonic())

    def due(self) -> bool:
        """Whether a glance is due; called every step, so it costs one look at the clock."""
        return time.monotonic() >= self._next

    def glance(self, **facts: Any) -> None:
        """Replace progress.json, with the time left worked out from the pace of late, evaluation and all.

        Facts that come sooner than is due wait for the next glance; a new phase does not.
        """
        self._progress = self._progress.model_copy(update=facts)
        if not self.due() and "phase" not in facts:
            return
        now = time.monotonic()
        self._next = now + PROGRESS_INTERVAL_S
        pace = self._pace.steps_per_second(self._progress.step, now)
        left = None if pace is None else (self._progress.steps - self._progress.step) / pace
        self._progress = self._progress.model_copy(update={"eta_seconds": left, "updated": time.time()})
        self._progress.save(self._path)


def scores_words(train: Score, valid: Score) -> str:
    """What an epoch came to, for the log."""
    return (
        f"train loss {train.loss:.4f}, accuracy {train.accuracy:.4f}; "
        f"valid loss {valid.loss:.4f}, accuracy {valid.accuracy:.4f}"
    )
