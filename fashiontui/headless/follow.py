"""Follow one run from its start to its end, by the files it writes."""

from __future__ import annotations

from fashiontui.errors import RunError
from fashiontui.headless.epochs import EpochReader
from fashiontui.headless.renderer import Renderer
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import Failure, RunRecord
from fashiontui.runs.state import RunState


class Watch:
    """What of a run has been told already. Attempts before the one under way, or to come, are old news."""

    def __init__(self, paths: RunPaths, renderer: Renderer, first_record: RunRecord) -> None:
        self.paths = paths
        self.first_record = first_record
        self._renderer = renderer
        is_under_way = first_record.state is RunState.RUNNING
        self._attempts_before = len(first_record.attempts) - is_under_way
        self._record: RunRecord | None = None  # once the run has begun
        self._epochs = EpochReader(paths.root)
        self._progress: Progress | None = None

    @property
    def has_begun(self) -> bool:
        """Whether its worker has been seen at work."""
        return self._record is not None

    def look(self) -> None:
        """Tell what is new."""
        if self._record is None:
            self._record = self._begun()
        if self._record is None or not self.paths.root.is_dir():  # deleted under us: the registry will say so
            return
        for point in self._epochs.poll(self._record.attempts[-1].from_step):
            self._renderer.epoch(self._record, point)
        progress = Progress.load(self.paths.progress)
        if progress is not None and progress != self._progress:
            self._progress = progress
            self._renderer.progressed(self.paths, progress)

    def _begun(self) -> RunRecord | None:
        """The record, once this attempt has device, data and network: only then its event file is open."""
        record = RunRecord.load(self.paths.record)
        if len(record.attempts) <= self._attempts_before or record.state is RunState.STARTING:
            return None
        self._renderer.started(self.paths, record)
        return record


def why_lost(paths: RunPaths) -> Failure:
    """What became of a run that the registry knows no more: its folder went, or says nothing that can be read."""
    if paths.root.exists():
        try:
            RunRecord.load(paths.record)
        except RunError as error:
            message = f"its run.json can't be read: {error.message}"
            return Failure(kind="RunUnreadable", message=message, hint=error.hint)
    return Failure(kind="RunDeleted", message="it was deleted meanwhile, so there is no result")
