"""Where the cursor goes: from point to point, but at least a cell on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from fashiontui.tui.charts.area import Area
from fashiontui.tui.charts.curves import Curve
from fashiontui.tui.charts.ticks import ALMOST


def moved(curves: Sequence[Curve], area: Area, cursor: float | None, cells: int) -> float | None:
    """The x some cells further on (or back), at the next point there; the last (first) one where there is none further.

    Without a cursor yet: the last point in view, or going on, the first.
    """
    axis, columns = area.grid.x, area.grid.columns
    if cursor is None:
        return _last(curves, axis.high) if cells < 0 else _first(curves, axis.low)
    column = np.floor(float(axis.shares(np.array([cursor]))[0]) * columns + ALMOST)
    if cells > 0:
        further = float(np.nextafter(cursor, np.inf))  # whatever rounding makes of where a column begins
        found = _first(curves, max(axis.value((column + cells) / columns), further))
        return found if found is not None else _last(curves, np.inf)
    before = float(np.nextafter(min(axis.value((column + cells + 1) / columns), cursor), -np.inf))
    found = _last(curves, before)
    return found if found is not None else _first(curves, -np.inf)


def nearest(curves: Sequence[Curve], area: Area, column: int) -> float | None:
    """The point's x nearest to the middle of a column of the plot."""
    x = area.grid.x.value((column + 0.5) / area.grid.columns)
    known = [found for found in (_first(curves, x), _last(curves, x)) if found is not None]
    return min(known, key=lambda found: abs(found - x), default=None)


def _first(curves: Iterable[Curve], low: float) -> float | None:
    return min(
        (float(c.xs[place]) for c in curves if (place := np.searchsorted(c.xs, low)) < len(c.xs)),
        default=None,
    )


def _last(curves: Iterable[Curve], high: float) -> float | None:
    places = ((c, int(np.searchsorted(c.xs, high, side="right")) - 1) for c in curves)
    return max((float(c.xs[place]) for c, place in places if place >= 0), default=None)
