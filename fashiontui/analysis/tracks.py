"""What was measured of each parameter of a network over a run, side by side."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.tfevents.order import distinct
from fashiontui.tfevents.points import HistogramPoint
from fashiontui.tfevents.series import ScalarSeries

Floats = NDArray[np.float64]
Steps = NDArray[np.int64]

STATISTICS: Final = (
    "mean",
    "std",
    "norm",
    "gradient_norm",
    "update_ratio",
    "distance_from_init",
    "dead_units",
)
OF_LAYERS: Final = "dead_units"  # is measured by layer: `conv1`, not `conv1.weight`
TAG: Final = re.compile(rf"layer_({'|'.join(STATISTICS)})/(.+)", re.DOTALL)
GRADIENTS: Final = re.compile(r"(^|[/._])grad", re.IGNORECASE)
NOT_WEIGHTS: Final = re.compile(r"(^|[/._])(bias|batch_?norm\d*|bn\d*|norm\d*)([/._]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One parameter: `values` has (n,) of each statistic there is, at `steps`; NaN where it was not measured."""

    name: str
    steps: Steps
    values: Mapping[str, Floats]
    is_estimated: bool = False  # worked out from histograms

    @property
    def layer(self) -> str:
        """The layer it belongs to: `conv1` of `conv1.weight`."""
        return self.name.rpartition(".")[0] or self.name

    @property
    def is_weight(self) -> bool:
        """Whether it is a matrix or kernel, and no bias, nor a scale of a normalisation."""
        return NOT_WEIGHTS.search(self.name) is None

    def series(self, statistic: str) -> Floats:
        """(n,); NaN throughout where the statistic is not there."""
        return self.values.get(statistic, np.full(len(self.steps), np.nan))

    def last(self, statistic: str) -> float:
        """The newest value."""
        return float(self.series(statistic)[-1]) if len(self.steps) else float("nan")


def tracks_of(
    scalars: Mapping[str, ScalarSeries], histograms: Mapping[str, Sequence[HistogramPoint]]
) -> tuple[Track, ...]:
    """All parameters, in the order they were first written; where no statistics were, as histograms tell them."""
    found: defaultdict[str, dict[str, ScalarSeries]] = defaultdict(dict)
    of_layers: dict[str, ScalarSeries] = {}
    for tag, series in scalars.items():
        match = TAG.fullmatch(tag)
        if match is not None and match[1] == OF_LAYERS:
            of_layers[match[2]] = series
        elif match is not None:
            found[match[2]][match[1]] = series
    if not found:
        return tuple(
            _estimated(tag, points) for tag, points in histograms.items() if not GRADIENTS.search(tag)
        )
    for name, columns in found.items():
        layer = name.rpartition(".")[0]
        if layer in of_layers:
            columns[OF_LAYERS] = of_layers[layer]
    return tuple(_aligned(name, columns) for name, columns in found.items())


def _aligned(name: str, columns: Mapping[str, ScalarSeries]) -> Track:
    steps: Steps = distinct(np.concatenate([series.steps for series in columns.values()]))
    values: dict[str, Floats] = {}
    for statistic, series in columns.items():
        column = np.full(len(steps), np.nan)
        column[np.searchsorted(steps, series.steps)] = series.values
        values[statistic] = column
    return Track(name, steps, values)


def _estimated(tag: str, points: Sequence[HistogramPoint]) -> Track:
    """As if all values of a bucket lay in its middle."""
    rows = np.array([_moments(point) for point in points])  # (n, 3)
    steps = np.array([point.step for point in points])
    return Track(tag, steps, {"mean": rows[:, 0], "std": rows[:, 1], "norm": rows[:, 2]}, is_estimated=True)


def _moments(point: HistogramPoint) -> tuple[float, float, float]:
    total = float(point.counts.sum())
    if not total:
        return float("nan"), float("nan"), float("nan")
    with np.errstate(over="ignore", invalid="ignore"):  # the outermost buckets of some writers reach to 1e308
        middles = point.lefts / 2 + point.rights / 2
        mean = np.float64(point.counts @ middles) / total
        square = np.float64(point.counts @ middles**2) / total
        std = np.sqrt(np.maximum(0.0, square - mean**2))
        return float(mean), float(std), float(np.sqrt(square * total))
