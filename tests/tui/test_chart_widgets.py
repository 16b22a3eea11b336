"""The chart's widgets: keys, when they draw, what they repaint."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from textual.app import App
from textual.containers import Vertical
from textual.screen import Screen

import fashiontui.tui
from fashiontui.tfevents.points import HistogramPoint
from fashiontui.tfevents.series import ScalarSeries
from fashiontui.tui.charts import sheet
from fashiontui.tui.charts.chart import Chart
from fashiontui.tui.charts.curves import Mark, series_to_curves
from fashiontui.tui.charts.histograms import HistogramChart
from fashiontui.tui.charts.keys import KEYS
from fashiontui.tui.charts.palette import TRAIN, VALID
from fashiontui.tui.charts.scatter import Scatter, points
from fashiontui.tui.charts.view import ChartView

STYLES = Path(fashiontui.tui.__file__).parent / "app.tcss"


def series(values, every=1):
    made = ScalarSeries("tag")
    steps = np.arange(1, len(values) + 1) * every
    made.extend(steps, 1.8e9 + steps, np.asarray(values, float))
    return made


TRAINING = series(2 * np.exp(-np.arange(200) / 40) + 0.1, every=10)
VALIDATION = series(1.5 * np.exp(-np.arange(20) / 4) + 0.3, every=100)
EPOCHS = series(np.arange(1.0, 21), every=100)


class ChartApp(App):
    """Makes the curves its chart asks for, and remembers what it was told."""

    CSS_PATH = STYLES
    BINDINGS: ClassVar = [("escape", "back", "back")]

    def __init__(self, chart=None, charset="braille", *, low_bandwidth=False):
        super().__init__()
        self.chart = chart or Chart("loss [b]", view=ChartView(smoothing=0.6))
        self.charset, self.low_bandwidth = charset, low_bandwidth
        self.views, self.asked, self.backs = [], [], 0

    def compose(self):
        yield Vertical(self.chart)

    def on_mount(self):
        self.fill()

    def fill(self, end=200):
        view = self.chart.view
        part = series(TRAINING.values[:end], every=10)
        curves = series_to_curves(part, EPOCHS, view, TRAIN, name="train")
        self.chart.curves = (*curves, *series_to_curves(VALIDATION, EPOCHS, view, VALID, name="valid"))

    def on_chart_view_changed(self, event):
        assert event.control is self.chart
        self.views.append(event.view)
        if isinstance(self.chart, Scatter):
            return
        self.fill()

    def on_chart_maximise_requested(self, event):
        self.asked.append("maximise")

    def on_chart_export_requested(self, event):
        self.asked.append("export")

    def action_back(self):
        self.backs += 1


def driven(app, script, size=(80, 24)):
    async def run():
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            app.chart.focus()
            await pilot.pause()
            await script(pilot)

    asyncio.run(run())


async def until(pilot, condition):
    for _ in range(500):
        if condition():
            return
        await pilot.pause(0.01)
    raise AssertionError("it never came to be")


def shown(widget):
    return "\n".join(widget.render_line(y).text for y in range(widget.size.height))


def test_it_draws_its_curves():
    app = ChartApp()

    async def script(pilot):
        await until(pilot, lambda: "train" in shown(app.chart))
        text = shown(app.chart)
        assert "valid" in text
        assert "epoch" in text
        assert app.chart.border_title.startswith("[bold $foreground]loss \\[b]")
        assert "smooth 0.6 · raw dim" in app.chart._border_title.plain

    driven(app, script)


@pytest.mark.parametrize(
    ("keys", "changes"),
    [
        ("x", {"x": "step"}),
        ("x x", {"x": "relative"}),
        ("x x x", {"x": "wall"}),
        ("y", {"log_y": True}),
        ("y y", {"log_y": False}),
        ("plus", {"smoothing": 0.7}),
        ("equals_sign", {"smoothing": 0.7}),
        ("minus", {"smoothing": 0.5}),
        ("0", {"smoothing": 0.0}),
        ("o", {"clip_outliers": True}),
        ("end", {"cursor": 20.0}),
        ("home", {"cursor": 0.1}),
        ("left", {"cursor": 20.0}),
        ("end left left left right", None),
        ("end escape", {"cursor": None}),
        ("z", {"maximised": True}),
        ("z z", {"maximised": False}),
    ],
)
def test_keys_change_the_view_and_tell(keys, changes):
    app = ChartApp()

    async def script(pilot):
        await pilot.press(*keys.split())
        await until(pilot, lambda: len(app.views) == len(keys.split()))
        if changes is not None:
            assert app.chart.view == replace(ChartView(smoothing=0.6), **changes)
        assert app.views[-1] == app.chart.view

    driven(app, script)


def test_zoom_and_pan():
    app = ChartApp()

    async def script(pilot):
        await pilot.press("right_square_bracket")
        low, high = app.chart.view.window
        assert high - low == pytest.approx((20 - 0.1) / 2)
        await pilot.press("right_curly_bracket")
        assert app.chart.view.window[0] > low
        await pilot.press("left_curly_bracket")
        assert app.chart.view.window == pytest.approx((low, high))
        await until(pilot, lambda: "zoomed" in app.chart._border_title.plain)
        await pilot.press("left_square_bracket")
        assert app.chart.view.window is None

    driven(app, script)


def test_the_cursor_goes_from_point_to_point_and_shows_values():
    app = ChartApp()

    async def script(pilot):
        await pilot.press("home")
        places = []
        for _ in range(12):
            await pilot.press("right")
            places.append(app.chart.view.cursor)
        assert places == sorted(set(places))
        assert set(places) <= set(np.round(np.arange(1, 201) / 10, 10))
        await pilot.press("shift+right")
        assert app.chart.view.cursor > places[-1] + 1
        await pilot.press("end", "right")
        assert app.chart.view.cursor == 20
        await until(pilot, lambda: "epoch 20" in shown(app.chart))
        await pilot.press("shift+left")
        assert app.chart.view.cursor < 19

    driven(app, script)


def test_every_key_has_an_id_and_words():
    ids = [binding.id for binding in KEYS]
    assert len(set(ids)) == len(ids)
    assert all(binding.id.startswith("chart.") and binding.tooltip for binding in KEYS)


def test_escape_is_the_screens_where_there_is_no_cursor():
    app = ChartApp()

    async def script(pilot):
        await pilot.press("end", "escape")
        assert (app.chart.view.cursor, app.backs) == (None, 0)
        await pilot.press("escape")
        assert app.backs == 1

    driven(app, script)


def test_maximise_and_export_are_asked_for():
    app = ChartApp()

    async def script(pilot):
        await pilot.press("z", "w")
        await until(pilot, lambda: app.asked == ["maximise", "export"])

    driven(app, script)


def test_a_click_puts_the_cursor_there():
    app = ChartApp()

    async def script(pilot):
        await until(pilot, lambda: "train" in shown(app.chart))
        area = app.chart._drawing.area
        await pilot.click(Chart, offset=(area.left + area.grid.columns // 2 + 2, 5))
        assert app.chart.view.cursor == pytest.approx(10, abs=0.5)
        await pilot.click(Chart, offset=(3, 5))
        assert len(app.views) == 1

    driven(app, script)


def test_curves_a_key_asked_for_are_drawn_at_once_and_once():
    app = ChartApp()

    async def script(pilot):
        await until(pilot, lambda: app.chart.drawings > 0)
        before = app.chart.drawings
        await pilot.press("x")
        await until(pilot, lambda: "step" in shown(app.chart))
        assert app.chart.drawings == before + 1

    driven(app, script)


def test_a_view_nobody_makes_curves_for_is_drawn_all_the_same():
    app = ChartApp()
    app.on_chart_view_changed = None

    async def script(pilot):
        await until(pilot, lambda: app.chart.drawings > 0)
        before = app.chart.drawings
        app.chart.view = replace(app.chart.view, smoothing=0.9)
        await until(pilot, lambda: app.chart.drawings > before)

    driven(app, script)


def test_data_that_come_fast_are_drawn_now_and_then(monkeypatch):
    monkeypatch.setattr(sheet, "BETWEEN_S", 1.0)
    app = ChartApp()

    async def script(pilot):
        await until(pilot, lambda: app.chart.drawings > 0)
        before = app.chart.drawings
        for end in range(100, 200):
            app.fill(end)
        assert app.chart.drawings - before <= 1
        await until(pilot, lambda: app.chart.drawings > before)
        await until(pilot, lambda: app.chart._pending is None)
        assert f"{app.chart.curves[0].ys[-1]:.4f}" in shown(app.chart)

    driven(app, script)


def test_the_first_data_are_drawn_at_once(monkeypatch):
    monkeypatch.setattr(sheet, "BETWEEN_S", 3600.0)
    app = ChartApp()

    async def script(pilot):
        await until(pilot, lambda: app.chart.drawings > 0)
        app.chart.curves = ()
        app.chart.redraw()
        before = app.chart.drawings
        app.fill(100)
        await until(pilot, lambda: app.chart.drawings == before + 1)
        app.fill(150)
        await pilot.pause()
        assert (app.chart.drawings, app.chart._pending is not None) == (before + 1, True)

    driven(app, script)


def test_axes_stay_for_the_same_subject_and_begin_anew_for_another():
    app = ChartApp()

    def about(subject, end):
        app.chart.be_about(subject)
        app.chart.curves = series_to_curves(
            series(np.linspace(0.9, 0.1, end)), None, ChartView(x="step", smoothing=0.0), TRAIN, name="a"
        )
        app.chart.redraw()
        return app.chart._drawing.x.high

    async def script(pilot):
        await until(pilot, lambda: app.chart.drawings > 0)
        assert about("one", 50) == 50
        assert about("one", 45) == 50
        assert about("two", 25) == 25

    driven(app, script)


def test_over_a_slow_line_less_often(monkeypatch):
    monkeypatch.setattr(sheet, "BETWEEN_S", 0.0)
    monkeypatch.setattr(sheet, "BETWEEN_SLOW_S", 3600.0)
    app = ChartApp(low_bandwidth=True)

    async def script(pilot):
        await until(pilot, lambda: app.chart.drawings > 0)
        before = app.chart.drawings
        app.fill(150)
        await pilot.pause()
        assert (app.chart.drawings, app.chart._pending is not None) == (before, True)
        await pilot.press("y")  # a key is never kept waiting
        assert app.chart.drawings == before + 1

    driven(app, script)


def test_what_nobody_sees_is_not_drawn(monkeypatch):
    monkeypatch.setattr(sheet, "BETWEEN_S", 0.0)
    app = ChartApp()

    async def script(pilot):
        await until(pilot, lambda: app.chart.drawings > 0)
        await app.push_screen(Screen())
        await pilot.pause()
        before = app.chart.drawings
        for end in (100, 120, 140):
            app.fill(end)
            await pilot.pause()
        assert app.chart.drawings == before
        app.pop_screen()
        await until(pilot, lambda: app.chart.drawings == before + 1)
        app.chart.display = False
        await pilot.pause()
        app.fill(160)
        await pilot.pause()
        assert app.chart.drawings == before + 1
        app.chart.display = True
        await until(pilot, lambda: app.chart.drawings == before + 2)

    driven(app, script)


def test_only_what_changed_is_repainted(monkeypatch):
    monkeypatch.setattr(sheet, "BETWEEN_S", 0.0)
    app = ChartApp()

    async def script(pilot):
        app.fill(150)
        await pilot.pause()
        regions = []
        monkeypatch.setattr(app.chart, "refresh", lambda *given, **options: regions.extend(given))
        app.fill(151)
        assert regions
        assert sum(region.area for region in regions) < app.chart.size.area / 4

    driven(app, script)


def test_another_theme_has_other_colours():
    app = ChartApp()

    async def script(pilot):
        await until(pilot, lambda: app.chart.drawings > 0)
        drawings = app.chart.drawings
        before = app.chart.render_line(0)
        app.theme = "textual-light"
        await until(pilot, lambda: app.chart.render_line(0) != before)
        assert app.chart.drawings == drawings
        app.theme = "ansi-dark"
        await until(pilot, lambda: app.chart.render_line(0)._segments[-1].style.bgcolor is None)

    driven(app, script)


@pytest.mark.parametrize("charset", ["ascii", "block"])
def test_the_apps_charset_is_the_charts(charset):
    app = ChartApp(charset=charset)

    async def script(pilot):
        await until(pilot, lambda: app.chart.drawings > 0)
        await pilot.press("end")
        assert app.chart.charset == charset
        assert app.chart.has_class("-ascii") == (charset == "ascii")
        if charset == "ascii":
            assert shown(app.chart).isascii()
            assert app.chart._border_title.plain.isascii()

    driven(app, script)


@pytest.mark.parametrize("size", [(80, 24), (30, 8), (6, 4), (200, 60)])
def test_it_fits_any_room(size):
    app = ChartApp()

    async def script(pilot):
        await pilot.press("end", "y", "plus", "x")
        await pilot.pause()
        await pilot.resize_terminal(50, 10)
        await until(pilot, lambda: app.chart.size.width == 46)
        assert {len(line) for line in shown(app.chart).splitlines()} == {46}

    driven(app, script, size)


def test_marks_and_words_can_change():
    app = ChartApp()

    async def script(pilot):
        app.chart.marks = (Mark(14.0, "best [b]14"),)
        await until(pilot, lambda: "best [b]14" in shown(app.chart))
        app.chart.title = "accuracy"
        await until(pilot, lambda: "accuracy" in app.chart._border_title.plain)
        app.chart.x_name = "training time"
        await until(pilot, lambda: "training time" in shown(app.chart))
        app.chart.nothing = "waits for its first epoch"
        app.chart.curves = ()
        await until(pilot, lambda: "waits for its first epoch" in shown(app.chart))

    driven(app, script)


def test_a_scatter_has_a_logarithmic_x_and_no_smoothing():
    app = ChartApp(Scatter("accuracy"))
    app.fill = lambda: None

    async def script(pilot):
        app.chart.curves = (
            points("lr", [10.0, 40], [0.84, 0.85], TRAIN, labels=["a", "b"], kind="relative"),
            points("cnn", [900.0], [0.93], VALID, kind="relative"),
        )
        await until(pilot, lambda: "cnn" in shown(app.chart))
        await pilot.press("x")
        assert app.chart.view.log_x
        await pilot.press("plus", "minus", "0")
        assert app.views == [app.chart.view]
        await pilot.press("end", "left")
        assert app.chart.view.cursor == 40
        await until(pilot, lambda: "0.8500" in shown(app.chart))

    driven(app, script)


def test_histograms_as_a_heat_map_and_a_ridge(monkeypatch):
    monkeypatch.setattr(sheet, "BETWEEN_S", 0.0)
    app = ChartApp(HistogramChart("fc1.weight"))
    app.fill = lambda: None
    edges = np.linspace(-1, 1, 21)
    found = tuple(
        HistogramPoint(step, 0.0, edges[:-1], edges[1:], np.exp(-((edges[1:] * (3 - step / 10)) ** 2)))
        for step in range(20)
    )

    async def script(pilot):
        assert "no histograms" in shown(app.chart)
        app.chart.show(found)
        await until(pilot, lambda: "▀" in shown(app.chart))
        drawings = app.chart.drawings
        app.chart.show(found)
        assert app.chart.drawings == drawings
        app.chart.mode = "ridge"
        await until(pilot, lambda: "▅" in shown(app.chart))
        assert "ridge · 20" in app.chart._border_title.plain
        app.chart.values = (-3.0, 3.0)
        await until(pilot, lambda: "-2" in shown(app.chart))
        app.chart.show(found, np.arange(20.0) / 2, "epoch")
        await until(pilot, lambda: "9.5" in shown(app.chart))

    driven(app, script)


def test_coordinates_below_zero_have_no_logarithm():
    app = ChartApp(Scatter("plane"))
    app.fill = lambda: None

    async def script(pilot):
        for xs, ys, allowed in (([1.0, 2], [3.0, 4], (True, True)), ([-1.0, 2], [3.0, 4], (False, True)),
                                ([1.0, 2], [-3.0, 4], (True, False))):  # fmt: skip
            app.chart.curves = (points("a", xs, ys, TRAIN),)
            assert (
                tuple(app.chart.check_action(name, ()) is not False for name in ("log_x", "log")) == allowed
            )

        app.chart.curves = (points("a", [-1.0, 2], [-3.0, 4], TRAIN),)
        app.chart.view = replace(app.chart.view, log_x=True, log_y=True)  # since before: may be taken back
        assert [app.chart.check_action(name, ()) for name in ("log_x", "log")] == [True, True]

    driven(app, script)
