from __future__ import annotations

import numpy as np
import pytest

from fashiontui.tui.charts.area import Area
from fashiontui.tui.charts.axis import Axis
from fashiontui.tui.charts.cursor import moved
from fashiontui.tui.charts.curves import Curve
from fashiontui.tui.charts.dots import Grid


def area(high, columns, low=0.0):
    return Area(0, 0, Grid(columns, 10, "braille", Axis(low, high), Axis(0, 1)))


def curve(xs):
    xs = np.asarray(xs, float)
    return Curve("a", xs, np.zeros(len(xs)), 0, "●", x="epoch")


def way(curves, area, cursor, cells):
    """Where the cursor goes until it stays, where it begins among them."""
    places = [cursor]
    while (place := moved(curves, area, places[-1], cells)) != places[-1]:
        assert place is not None
        places.append(place)
        assert len(places) < 200
    return places


@pytest.mark.parametrize("columns", range(25, 121))
@pytest.mark.parametrize("last", [10, 20, 30, 50])
def test_every_key_leads_on_to_the_end(last, columns):
    """However the middle of a column and its bounds are rounded."""
    curves, plot = [curve(range(1, last + 1))], area(last, columns)
    there, back = way(curves, plot, 1.0, 1), way(curves, plot, float(last), -1)
    assert there[-1] == last
    assert back[-1] == 1
    assert there == sorted(there)
    assert back == sorted(back, reverse=True)
    if columns >= 2 * last:
        assert there == back[::-1] == list(range(1, last + 1))


def test_a_point_at_zero_is_one():
    assert moved([curve([-5, 0, 5])], area(5, 10, low=-5), -5.0, 1) == 0.0
