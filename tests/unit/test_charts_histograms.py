from __future__ import annotations

import numpy as np
import pytest

from fashiontui.tfevents.points import HistogramPoint
from fashiontui.tui.charts import density, heatmap, ridge
from fashiontui.tui.charts.cells import RAMP_LEVELS, Tone


def histogram(lefts, rights, counts, step=0):
    return HistogramPoint(step, 0.0, *(np.asarray(part, float) for part in (lefts, rights, counts)))


def normal(mean, spread, step=0):
    counts, edges = np.histogram(np.random.default_rng(step).normal(mean, spread, 5000), 30)
    return histogram(edges[:-1], edges[1:], counts, step)


EVEN = histogram([0, 1, 2, 3], [1, 2, 3, 4], [1, 1, 1, 1])


def test_a_buckets_values_lie_evenly_in_it():
    assert density.masses(EVEN, np.array([0, 2.0, 4])).tolist() == [0.5, 0.5]
    assert density.masses(EVEN, np.array([0.5, 1.0, 1.5])) == pytest.approx([0.125, 0.125])
    assert density.masses(EVEN, np.array([-10.0, 10])).tolist() == [1]
    assert density.masses(EVEN, np.array([10.0, 20])).tolist() == [0]


@pytest.mark.parametrize("seed", range(5))
def test_no_value_is_lost_on_other_edges(seed):
    point = normal(0.3, 2, seed)
    assert density.masses(point, np.linspace(-50, 50, 37)).sum() == pytest.approx(1)


def test_a_bucket_without_width_is_in_one_place():
    zeros = histogram([0], [0], [7])
    assert density.masses(zeros, np.array([-1.0, -0.1, 0.1, 1])) == pytest.approx([0, 1, 0])


def test_buckets_with_gaps_or_out_of_order_or_broken():
    apart = histogram([5, 0], [6, 1], [1, 3])
    assert density.masses(apart, np.array([0.0, 1, 5, 6])) == pytest.approx([0.75, 0, 0.25])
    broken = histogram([0, np.nan, -np.inf, 2], [1, 1, 0, 3], [1, 9, 9, 1])
    assert density.masses(broken, np.array([0.0, 1, 2, 3])) == pytest.approx([0.5, 0, 0.5])
    for empty in (histogram([], [], []), histogram([0], [1], [0])):
        assert density.masses(empty, np.array([0.0, 1])).tolist() == [0]
        assert np.isnan(density.quantiles(empty, (0, 0.5))).all()


def test_quantiles():
    assert density.quantiles(EVEN, (0, 0.25, 0.5, 1)) == pytest.approx([0, 1, 2, 4])
    assert density.quantiles(histogram([1, 2], [2, 3], [3, 1]), (0.5,)) == pytest.approx([1 + 2 / 3])


def test_bounds_leave_out_the_last_few():
    far = histogram([0, 1000], [1, 1001], [1_000_000, 1])
    low, high = density.bounds([far])
    assert low == pytest.approx(0, abs=0.01)
    assert high == pytest.approx(1, abs=0.01)
    assert density.bounds([]) == (0, 1)
    assert density.bounds([histogram([], [], [])]) == (0, 1)
    low, high = density.bounds([histogram([0], [0], [1])])
    assert low < 0 < high


def test_distributions_are_curves_with_a_band():
    points = [normal(step / 10, 1, step) for step in range(5)]
    curves = density.distribution_curves(points, np.arange(5.0), colour=3, kind="epoch")
    middle = curves[-1]
    assert middle.ys == pytest.approx([0, 0.1, 0.2, 0.3, 0.4], abs=0.1)
    assert middle.highs - middle.lows == pytest.approx(np.full(5, 2.0), abs=0.2)
    assert [curve.dim for curve in curves] == [True, True, False]
    assert {curve.x for curve in curves} == {"epoch"}


def test_each_column_of_the_heat_map_is_as_bright_as_it_is_full():
    points = [histogram([0], [1], [5]), histogram([3], [4], [9])]
    found = heatmap.field(points, np.array([0.0, 10]), span=(0, 10), values=(0, 4), shape=(4, 2))
    assert found.tolist() == [[1, 0], [0, 0], [0, 0], [0, 1]]


def test_columns_between_have_the_histogram_before_and_crowded_ones_the_mean():
    points = [histogram([0], [1], [5]), histogram([1], [2], [9])]
    found = heatmap.field(points, np.array([0.0, 9]), span=(0, 9), values=(0, 2), shape=(2, 4))
    assert found.tolist() == [[1, 1, 1, 0], [0, 0, 0, 1]]
    found = heatmap.field(points, np.array([0.0, 1]), span=(0, 9), values=(0, 2), shape=(2, 1))
    assert found.tolist() == [[1], [1]]


def test_the_heat_map_has_two_values_a_cell():
    points = [normal(0, 0.1, step) for step in range(20)]
    sheet = heatmap.draw(points, np.arange(20.0), 60, 14, kind="epoch")
    glyphs = [glyph for row in sheet.glyphs for glyph in row]
    assert glyphs.count("▀") > 100
    assert max(ink.level for row in sheet.inks for ink in row if ink.tone is Tone.RAMP) == RAMP_LEVELS
    assert "epoch" in sheet.text()
    assert "0.0" in sheet.text()


def test_in_ascii_the_heat_map_is_made_of_shades():
    sheet = heatmap.draw(
        [normal(0, 0.1, step) for step in range(20)], np.arange(20.0), 60, 14, charset="ascii"
    )
    assert sheet.text().isascii()
    assert "@" in sheet.text()


def test_the_ridge_shows_the_first_and_the_last_moment():
    points = [normal(step / 50, 0.1, step) for step in range(50)]
    rows = ridge.draw(points, np.arange(50.0), 60, 12, kind="epoch").text().splitlines()
    assert rows[0].startswith("epoch")
    assert [row.split()[0] for row in (rows[1], rows[-1])] == ["0", "49"]
    assert rows[1].index("█") < rows[-1].index("█")
    tall = ridge.draw(points, np.arange(50.0), 60, 30, kind="epoch").text().splitlines()
    assert tall[2].split()[0] == "0"
    plain = ridge.draw(points, np.arange(50.0), 60, 12, charset="ascii").text()
    assert plain.isascii()
    assert "@" in plain


@pytest.mark.parametrize("draw", [heatmap.draw, ridge.draw])
@pytest.mark.parametrize("size", [(0, 0), (1, 1), (9, 3), (17, 4), (60, 10), (190, 50)])
@pytest.mark.parametrize("points", [[], [EVEN], [histogram([], [], [])], [histogram([0], [0], [1])] * 3])
def test_any_size_and_any_histograms(draw, size, points):
    for charset in ("braille", "ascii"):
        sheet = draw(points, np.arange(float(len(points))), *size, charset=charset)
        assert (sheet.width, sheet.height) == size


@pytest.mark.parametrize("draw", [heatmap.draw, ridge.draw])
def test_two_runs_can_share_a_scale(draw):
    one, other = [normal(0, 0.1)], [normal(0, 1)]
    texts = [
        draw(points, np.zeros(1), 60, 12, values=(-3.0, 3.0)).text().splitlines() for points in (one, other)
    ]
    row = 0 if draw is ridge.draw else -1
    assert texts[0][row] == texts[1][row]
