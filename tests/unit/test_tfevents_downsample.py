from __future__ import annotations

import numpy as np
import pytest

from fashiontui.tfevents.downsample import minmax, smooth


def test_peaks_are_kept():
    rng = np.random.default_rng(0)
    xs = np.arange(10_000.0)
    ys = rng.normal(size=10_000)
    ys[1234], ys[8765] = 99, -99
    x, y = minmax(xs, ys, 80)
    assert len(x) <= 4 * 80
    assert (np.diff(x) > 0).all()
    assert {99.0, -99.0} <= set(y)
    assert (x[0], x[-1]) == (0, 9999)
    for column in range(80):
        inside = (xs >= column * 9999 / 80) & (xs < (column + 1) * 9999 / 80)
        kept = (x >= column * 9999 / 80) & (x < (column + 1) * 9999 / 80)
        assert y[kept].max() == ys[inside].max()
        assert y[kept].min() == ys[inside].min()


def test_few_points_stay_and_nan_goes():
    x, y = minmax(np.arange(4.0), np.array([1, np.nan, 3, np.inf]), 10)
    assert x.tolist() == [0, 2]
    assert y.tolist() == [1, 3]


def test_smoothing_by_hand():
    assert smooth(np.array([1.0, 2.0, 4.0]), 0.5) == pytest.approx([1.0, 5 / 3, 3.0])
    assert smooth(np.array([1.0, 2.0]), 0).tolist() == [1, 2]


def test_a_constant_stays_and_nan_does_not_spread():
    smoothed = smooth(np.array([5.0, np.nan, 5.0, 5.0]), 0.9)
    assert np.isnan(smoothed[1])
    assert smoothed[[0, 2, 3]] == pytest.approx(5.0)
