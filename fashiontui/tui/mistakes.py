"""Predictions and images of a run, read in threads for the pane that shows its mistakes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from fashiontui.config.problems import printable
from fashiontui.datasets.pick import Picker
from fashiontui.errors import FashiontuiError, RunError
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.predictions import SPLITS, Predictions, SplitName, predictions_path
from fashiontui.runs.record import RunRecord
from fashiontui.tui.pixels import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The predictions there are, by split, and what was wrong with others."""

    predictions: dict[SplitName, Predictions] = field(default_factory=dict)
    problem: str = ""


class PredictionFiles:
    """Those of one run, read again when they are replaced. Belongs to one thread at a time."""

    def __init__(self, root: Path) -> None:
        self._paths = RunPaths(root)
        self._stamps: dict[SplitName, tuple[int, int] | None] | None = None

    def look(self) -> Found | None:
        """All of them, where one is new."""
        stamps = {split: _stamp(predictions_path(self._paths, split)) for split in SPLITS}
        if stamps == self._stamps:
            return None
        self._stamps = stamps
        found: dict[SplitName, Predictions] = {}
        problem = ""
        for split in SPLITS:
            try:
                found[split] = Predictions.load(predictions_path(self._paths, split))
            except FileNotFoundError:
                continue
            except RunError as error:
                problem = printable(error.message)
        return Found(found, problem)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino


@dataclass(frozen=True, slots=True, eq=False)
class Images:
    """Images of some rows, in their order; or why there are none."""

    pixels: tuple[Pixels, ...] = ()
    problem: str = ""


class ImageSource:
    """The images of one run's split. One thread at a time is let in."""

    def __init__(self, record: RunRecord, split: SplitName) -> None:
        self._record = record
        self._split: SplitName = split
        self._picker: Picker | None = None
        self._lock = threading.Lock()

    def get(self, rows: Sequence[int], labels: Sequence[int]) -> Images:
        """Images of these rows, if they are of these classes: else the data are not those of the run."""
        with self._lock:
            try:
                picked = self._open().pick(rows)
            except FashiontuiError as error:
                return Images(problem=printable(error.message.splitlines()[0]))
        if not np.array_equal(picked.labels, np.asarray(labels)):
            return Images(problem="the data found here are not those this run was made with")
        return Images(tuple(picked.images))

    def _open(self) -> Picker:
        if self._picker is None:
            self._picker = Picker(self._record.spec.dataset, _folders(self._record), self._split)
        return self._picker


def _folders(record: RunRecord) -> list[Path]:
    """Where the run had its data from first, then wherever it looked."""
    source = [Path(record.dataset.source)] if record.dataset is not None else []
    return [*source, *map(Path, record.request.data_dirs)]
