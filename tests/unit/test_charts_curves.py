from __future__ import annotations

import numpy as np
import pytest

from fashiontui.tfevents.downsample import smooth
from fashiontui.tfevents.series import ScalarSeries
from fashiontui.tui.charts.curves import Curve, epochs_at, index_at, series_to_curves, value_at
from fashiontui.tui.charts.palette import TRAIN
from fashiontui.tui.charts.view import ChartView


def series(steps, values, walls=None):
    made = ScalarSeries("tag")
    steps = np.asarray(steps, dtype=np.int64)
    made.extend(
        steps, np.asarray(walls if walls is not None else 1000.0 + steps), np.asarray(values, dtype=float)
    )
    return made


def curves(made, epochs=None, start=None, **view):
    return series_to_curves(made, epochs, ChartView(**view), TRAIN, name="train", start=start)


def test_without_smoothing_there_is_one_curve_of_the_values():
    (curve,) = curves(series([1, 2, 3], [5, 6, 7]), x="step", smoothing=0)
    assert curve.xs.tolist() == [1, 2, 3]
    assert curve.ys.tolist() == [5, 6, 7]
    assert (curve.name, curve.colour, curve.marker, curve.dim, curve.smoothing) == ("train", 0, "●", False, 0)


def test_smoothed_the_raw_values_are_dim_behind():
    raw, smoothed = curves(series([1, 2, 3], [5, 6, 9]), x="step", smoothing=0.6)
    assert (raw.dim, raw.smoothing, raw.raw) == (True, 0, True)
    assert raw.ys.tolist() == [5, 6, 9]
    assert (smoothed.dim, smoothed.smoothing, smoothed.raw) == (False, 0.6, False)
    assert smoothed.ys.tolist() == smooth(np.array([5.0, 6, 9]), 0.6).tolist()


def test_one_value_is_not_called_smoothed():
    (curve,) = curves(series([1], [5]), smoothing=0.9)
    assert curve.smoothing == 0


def test_infinities_are_gaps_as_nan_is():
    raw, smoothed = curves(series(range(5), [1, np.inf, np.nan, -np.inf, 1]), x="step", smoothing=0.5)
    for curve in (raw, smoothed):
        assert np.isnan(curve.ys).tolist() == [False, True, True, True, False]


def test_x_is_what_the_view_says():
    made = series([0, 10, 20], [1, 1, 1], walls=[1000, 1030, 1090])
    epochs = series([10, 20], [1, 2])
    assert curves(made, epochs, x="wall", smoothing=0)[0].xs.tolist() == [1000, 1030, 1090]
    assert curves(made, epochs, x="relative", smoothing=0)[0].xs.tolist() == [0, 30, 90]
    assert curves(made, epochs, start=990.0, x="relative", smoothing=0)[0].xs.tolist() == [10, 40, 100]
    assert curves(made, epochs, x="epoch", smoothing=0)[0].xs.tolist() == [0, 1, 2]


def test_without_epochs_an_epoch_view_is_over_steps_and_says_so():
    (curve,) = curves(series([5], [1]), x="epoch", smoothing=0)
    assert (curve.x, curve.xs.tolist()) == ("step", [5])
    (curve,) = curves(series([5], [1]), series([], []), x="epoch", smoothing=0)
    assert curve.x == "step"


@pytest.mark.parametrize("x", ["step", "epoch", "wall", "relative"])
def test_a_series_without_points_is_a_curve_without_points(x):
    (curve,) = curves(series([], []), series([10], [1]), x=x)
    assert len(curve.xs) == len(curve.ys) == 0


def test_epochs_between_and_beyond_those_known():
    epochs = series([100, 200, 300], [1, 2, 3])
    assert epochs_at(np.array([0, 50, 100, 150, 300, 350, 400]), epochs).tolist() == [
        0,
        0.5,
        1,
        1.5,
        3,
        3.5,
        4,
    ]


def test_a_first_epoch_alone_has_no_pace_but_a_beginning():
    assert epochs_at(np.array([0, 50, 100, 150]), series([100], [1])).tolist() == [0, 0.5, 1, 1.5]


def test_the_value_is_the_nearest_at_or_before():
    curve = Curve("a", np.array([1.0, 2, 2, 4]), np.array([10.0, 20, 21, 40]), 0, "●")
    assert value_at(curve, 0.5) is None
    assert value_at(curve, 1.0) == (1, 10)
    assert value_at(curve, 3.9) == (2, 21)  # of two at one x, the last
    assert value_at(curve, np.inf) == (4, 40)


def test_the_same_where_the_clock_was_set_back():
    curve = Curve("a", np.array([1.0, 5, 3, 4]), np.array([10.0, 50, 30, 40]), 0, "●")
    assert value_at(curve, 4.5) == (4, 40)
    assert value_at(curve, 3.5) == (3, 30)
    assert value_at(curve, 9) == (5, 50)
    assert index_at(Curve("b", np.empty(0), np.empty(0), 0, "●"), 1.0) is None
