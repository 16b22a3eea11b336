"""What is done to the values of a chart, in its title's words: no curve is shown for what it is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from fashiontui.tui.charts.curves import Curve
from fashiontui.tui.charts.view import ChartView


def note_of(curves: Sequence[Curve], view: ChartView) -> str:
    """Such as `smooth 0.6 · raw dim · log`."""
    return " · ".join(_parts(curves, view))


def _parts(curves: Sequence[Curve], view: ChartView) -> Iterator[str]:
    smoothing = max((curve.smoothing for curve in curves), default=0.0)
    if smoothing:
        yield f"smooth {smoothing:g}"
    if smoothing and any(curve.dim for curve in curves):
        yield "raw dim"
    if any(not curve.joined for curve in curves):
        yield from (f"╌ {curve.name}" for curve in curves if curve.joined)
    if view.log_x:
        yield "log x"
    if view.log_y:
        yield "log"
    if view.clip_outliers:
        yield "outliers clipped"
    if view.window is not None:
        yield "zoomed"
    if any(np.isnan(curve.ys).any() for curve in curves if not curve.dim):
        yield "× NaN"
    if view.log_y and any((curve.ys <= 0).any() for curve in curves if not curve.dim):
        yield "≤ 0 hidden"
