"""From where to where curves go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.tfevents.order import percentile
from fashiontui.tui.charts.curves import Curve
from fashiontui.tui.charts.view import ChartView, Range

Floats = NDArray[np.float64]
OUTLIERS: Final = (
    2.0  # percent of a curve's values, above and below, that do not count when outliers are clipped
)
FEW: Final = 2  # curves, of which none is the odd one out
FAR: Final = 2.0  # times what a usual curve spans


def across(curves: Iterable[Curve], *, log: bool = False) -> Range | None:
    """All their xs; None where there are none."""
    return _union(_range(curve.xs, log=log) for curve in curves)


def up(curves: Sequence[Curve], view: ChartView) -> Range | None:
    """All their values within the window; with outliers clipped, what most values of most curves are."""
    if not view.clip_outliers:
        return _union(_of_curve(curve, view) for curve in curves)
    found = [known for curve in curves if not curve.dim and (known := _of_curve(curve, view)) is not None]
    return _usual(found, log=view.log_y) if len(found) > FEW else _union(found)


def _usual(ranges: Sequence[Range], *, log: bool) -> Range:
    """Of several curves: without the ends that are far from where others end, as those of a run that diverged."""
    lows, highs = (np.array(ends, dtype=np.float64) for ends in zip(*ranges, strict=True))
    scale = np.log10 if log else np.asarray
    low, high = float(np.median(scale(lows))), float(np.median(scale(highs)))
    far = FAR * max(high - low, _spread(scale(lows)), _spread(scale(highs)))
    return float(lows[scale(lows) >= low - far].min()), float(highs[scale(highs) <= high + far].max())


def _spread(ends: Floats) -> float:
    """Of the middle half: flat curves far from each other are no outliers for it."""
    return percentile(ends, 75) - percentile(ends, 25)


def _of_curve(curve: Curve, view: ChartView) -> Range | None:
    inside = _inside(curve, view.window)
    if view.clip_outliers and curve.joined:
        return _most(curve.ys[inside], log=view.log_y)
    edges = (curve.lows, curve.highs) if curve.lows is not None else ()
    arrays = (curve.ys, *(edge for edge in edges if edge is not None))
    return _union(_range(values[inside], log=view.log_y) for values in arrays)


def _inside(curve: Curve, window: Range | None) -> NDArray[np.bool_] | slice:
    """The points within a window; where a line crosses it between two points, those."""
    if window is None:
        return slice(None)
    inside = (curve.xs >= window[0]) & (curve.xs <= window[1])
    if curve.joined and len(curve.xs) and not inside.any():
        crossed = (curve.xs[:-1] < window[0]) & (curve.xs[1:] > window[1])
        inside[:-1] |= crossed
        inside[1:] |= crossed
    return inside


def _range(values: Floats, *, log: bool) -> Range | None:
    known = _known(values, log=log)
    return (float(known.min()), float(known.max())) if len(known) else None


def _most(values: Floats, *, log: bool) -> Range | None:
    known = _known(values, log=log)
    if not len(known):
        return None
    return percentile(known, OUTLIERS), percentile(known, 100 - OUTLIERS)


def _known(values: Floats, *, log: bool) -> Floats:
    with np.errstate(over="ignore", invalid="ignore"):
        known = values if np.isfinite(values.sum()) else values[np.isfinite(values)]
    return known[known > 0] if log else known


def _union(ranges: Iterable[Range | None]) -> Range | None:
    known = [found for found in ranges if found is not None]
    return (min(low for low, _ in known), max(high for _, high in known)) if known else None
