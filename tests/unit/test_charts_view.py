from __future__ import annotations

import json
from dataclasses import replace

import pytest

from fashiontui.tui.charts.view import ChartView


def test_every_kind_of_x_comes_round():
    view = ChartView(window=(1, 2), cursor=1.5)
    kinds = [view.x]
    for _ in range(4):
        view = view.next_x()
        kinds.append(view.x)
        assert (view.window, view.cursor) == (None, None)
    assert kinds == ["epoch", "step", "relative", "wall", "epoch"]


def test_smoothing_has_levels_and_ends():
    view = ChartView(smoothing=0.6)
    assert view.smoother().smoothing == 0.7
    assert view.rougher().smoothing == 0.5
    for _ in range(30):
        view = view.smoother()
    assert view.smoothing == 0.99
    for _ in range(30):
        view = view.rougher()
    assert view.smoothing == 0.0
    assert replace(view, smoothing=0.55).smoother().smoothing == 0.6


def test_zoom_keeps_the_cursor_where_it_is():
    view = ChartView(cursor=80.0).zoomed((0, 100), closer=True)
    assert view.window == (40, 90)  # 80 is at four fifths before and after
    assert view.zoomed((0, 100), closer=False).window is None


def test_zoom_without_a_cursor_is_around_the_middle():
    view = ChartView().zoomed((0, 100), closer=True)
    assert view.window == (25, 75)
    assert view.zoomed((0, 100), closer=True).window == (37.5, 62.5)


def test_zoom_stays_within_the_whole_and_ends():
    view = ChartView(window=(0, 10))
    assert view.zoomed((0, 100), closer=False).window == (0, 20)
    for _ in range(100):
        view = view.zoomed((0, 100), closer=True)
    low, high = view.window
    assert 1e-5 < high - low < 1e-3


def test_pan_goes_a_quarter_on_and_no_further_than_the_end():
    view = ChartView(window=(40, 60))
    assert view.panned((0, 100), 1).window == (45, 65)
    assert view.panned((0, 100), -1).window == (35, 55)
    for _ in range(20):
        view = view.panned((0, 100), 1)
    assert view.window == (80, 100)
    assert ChartView().panned((0, 100), 1) == ChartView()


def test_the_window_follows_the_cursor():
    view = ChartView(window=(10, 20))
    assert view.pointed(15).window == (10, 20)
    assert view.pointed(22).window == (12, 22)
    assert view.pointed(4).window == (4, 14)
    assert view.pointed(None).cursor is None


def test_what_is_remembered_comes_back():
    view = ChartView(
        x="wall", log_y=True, smoothing=0.95, clip_outliers=True, window=(1, 2), cursor=1, maximised=True
    )
    kept = json.loads(json.dumps(view.remembered()))
    assert ChartView.recalled(kept) == replace(view, window=None, cursor=None, maximised=False)


@pytest.mark.parametrize("of", ["cnn1/a", ["cnn1/a", "lr/b"]])
def test_the_place_comes_back_where_it_was_and_nowhere_else(of):
    view = ChartView(x="step", window=(10, 20), cursor=12)
    kept = json.loads(json.dumps(view.place(of)))
    assert ChartView(x="step").placed(kept, of) == view
    assert view.placed(kept, "cnn1/b") == ChartView(x="step")
    assert ChartView().placed(json.loads(json.dumps(ChartView().place(of))), of) == ChartView()


@pytest.mark.parametrize(
    "kept",
    [None, [], "place", {}, {"window": [2, 1]}, {"window": [1]}, {"window": [1, float("inf")]}, {"window": "12"},
     {"window": [1, None]}, {"window": [False, True]}, {"window": [1, 10**400]}, {"cursor": "1"}, {"cursor": True},
     {"cursor": float("nan")}, {"cursor": 10**400}],
)  # fmt: skip
def test_a_place_that_makes_no_sense_is_none(kept):
    kept = {**kept, "of": "a"} if isinstance(kept, dict) else kept
    assert ChartView(window=(1, 2), cursor=1).placed(kept, "a") == ChartView()


@pytest.mark.parametrize(
    "kept",
    [{}, {"x": 3}, {"x": "value"}, {"smoothing": "high"}, {"smoothing": 1.0}, {"smoothing": -1}, {"log_y": "yes"},
     {"smoothing": float("nan")}, {"smoothing": None, "clip_outliers": None}, {"x": ["step"]}, {"window": [1, 2]}],
)  # fmt: skip
def test_what_makes_no_sense_is_as_at_first(kept):
    assert ChartView.recalled(kept) == ChartView()
