"""A run's files, read once and reduced to what the report draws of it, so that a hundred runs fit in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.analysis.gif import thinned
from fashiontui.analysis.health import Verdict, diagnose
from fashiontui.analysis.report.seen import Seen, seen_of
from fashiontui.analysis.tracks import Track, tracks_of
from fashiontui.config.spec import DatasetSpec
from fashiontui.errors import RunError
from fashiontui.runs.metrics import EPOCHS, METRICS
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.predictions import Predictions, predictions_path
from fashiontui.runs.record import DatasetFacts, RunRecord
from fashiontui.tfevents.points import HistogramPoint, ImagePoint
from fashiontui.tfevents.reader import RunReader
from fashiontui.tfevents.series import ScalarSeries

Floats = NDArray[np.float64]
Curve = tuple[Floats, Floats]  # epochs ascending, values

PERCENTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
SPREADS: Final = ("weights/", "biases/")
FILTERS: Final = "filters/"
MOST_FRAMES: Final = 30  # of an animation
FEATURE_MAPS: Final = "feature_maps/"
CLASS_ACCURACY: Final = "class_accuracy/"


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How a parameter's values were spread: (n, 5) percentiles at (n,) epochs."""

    epochs: Floats
    percentiles: Floats


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture of one epoch, encoded."""

    epoch: float
    encoded: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Digest:
    """What was read of a run's folder. The fields from `tracks` on are only there if all was asked for."""

    run_id: str
    curves: Mapping[str, Curve]  # by the names of runs.metrics
    class_accuracy: Mapping[str, Curve] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    tracks: tuple[Track, ...] = ()
    track_epochs: Mapping[str, Floats] = field(default_factory=dict)  # by parameter, at its track's steps
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    spreads: Mapping[str, Spread] = field(default_factory=dict)
    films: Mapping[str, tuple[Frame, ...]] = field(default_factory=dict)  # by layer, as many as are shown
    feature_maps: Mapping[str, Frame] = field(default_factory=dict)  # the last of each layer
    predictions: Predictions | None = None
    seen: Seen | None = None
    data: DatasetFacts | None = None
    images: DatasetSpec | None = None  # which dataset to look for where its images are shown
    description: str = ""

    @property
    def is_detailed(self) -> bool:
        """Whether it is more than curves."""
        return bool(self.tracks) or self.predictions is not None


def digest(paths: RunPaths, record: RunRecord, *, everything: bool) -> Digest:
    """Read a run's event files, and of one that is shown in detail, all else there is. Damage is told, not raised."""
    reader = RunReader(paths.root, scalars_only=not everything)
    problems: list[str] = []
    try:
        while reader.poll():
            pass
    except OSError as error:
        problems.append(f"{paths.key}: {error.filename or paths.root}: {error.strerror}")
    problems += [
        f"{paths.key}: {each.path.name}: {each.skipped_bytes:,} bytes at {each.offset:,} belong to no sound record"
        for each in reader.damage
    ]
    clock = _Clock(reader.scalars.get(EPOCHS))
    curves = {
        name: clock.curve(reader.scalars[tag]) for name, tag in METRICS.items() if tag in reader.scalars
    }
    found = Digest(
        run_id=paths.run_id,
        curves=curves,
        class_accuracy=_class_accuracy(reader, clock),
        problems=tuple(problems),
        data=record.dataset,
        images=record.spec.dataset,
        description=record.spec.description,
    )
    return _in_detail(found, reader, clock, paths, record) if everything else found


def _class_accuracy(reader: RunReader, clock: _Clock) -> dict[str, Curve]:
    return {
        tag.removeprefix(CLASS_ACCURACY): clock.curve(series)
        for tag, series in reader.scalars.items()
        if tag.startswith(CLASS_ACCURACY)
    }


def _in_detail(found: Digest, reader: RunReader, clock: _Clock, paths: RunPaths, record: RunRecord) -> Digest:
    tracks = tracks_of(reader.scalars, reader.histograms)
    rate = reader.scalars.get(METRICS["learning_rate"])
    predictions, problem = _predictions(paths)
    seen, other_problem = _seen(paths)
    return replace(
        found,
        problems=found.problems + problem + other_problem,
        tracks=tracks,
        track_epochs={track.name: clock.at(track.steps) for track in tracks},
        verdicts=diagnose(tracks, rate, record.model.before_batch_norm if record.model is not None else ()),
        spreads={
            tag: _spread(points, clock)
            for tag, points in reader.histograms.items()
            if tag.startswith(SPREADS) and points
        },
        films={
            tag.removeprefix(FILTERS): _frames(
                [points[at] for at in thinned(len(points), MOST_FRAMES)], clock
            )
            for tag, points in reader.images.items()
            if tag.startswith(FILTERS)
        },
        feature_maps={
            tag.removeprefix(FEATURE_MAPS): _frames(points[-1:], clock)[0]
            for tag, points in reader.images.items()
            if tag.startswith(FEATURE_MAPS) and points[-1].encoded
        },
        predictions=predictions,
        seen=seen,
    )


def _predictions(paths: RunPaths) -> tuple[Predictions | None, tuple[str, ...]]:
    try:
        return Predictions.load(predictions_path(paths, "test")), ()
    except FileNotFoundError:
        return None, ()
    except RunError as error:
        return None, (f"{paths.key}: {error.message}",)


def _seen(paths: RunPaths) -> tuple[Seen | None, tuple[str, ...]]:
    try:
        return seen_of(paths), ()
    except RunError as error:
        return None, (f"{paths.key}: {error.message}",)


class _Clock:
    """Steps as epochs; as steps where the run has not said how they belong together."""

    def __init__(self, epochs: ScalarSeries | None) -> None:
        self._steps = np.append(0, epochs.steps) if epochs else np.empty(0)
        self._epochs = np.append(0.0, epochs.values) if epochs else np.empty(0)

    def at(self, steps: NDArray[np.int64]) -> Floats:
        """(n,) epochs."""
        if not len(self._steps):
            return steps.astype(np.float64)
        return np.asarray(np.interp(steps, self._steps, self._epochs), dtype=np.float64)

    def curve(self, series: ScalarSeries) -> Curve:
        """Its points in order, each step once, as last written."""
        points = sorted(dict(zip(series.steps.tolist(), series.values.tolist(), strict=True)).items())
        steps = np.array([step for step, _ in points], dtype=np.int64)
        return self.at(steps), np.array([value for _, value in points], dtype=np.float64)


def _spread(points: Sequence[HistogramPoint], clock: _Clock) -> Spread:
    steps = np.array([point.step for point in points], dtype=np.int64)
    return Spread(clock.at(steps), np.stack([percentiles(point) for point in points]))


def percentiles(point: HistogramPoint, shares: Sequence[float] = PERCENTILES) -> Floats:
    """Values below which these shares lie, taking each bucket's values as evenly spread; NaN for an empty histogram."""
    total = float(point.counts.sum())
    if not total:
        return np.full(len(shares), np.nan)
    filled = point.counts > 0
    lefts, rights = point.lefts[filled], point.rights[filled]
    behind = np.cumsum(point.counts[filled]) / total  # (k,) shares at the right edges
    before = np.append(0.0, behind[:-1])
    places = np.minimum(np.searchsorted(behind, shares), len(behind) - 1)
    within = (np.asarray(shares) - before[places]) / (behind[places] - before[places])
    return np.asarray(lefts[places] + np.clip(within, 0, 1) * (rights[places] - lefts[places]))


def _frames(points: Sequence[ImagePoint], clock: _Clock) -> tuple[Frame, ...]:
    kept = [point for point in points if point.encoded]
    epochs = clock.at(np.array([point.step for point in kept], dtype=np.int64))
    return tuple(Frame(float(epoch), point.encoded[0]) for epoch, point in zip(epochs, kept, strict=True))


def folder_of(logs: Path, key: str) -> RunPaths:
    """Where a run's files would be."""
    experiment, _, run_id = key.partition("/")
    return RunPaths.of(logs, experiment, run_id)
