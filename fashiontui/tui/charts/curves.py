"""Series of points, made into curves over the x a person asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fashiontui.tfevents.downsample import smooth
from fashiontui.tui.charts.palette import Look
from fashiontui.tui.charts.view import ChartView, XKind

__all__ = [
    "ChartView",
    "Curve",
    "Mark",
    "Readable",
    "XKind",
    "index_at",
    "series_to_curves",
    "smoothed",
    "value_at",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Points to draw, and all that a chart must say about them."""

    name: str
    xs: Floats  # (n,) rising, but for a clock set back
    ys: Floats  # (n,) NaN: a gap
    colour: int  # index into the palette
    marker: str
    dim: bool = False  # the raw values behind a smoothed curve of the same name
    x: XKind = "step"
    smoothing: float = 0.0  # that went into ys
    joined: bool = True  # False: points only
    lows: Floats | None = None  # (n,) a band around the curve, such as mean - std
    highs: Floats | None = None  # (n,)
    labels: tuple[str, ...] = ()  # of each point, for a scatter's cursor

    @property
    def raw(self) -> bool:
        """Whether these are the values as they were logged."""
        return not self.smoothing


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical line with a few words, such as the best epoch; `x` as the curves have it."""

    x: float
    label: str


class Readable(Protocol):
    """What a curve is made from; `ScalarSeries` is one."""

    @property
    def steps(self) -> NDArray[np.int64]: ...  # noqa: D102
    @property
    def wall_times(self) -> Floats: ...  # noqa: D102
    @property
    def values(self) -> Floats: ...  # noqa: D102


def series_to_curves(
    series: Readable,
    epochs: Readable | None,
    view: ChartView,
    look: Look,
    *,
    name: str,
    start: float | None = None,
) -> tuple[Curve, ...]:
    """The curve of a series; smoothed, it comes second, after its raw values.

    `epochs` has at each epoch's end its number; without it, an epoch view falls back to steps. `start` is when the run
    began, seconds since 1970, so that its curves agree in relative time; without it, each counts from its first point.
    """
    kind, xs = _across(series, epochs, view.x, start)
    raw = Curve(
        name,
        xs,
        np.where(np.isfinite(series.values), series.values, np.nan),
        look.colour,
        look.marker,
        x=kind,
    )
    return smoothed(raw, view)


def smoothed(raw: Curve, view: ChartView) -> tuple[Curve, ...]:
    """A curve as it was logged; where the view smooths, dim, its band with it, and then smoothed."""
    if not view.smoothing or len(raw.ys) < 2:  # noqa: PLR2004 - one value is its own average
        return (raw,)
    smooth_ys = smooth(raw.ys, view.smoothing)
    return (
        replace(raw, dim=True),
        replace(raw, ys=smooth_ys, smoothing=view.smoothing, lows=None, highs=None),
    )


def _across(
    series: Readable, epochs: Readable | None, kind: XKind, start: float | None
) -> tuple[XKind, Floats]:
    if kind == "wall":
        return kind, series.wall_times
    if kind == "relative":
        first = start if start is not None else series.wall_times[0] if len(series.wall_times) else 0.0
        return kind, series.wall_times - first
    if kind == "epoch" and epochs is not None and len(epochs.steps):
        return kind, epochs_at(series.steps, epochs)
    return "step", series.steps.astype(np.float64)


def epochs_at(steps: NDArray[np.int64], epochs: Readable) -> Floats:
    """Epochs gone by at each step, with fractions; steps past the last known epoch go on at its pace."""
    known, order = np.unique(epochs.steps, return_index=True)
    numbers = epochs.values[order]
    if known[0] > 0 and numbers[0] > 0:
        known, numbers = np.concatenate([[0], known]), np.concatenate([[0.0], numbers])
    found = np.interp(steps, known, numbers)
    if len(known) > 1:
        pace = (numbers[-1] - numbers[-2]) / (known[-1] - known[-2])
        later = steps > known[-1]
        found[later] = numbers[-1] + (steps[later] - known[-1]) * pace
    return found


def index_at(curve: Curve, x: float) -> int | None:
    """Which point is nearest at or before an x; None where the curve has not begun."""
    if (curve.xs[1:] >= curve.xs[:-1]).all():
        place = int(np.searchsorted(curve.xs, x, side="right")) - 1
        return place if place >= 0 else None
    before = np.flatnonzero(curve.xs <= x)
    if not len(before):
        return None
    return int(before[::-1][curve.xs[before][::-1].argmax()])  # of several at one x, the last


def value_at(curve: Curve, x: float) -> tuple[float, float] | None:
    """The nearest point at or before an x, as (its x, its value)."""
    nearest = index_at(curve, x)
    return None if nearest is None else (float(curve.xs[nearest]), float(curve.ys[nearest]))
