"""Plain lines, for logs of CI jobs and for pipes."""

from __future__ import annotations

from dataclasses import dataclass

from fashiontui.headless import words
from fashiontui.headless.renderer import EpochPoint
from fashiontui.headless.streams import SteadyStream
from fashiontui.runs.outcome import Outcome
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import RunRecord


@dataclass
class PlainRenderer:
    """A line when a run starts, one an epoch, and one at its end; only the last is data."""

    out: SteadyStream
    err: SteadyStream

    def preparing(self, paths: RunPaths, experiment: str) -> None:
        """Say nothing yet: a start line with all facts follows."""

    def started(self, paths: RunPaths, record: RunRecord) -> None:
        """The start line."""
        self.err.line(words.start_line(paths, record))

    def progressed(self, paths: RunPaths, progress: Progress) -> None:
        """Say nothing: epochs are news enough."""

    def epoch(self, record: RunRecord, point: EpochPoint) -> None:
        """An epoch's line."""
        self.err.line(words.epoch_line(record, point))

    def ended(self, outcome: Outcome) -> None:
        """The end line, after the reason of a failure."""
        for line in words.error_lines(outcome):
            self.err.line(line)
        self.out.line(words.end_line(outcome))

    def close(self) -> None:
        """Nothing to put back."""

    def not_started(self, outcome: Outcome) -> None:
        """Say nothing: one note tells of all such runs."""

    def note(self, text: str) -> None:
        """A line of its own."""
        self.err.line(text)
