"""Histograms with buckets of any kind, brought onto one scale of values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.tfevents.points import HistogramPoint
from fashiontui.tui.charts.curves import Curve
from fashiontui.tui.charts.ticks import opened
from fashiontui.tui.charts.view import Range, XKind

NOTHING: Final = "no histograms"

Floats = NDArray[np.float64]
TAIL: Final = 0.002  # of a histogram's mass, at either end, that sets no bounds
STEEP: Final = 1e-9
TINY: Final = 1e-300
LEVELS: Final = (0.0, 0.16, 0.5, 0.84, 1.0)  # for a normal distribution: the extremes, and the mean ± std


def masses(point: HistogramPoint, edges: Floats) -> Floats:
    """The share of a histogram between each edge and the next, (n - 1,); a bucket's values lie evenly in it."""
    places, gone = _cumulative(point)
    if not len(places):
        return np.zeros(len(edges) - 1)
    return np.diff(np.interp(edges, places, gone, left=0.0, right=1.0))


def _cumulative(point: HistogramPoint) -> tuple[Floats, Floats]:
    """The share of values below each of some places, both (m,); a bucket without width is a step."""
    known = (
        (point.counts > 0) & np.isfinite(point.lefts) & np.isfinite(point.rights) & np.isfinite(point.counts)
    )
    lefts, rights, counts = point.lefts[known], point.rights[known], point.counts[known]
    order = np.argsort(lefts, kind="stable")
    lefts, rights, counts = lefts[order], rights[order], counts[order]
    if not len(lefts):
        return lefts, counts
    size = max(float(np.abs(lefts).max()), float(np.abs(rights).max()))
    lefts = np.minimum(lefts, rights - max(size * STEEP, TINY))  # a step is a very steep slope
    gone = np.cumsum(counts) / counts.sum()
    places = np.stack([lefts, rights], axis=1).ravel()
    return np.maximum.accumulate(places), np.stack([np.r_[0.0, gone[:-1]], gone], axis=1).ravel()


def quantiles(point: HistogramPoint, levels: Sequence[float]) -> Floats:
    """The values below which these shares of a histogram lie; NaN where it is empty."""
    places, gone = _cumulative(point)
    if not len(places):
        return np.full(len(levels), np.nan)
    found = np.interp(levels, gone, places)
    return np.asarray(np.where(np.asarray(levels) <= 0, places[0], found))


def bounds(points: Sequence[HistogramPoint]) -> Range:
    """From where to where the values of all histograms lie, but for their last few."""
    ends = np.array([quantiles(point, (TAIL, 1 - TAIL)) for point in points]).reshape(-1, 2)
    ends = ends[np.isfinite(ends).all(axis=1)]
    return opened(float(ends[:, 0].min()), float(ends[:, 1].max())) if len(ends) else (0.0, 1.0)


def distribution_curves(
    points: Sequence[HistogramPoint], xs: Floats, *, colour: int, kind: XKind = "step"
) -> tuple[Curve, ...]:
    """The median with the middle two thirds as a band, between the extremes: what TensorBoard calls distributions."""
    found = np.array([quantiles(point, LEVELS) for point in points]).reshape(-1, len(LEVELS))
    lowest, low, middle, high, highest = found.T
    return (
        Curve("lowest, highest", xs, lowest, colour, "●", dim=True, x=kind),
        Curve("highest", xs, highest, colour, "●", dim=True, x=kind),
        Curve("median, 16 to 84 %", xs, middle, colour, "●", x=kind, lows=low, highs=high),
    )
