from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from fashiontui.tui.charts import dots, figure
from fashiontui.tui.charts.axis import Axis
from fashiontui.tui.charts.dots import Grid


def grid(columns, rows, charset="braille", x=None, y=None):
    made = Grid(columns, rows, charset, Axis(0, 1), Axis(0, 1))
    return Grid(columns, rows, charset, x or Axis(0, made.wide - 1), y or Axis(0, made.tall - 1))


def drawn(on, xs, ys):
    found = dots.trace(on, np.asarray(xs, float), np.asarray(ys, float))
    even, steep = dots.joins(on, found)
    bits = dots.bars(on, found, steep) | figure.drawn(on, even)
    return ["".join(row) for row in figure.glyphs(on.charset)[bits].tolist()]


def test_dots_of_a_cell_have_their_places():
    assert drawn(grid(1, 1), [0], [0]) == ["⡀"]
    assert drawn(grid(1, 1), [0], [3]) == ["⠁"]
    assert drawn(grid(1, 1), [1], [3]) == ["⠈"]
    assert drawn(grid(1, 1), [1], [0]) == ["⢀"]
    assert drawn(grid(1, 1, "block"), [0], [0]) == ["▖"]
    assert drawn(grid(1, 1, "block"), [1], [1]) == ["▝"]
    assert drawn(Grid(1, 1, "ascii", Axis(0, 1), Axis(0, 1)), [0], [0]) == ["*"]


def test_a_line_goes_from_corner_to_corner():
    assert drawn(grid(4, 2), [0, 7], [0, 7]) == ["  ⡠⠊", "⡠⠊  "]
    assert drawn(grid(4, 2), [0, 7], [7, 0]) == ["⠑⢄  ", "  ⠑⢄"]
    assert drawn(grid(4, 4, "block"), [0, 7], [0, 7]) == ["   ▞", "  ▞ ", " ▞  ", "▞   "]
    assert drawn(Grid(3, 3, "ascii", Axis(0, 2), Axis(0, 2)), [0, 2], [0, 2]) == ["  *", " * ", "*  "]


def test_a_level_line_is_level():
    assert drawn(grid(5, 1), [0, 9], [1, 1]) == ["⠤⠤⠤⠤⠤"]


def test_a_steep_line_is_whole():
    assert drawn(grid(1, 3), [0, 1], [0, 11]) == ["⢸", "⡞", "⡇"]


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("charset", ["braille", "block", "ascii"])
def test_lines_are_connected_and_reach_their_points(seed, charset):
    rng = np.random.default_rng(seed)
    on = grid(20, 8, charset)
    xs = np.unique(rng.integers(0, on.wide, 9)).astype(float)
    ys = rng.integers(0, on.tall, len(xs)).astype(float)
    found = dots.trace(on, xs, ys)
    even, steep = dots.joins(on, found)
    field = _unpacked(dots.bars(on, found, steep) | figure.drawn(on, even), charset)
    for x, y in zip(xs.astype(int), ys.astype(int), strict=True):
        assert field[y, x]
    passed = np.flatnonzero(field.any(axis=0))
    assert passed.tolist() == list(range(int(xs[0]), int(xs[-1]) + 1))
    for left, right in pairwise(passed):
        a, b = np.flatnonzero(field[:, left]), np.flatnonzero(field[:, right])
        assert a.min() <= b.max() + 2
        assert b.min() <= a.max() + 2


def _unpacked(bits, charset):
    across, down = dots.DOTS[charset]
    rows, columns = bits.shape
    cells = (bits[:, :, None, None] & dots.WEIGHTS[charset][None, None]) > 0
    return cells.transpose(0, 2, 1, 3).reshape(rows * down, columns * across)[::-1]


def test_packing_is_undone_by_unpacking():
    field = np.random.default_rng(0).random((12, 20)) > 0.5
    for charset in ("braille", "block", "ascii"):
        assert (_unpacked(dots.packed(field, charset), charset) == field).all()


@pytest.mark.parametrize("seed", range(10))
def test_no_peak_is_cut_off(seed):
    rng = np.random.default_rng(seed)
    n = 10_000
    on = grid(60, 20, x=Axis(0, n - 1), y=Axis(0, 1))
    ys = rng.random(n) * 0.5 + 0.2
    peak, dip = rng.integers(0, n, 2)
    ys[peak], ys[dip] = 1, 0
    found = dots.trace(on, np.arange(n, dtype=float), ys)
    assert found.highs.max() == on.tall - 1
    assert found.lows.min() == 0
    assert found.xs[found.highs.argmax()] == round(peak / (n - 1) * (on.wide - 1))
    assert len(found.xs) == on.wide


@pytest.mark.parametrize("window", [None, (3000.5, 4000.2), (-5000, 50_000), (9_999_999, 10_000_000)])
def test_many_points_are_traced_as_few_are(window, monkeypatch):
    rng = np.random.default_rng(1)
    xs = np.sort(rng.integers(0, 10_000, 40_000)).astype(float)
    ys = rng.normal(size=len(xs))
    on = grid(20, 8, x=Axis(*(window or (0, 9_999))), y=Axis(-4, 4))
    quick = dots.trace(on, xs, ys)
    monkeypatch.setattr(dots, "MANY", 1e9)
    slow = dots.trace(on, xs, ys)
    one, other = (
        {x: (low, high) for x, low, high in zip(t.xs, t.lows, t.highs, strict=True) if 0 <= x < on.wide}
        for t in (quick, slow)
    )
    assert one.keys() == other.keys()
    for x, (low, high) in one.items():
        assert other[x] == pytest.approx((low, high))


def test_a_gap_stays_a_gap():
    assert drawn(grid(5, 1), range(10), [1, 1, 1, np.nan, np.nan, np.nan, np.nan, 1, 1, 1]) == ["⠤⠄ ⠠⠤"]


def test_a_single_nan_parts_a_curve_that_has_points_far_apart():
    assert drawn(grid(8, 1), [0, 4, 8, 12], [1, 1, np.nan, 1]) == ["⠤⠤⠄   ⠄ "]


def test_zeros_part_a_logarithmic_curve():
    on = Grid(4, 1, "braille", Axis(0, 7), Axis(0.1, 10, log=True))
    assert drawn(on, range(8), [1, 1, 1, 0, -1, 1, 1, 1])[0][1] != "⠤"


def test_a_point_alone_is_a_dot():
    assert drawn(grid(3, 1), [2], [1]) == [" ⠄ "]
    assert drawn(grid(3, 1), [2, 3, 4], [np.nan, 1, np.nan]) == [" ⠠ "]


def test_nothing_is_nothing():
    assert drawn(grid(3, 1), [], []) == ["   "]
    assert drawn(grid(3, 1), [1, 2], [np.nan, np.nan]) == ["   "]


def test_lines_lead_out_of_view():
    on = Grid(4, 1, "braille", Axis(10, 17), Axis(0, 3))
    assert drawn(on, [0, 30], [1, 1]) == ["⠤⠤⠤⠤"]
    assert drawn(on, [0, 12, 30], [1, 1, np.nan]) == ["⠤⠄  "]


@pytest.mark.parametrize("huge", [1e6, 1e30, 1e308])
def test_values_far_off_scale_take_no_time_and_cut_the_edge(huge):
    text = drawn(grid(4, 2), [0, 2, 3, 5, 7], [0, huge, -huge, huge, 0])
    assert all(len(row) == 4 for row in text)
    assert "".join(text).strip()


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((0, 0), (9, 9), [0, 0, 9, 9]),
        ((-5, 5), (20, 5), [0, 5, 9, 5]),
        ((5, -5), (5, 20), [5, 0, 5, 9]),
        ((-5, -5), (14, 14), [0, 0, 9, 9]),
        ((20, 20), (30, 30), None),
        ((-5, 20), (20, 21), None),
        ((3, 3), (3, 3), [3, 3, 3, 3]),
    ],
)
def test_clipping(start, end, expected):
    found = dots.clipped(np.array([start], float), np.array([end], float), 9, 9).tolist()
    assert found == ([] if expected is None else [expected])


def test_drawing_leaves_plotexts_own_figure_alone():
    import plotext

    plotext.clear_figure()
    plotext.plot_size(10, 5)
    plotext.plot([1, 2], [1, 2])
    before = plotext.uncolorize(plotext.build())
    figure._stretch.cache_clear()
    drawn(grid(30, 10), [0, 20, 59], [3, 5, 30])
    assert plotext.uncolorize(plotext.build()) == before
    plotext.clear_figure()


def test_a_curve_that_goes_on_has_only_its_last_lines_drawn():
    on = grid(100, 10, x=Axis(0, 1000))
    xs = np.arange(0, 1000, 5.0)
    ys = 20 + 15 * np.sin(xs / 40)
    figure._stretch.cache_clear()
    drawn(on, xs[:180], ys[:180])
    first = figure._stretch.cache_info().misses
    drawn(on, xs[:182], ys[:182])
    assert first > 1
    assert figure._stretch.cache_info().misses - first <= 1


def test_a_column_that_is_past_stays_as_it_is():
    on = grid(40, 10, x=Axis(0, 1000), y=Axis(-4, 4))
    rng = np.random.default_rng(2)
    ys = rng.normal(size=1000)
    now, later = (dots.trace(on, np.arange(n, dtype=float), ys[:n]) for n in (600, 700))
    past = now.xs < now.xs[-1]
    assert (later.lows[: past.sum()] == now.lows[past]).all()
    assert (later.highs[: past.sum()] == now.highs[past]).all()
