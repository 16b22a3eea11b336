"""What a run's event files say, at one moment: read in a thread, shown by widgets."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fashiontui.tfevents.parts import EventReader, read_run
from fashiontui.tfevents.points import HistogramPoint, HParam, ImagePoint, TextPoint
from fashiontui.tfevents.series import ScalarSeries

MOST_KEPT: Final = (
    96  # histograms, images and texts of a tag: about as many as a screen has columns; memory stays flat
)
FIRST_SLICE_S: Final = 0.006  # of reading, before a first curve is shown
SLICE_S: Final = 0.1  # of reading on, before what is there is shown


@dataclass(frozen=True, slots=True, eq=False)
class RunView:
    """All series of a run, by tag. Nothing in it changes when the run goes on."""

    scalars: Mapping[str, ScalarSeries] = field(default_factory=dict)  # none is empty
    histograms: Mapping[str, tuple[HistogramPoint, ...]] = field(default_factory=dict)
    images: Mapping[str, tuple[ImagePoint, ...]] = field(default_factory=dict)
    texts: Mapping[str, tuple[TextPoint, ...]] = field(default_factory=dict)
    hparams: Mapping[str, HParam] = field(default_factory=dict)
    damaged_bytes: int = 0  # that had to be skipped
    generation: int = 0  # counts how often all was read anew
    is_whole: bool = False  # whether all that was there has been read


class RunFolder:
    """The event files of one folder, as they grow. Belongs to one thread at a time."""

    def __init__(self, root: Path, *, scalars_only: bool = False) -> None:
        self._root = root
        self._scalars_only = scalars_only
        self._reader: EventReader | None = None  # from the first look on: making it looks at the disk
        self._is_whole = False

    def look(
        self, max_seconds: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> RunView | None:
        """Read for a moment; None where there is nothing new. Until the view says it is whole, there is more."""
        if max_seconds is None:
            max_seconds = FIRST_SLICE_S if self._reader is None else SLICE_S
        reader = self._reader = self._reader or read_run(
            self._root, scalars_only=self._scalars_only, most=MOST_KEPT
        )
        begun = clock()
        is_new = reader.poll(max_seconds=max_seconds, clock=clock)
        if not is_new and self._is_whole:
            return None
        self._is_whole = not is_new or clock() - begun < max_seconds
        return self._view(reader)

    def _view(self, reader: EventReader) -> RunView:
        return RunView(
            scalars={tag: series.snapshot() for tag, series in reader.scalars.items()},
            histograms={tag: tuple(points) for tag, points in reader.histograms.items()},
            images={tag: tuple(points) for tag, points in reader.images.items()},
            texts={tag: tuple(points) for tag, points in reader.texts.items()},
            hparams=reader.hparams,
            damaged_bytes=sum(damage.skipped_bytes for damage in reader.damage),
            generation=reader.generation,
            is_whole=self._is_whole,
        )
