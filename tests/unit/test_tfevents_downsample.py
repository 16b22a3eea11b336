from __future__ import annotations

import numpy as np
import pytest

from fashiontui.tfevents.downsample import minmax, smooth


@pytest.mark.parametrize("seed", range(5))
def test_nothing_that_would_be_drawn_is_cut(seed):
    rng = np.random.default_rng(seed)
    xs = np.sort(rng.integers(0, 50_000, size=10_000)).astype(float)
    ys = rng.normal(size=10_000)
    ys[rng.integers(0, 10_000, 5)] = 99
    ys[rng.integers(0, 10_000, 500)] = np.nan
    x, y = minmax(xs, ys, 80)
    assert len(x) <= 4 * 80
    width = (xs[-1] - xs[0]) / 80
    columns, kept_columns = (np.minimum((v - xs[0]) // width, 79) for v in (xs, x))
    for column in range(80):
        inside, kept = ys[columns == column], y[kept_columns == column]
        finite = inside[np.isfinite(inside)]
        assert (kept.max(), kept.min()) == (finite.max(), finite.min())
        assert (kept[0], kept[-1]) == (finite[0], finite[-1])


def test_points_stay_in_order_and_belong_together():
    xs = np.arange(5000.0)
    x, y = minmax(xs, np.sin(xs), 30)
    assert (np.diff(x) > 0).all()
    assert y.tolist() == np.sin(x).tolist()


def test_few_points_are_given_back_untouched():
    xs, ys = np.arange(4.0), np.array([1, np.nan, 3, np.inf])
    x, y = minmax(xs, ys, 1)
    assert x.tolist() == xs.tolist()
    assert repr(y) == repr(ys)


def test_a_gap_stays_a_gap():
    ys = np.ones(1000)
    ys[300:600] = np.nan
    x, y = minmax(np.arange(1000.0), ys, 10)
    assert x[np.isnan(y)].tolist() == [300, 400, 500]


def test_infinity_does_not_hide_the_highest_number():
    ys = np.zeros(1000)
    ys[500], ys[501] = 7, np.inf
    assert minmax(np.arange(1000.0), ys, 10)[1].max() == 7


def test_x_that_goes_back_keeps_every_peak():
    xs = np.concatenate([np.arange(500.0), np.arange(250.0, 750)])
    ys = np.zeros(1000)
    ys[[123, 777]] = 5, -5
    x, y = minmax(xs, ys, 20)
    assert (y.max(), y.min()) == (5, -5)
    assert (x[0], x[-1]) == (0, 749)


def test_all_at_one_place():
    x, y = minmax(np.zeros(100), np.arange(100.0), 5)
    assert set(x) == {0.0}
    assert (y.min(), y.max()) == (0, 99)


def test_no_columns():
    with pytest.raises(ValueError, match="0 columns"):
        minmax(np.zeros(9), np.zeros(9), 0)


def test_smoothing_by_hand():
    assert smooth(np.array([1.0, 2.0, 4.0]), 0.5) == pytest.approx([1.0, 5 / 3, 3.0])
    assert smooth(np.array([1.0, 2.0]), 0).tolist() == [1, 2]
    assert smooth(np.zeros(0), 0.5).tolist() == []


@pytest.mark.parametrize("weight", [0.1, 0.6, 0.9, 0.99, 0.999])
@pytest.mark.parametrize("count", [1, 2, 63, 64, 65, 128, 5000])
def test_smoothing_is_what_a_plain_loop_makes(weight, count):
    values = np.random.default_rng(count).normal(size=count) * 10.0 ** np.arange(count) ** 0.1
    average, expected = 0.0, []
    for number, value in enumerate(values.tolist(), 1):
        average = average * weight + (1 - weight) * value
        expected.append(average / (1 - weight**number))
    assert smooth(values, weight) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_what_is_not_finite_stays_and_does_not_spread():
    smoothed = smooth(np.array([np.nan, 1.0, np.inf, 2.0, 4.0]), 0.5)
    assert np.isnan(smoothed[0])
    assert smoothed[1:] == pytest.approx([1.0, np.inf, 5 / 3, 3.0])


def test_a_constant_stays_exactly():
    assert smooth(np.full(50, 0.1), 0.9).tolist() == [0.1] * 50


@pytest.mark.parametrize("weight", [-0.1, 1.0, float("nan")])
def test_weights_that_make_no_sense(weight):
    with pytest.raises(ValueError, match="weight"):
        smooth(np.ones(3), weight)
