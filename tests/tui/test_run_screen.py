"""The run screen: a live, an ended and another program's run, in every pane."""

from __future__ import annotations

import contextlib
import html
import platform
import re
import shutil

import numpy as np
import pytest
from support.cli import project
from support.event_logs import scalar, version, write_events
from support.fakes import make_run
from support.pilot import LARGE, MEDIUM, SMALL, drive, options, until
from support.shown_runs import CLASSES, FOREST, HEALTH, KEY, append_epoch, forest_run, full_run, png, sheet
from textual.events import DescendantFocus
from textual.widgets import Input, Static

from fashiontui.runs.lock import hold
from fashiontui.runs.record import Failure
from fashiontui.runs.state import RunState
from fashiontui.training.event_writer import EventWriter, Histogram, Image
from fashiontui.tui import pace
from fashiontui.tui.app import FashionApp
from fashiontui.tui.arrangement import OVERVIEW
from fashiontui.tui.charts.chart import Chart
from fashiontui.tui.charts.view import ChartView
from fashiontui.tui.screens.rules import RulesScreen
from fashiontui.tui.screens.run import RunScreen
from fashiontui.tui.screens.runpanes import PANE_NAMES, STOPS
from fashiontui.tui.widgets.confusion import ConfusionPane
from fashiontui.tui.widgets.confusion_matrix import ConfusionMatrix
from fashiontui.tui.widgets.curves_pane import CurvesPane
from fashiontui.tui.widgets.filters import FiltersPane
from fashiontui.tui.widgets.gallery import Gallery
from fashiontui.tui.widgets.histograms_pane import HistogramsPane
from fashiontui.tui.widgets.layers import LayersPane
from fashiontui.tui.widgets.linesview import LinesView
from fashiontui.tui.widgets.log_pane import LogPane
from fashiontui.tui.widgets.log_view import LogView
from fashiontui.tui.widgets.pane import Pane
from fashiontui.tui.widgets.picture import Picture
from fashiontui.tui.widgets.sheet import Sheet
from fashiontui.tui.widgets.tags_pane import TagsPane

SIZES = [SMALL, MEDIUM, LARGE]


@pytest.fixture
def folder(tmp_path):
    project(tmp_path)
    full_run(tmp_path / "logs")
    return tmp_path


def showing(folder, act, size=MEDIUM, key=KEY, **changes):
    """Open a run, and act once it was read."""

    async def run(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        app.open_run(key)
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and bool(app.screen.query(Chart)))
        await until(pilot, lambda: app.screen.shown is not None and app.screen.shown.view.is_whole)
        await until(pilot, lambda: app.focused is not None)
        await act(app, pilot)

    return drive(options(folder, **changes), run, size)


def focus_path(app):
    return [] if app.focused is None else [node.id for node in app.focused.ancestors_with_self]


def seen(app):
    return {pane.id for pane in app.screen.query(Pane) if pane.display and pane.size}


def head(app):
    lines = app.screen.query_one("#run-head", LinesView).lines
    return "\n".join("".join(text for text, _ in line) for line in lines)


def text_of(widget):
    """What a widget that draws its own lines shows."""
    return "\n".join(widget.render_line(y).text for y in range(widget.size.height))


def words(app, selector):
    return str(app.screen.query_one(selector, Static).content)


# Panes.


@pytest.mark.parametrize("size", SIZES)
def test_every_pane_is_reached_by_its_key(folder, size):
    async def act(app, pilot):
        for name in PANE_NAMES:
            await pilot.press(name.key)
            await until(pilot, lambda name=name: name.pane in seen(app))
            await until(pilot, lambda name=name: name.pane in focus_path(app))
            if size == SMALL:
                assert seen(app) == {name.pane}

    showing(folder, act, size)


@pytest.mark.parametrize("size", SIZES)
def test_tab_goes_round(folder, size):
    async def act(app, pilot):
        for place in range(len(STOPS) + 1):
            await until(pilot, lambda place=place: STOPS[place % len(STOPS)] in focus_path(app)[:1])
            await pilot.press("tab")
        await until(pilot, lambda: STOPS[1] in focus_path(app)[:1])
        await pilot.press("shift+tab")
        await until(pilot, lambda: STOPS[0] in focus_path(app)[:1])

    showing(folder, act, size)


def test_a_large_screen_shows_several_panes(folder):
    async def act(app, pilot):
        await until(pilot, lambda: seen(app) == set(OVERVIEW))
        await pilot.resize_terminal(*LARGE)
        await until(pilot, lambda: seen(app) == {*OVERVIEW, "log", "system"})
        await pilot.resize_terminal(*SMALL)
        await until(pilot, lambda: seen(app) == {"curves"})

    showing(folder, act, MEDIUM)


def test_z_gives_a_pane_all_the_room_and_takes_it_back(folder):
    async def act(app, pilot):
        await pilot.press("7", "z")
        await until(pilot, lambda: seen(app) == {"layers"})
        await pilot.press("z")
        await until(pilot, lambda: seen(app) == set(OVERVIEW))
        await pilot.press("6", "z")
        await until(pilot, lambda: seen(app) == {"curves"})
        loss, accuracy = app.screen.query_one(CurvesPane).charts
        assert (loss.display, accuracy.display) == (True, False)
        await pilot.press("tab")
        await until(pilot, lambda: seen(app) == set(OVERVIEW))
        assert accuracy.display or app.focused.id != "loss"

    showing(folder, act, MEDIUM)


def test_news_of_a_focus_that_has_gone_on_bring_no_pane_back(folder):
    async def act(app, pilot):
        loss = app.screen.query_one("#loss")
        await pilot.press("m")
        await until(pilot, lambda: seen(app) == {"confusion"})
        app.screen.post_message(DescendantFocus(loss))
        await pilot.pause()
        assert seen(app) == {"confusion"}
        assert "confusion" in focus_path(app)

    showing(folder, act, SMALL)


@pytest.mark.parametrize("left_at", [name.key for name in PANE_NAMES if name.pane != "curves"])
def test_curves_are_shown_though_another_pane_was_left(folder, left_at):
    async def leave(app, pilot):
        await pilot.press(left_at)
        await until(pilot, lambda: "curves" not in seen(app))
        await pilot.press("1")

    async def come_back(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded and app.current_mode == "experiments")
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and len(app.screen.query(Pane)) > 0)
        await until(pilot, lambda: app.screen.shown is not None and app.screen.shown.view.is_whole)
        await until(pilot, lambda: app.focused is not None and "curves" not in seen(app))
        pane = app.screen.query_one(CurvesPane)
        app.screen._compositor.update_widgets(set(pane.charts))  # as when what can't be seen is refreshed
        app.screen.action_pane("curves")
        await until(pilot, lambda: pane.is_seen and all(chart.curves for chart in pane.charts))

    showing(folder, leave, SMALL)
    drive(options(folder), come_back, SMALL)


def test_a_click_on_a_name_is_the_key(folder):
    async def act(app, pilot):
        await pilot.click("#run-panes", offset=(14, 0))
        await until(pilot, lambda: seen(app) == {"layers"})

    showing(folder, act, SMALL)


# What they show.


def test_the_head_says_which_run_and_how_it_stands(folder):
    async def act(app, pilot):
        for words in ("cnn1 · k3f", "finished", "test 0.8750", "SYNTHETIC"):
            assert words in head(app)
        await pilot.press("space")
        await until(pilot, lambda: "marked" in head(app))

    showing(folder, act)


def test_curves_of_training_and_validation(folder):
    async def act(app, pilot):
        loss, accuracy = app.screen.query_one(CurvesPane).charts
        await until(pilot, lambda: len(loss.curves) == 4 and len(accuracy.curves) == 4)
        assert {curve.name for curve in loss.curves} == {"train", "valid"}
        assert loss.curves[-1].xs.tolist() == [1, 2, 3, 4, 5, 6]
        await pilot.press("x", "plus")
        await until(pilot, lambda: loss.curves[-1].x == "step")
        assert accuracy.view.x == "step"
        assert accuracy.view.smoothing == loss.view.smoothing
        await pilot.press("y")
        assert (loss.view.log_y, accuracy.view.log_y) == (True, False)

    showing(folder, act)


def test_the_view_is_as_it_was_left(folder):
    async def leave(app, pilot):
        loss, _ = app.screen.query_one(CurvesPane).charts
        await pilot.press("x", "right_square_bracket", "right_square_bracket", "right", "8")
        await until(pilot, lambda: loss.view.window is not None and loss.view.cursor is not None)
        left.append(loss.view)

    async def come_back(app, pilot):
        loss, _ = app.screen.query_one(CurvesPane).charts
        await until(pilot, lambda: loss.view == left[0])
        assert loss.view.x == "step"
        await until(pilot, lambda: app.focused is not None and app.focused.id == "histogram")

    left = []
    showing(folder, leave)
    showing(folder, come_back)


@pytest.mark.parametrize(("pane", "alone"), [("7", {"layers"}), ("6", {"curves"}), ("9", {"filters"})])
def test_what_is_maximised_is_so_when_one_comes_back(folder, pane, alone):
    async def leave(app, pilot):
        await pilot.press(pane, "z")
        await until(pilot, lambda: seen(app) == alone)
        left.append({chart.id for chart in app.screen.query(Chart) if chart.display and chart.size})

    async def come_back(app, pilot):
        await until(pilot, lambda: seen(app) == alone)
        charts = app.screen.query(Chart)
        await until(pilot, lambda: {chart.id for chart in charts if chart.display and chart.size} == left[0])
        await pilot.press("z")
        await until(pilot, lambda: len(seen(app)) > 1)
        await until(pilot, lambda: all(chart.display for chart in charts))

    left = []
    showing(folder, leave)
    showing(folder, come_back)


def test_a_chart_that_gave_its_room_back_knows_it(folder):
    """So that the next press maximises it again."""

    async def act(app, pilot):
        tags = app.screen.query_one(TagsPane)
        await pilot.press("a")
        await until(pilot, lambda: app.focused is tags.sheet)
        tags.chart.focus()
        await pilot.press("z")
        await until(pilot, lambda: tags.chart.view.maximised)
        await pilot.press("6")
        await until(pilot, lambda: "tags" not in seen(app))
        assert not tags.chart.view.maximised

    showing(folder, act)


def test_another_run_is_all_in_view(folder):
    full_run(folder / "logs", "ann1", "20261123-100000-p2m", epochs=3)

    async def leave(app, pilot):
        loss, accuracy = app.screen.query_one(CurvesPane).charts
        await pilot.press("6", "right_square_bracket", "right")
        await until(pilot, lambda: accuracy.view.window is not None and accuracy.view.cursor is not None)
        tags = app.screen.query_one(TagsPane)
        await pilot.press("a")
        await until(pilot, lambda: app.focused is tags.sheet)
        tags.chart.focus()
        await pilot.press("end")
        await until(pilot, lambda: tags.chart.view.cursor == 6)
        assert tags.chart.view.window is None
        left.extend([loss.view, tags.chart.view])

    async def come_back(app, pilot):
        loss, _ = app.screen.query_one(CurvesPane).charts
        tags = app.screen.query_one(TagsPane)
        await until(pilot, lambda: [loss.view, tags.chart.view] == left)
        app.open_run("ann1/20261123-100000-p2m")
        await until(pilot, lambda: loss.view.window is None and loss.view.cursor is None)
        assert tags.chart.view.cursor is None

    async def come_back_to_another(app, pilot):
        loss, _ = app.screen.query_one(CurvesPane).charts
        await pilot.press("6")
        await until(pilot, lambda: bool(loss.curves))
        assert (loss.view.window, loss.view.cursor) == (None, None)

    left = []
    showing(folder, leave)
    showing(folder, come_back)
    showing(folder, come_back_to_another, key="ann1/20261123-100000-p2m")


def test_a_logarithmic_scale_is_remembered_of_the_chart_that_has_it(folder):
    async def leave(app, pilot):
        loss, accuracy = app.screen.query_one(CurvesPane).charts
        loss.focus()
        await pilot.press("y")
        accuracy.focus()
        await pilot.press("plus")
        assert (loss.view.log_y, accuracy.view.log_y) == (True, False)

    async def come_back(app, pilot):
        loss, accuracy = app.screen.query_one(CurvesPane).charts
        await until(pilot, lambda: loss.view.log_y)
        assert not accuracy.view.log_y
        assert accuracy.view.smoothing > ChartView().smoothing

    showing(folder, leave)
    showing(folder, come_back)


def layer_rows(app):
    return {
        row[0].text.strip(): {cell.text.split()[0] for cell in row[1:] if cell.text}
        for row in layers(app).rows
    }


def layers(app):
    return app.screen.query_one("#layers-table", Sheet)


@pytest.mark.parametrize("size", SIZES)
def test_each_parameter_has_a_health_word(folder, size):
    async def act(app, pilot):
        await pilot.press("7")
        await until(pilot, lambda: len(layers(app).rows) == len(HEALTH))
        await until(pilot, lambda: app.screen.shown.record is not None)
        await until(pilot, lambda: "idle" in layer_rows(app)["conv1.bias"])
        for name, word in HEALTH.items():
            assert word in layer_rows(app)[name]
        assert "2 of 5" in str(app.screen.query_one(LayersPane).border_subtitle)
        shown = text_of(layers(app))
        assert "conv1.weight" in shown
        assert "learning" in shown

    showing(folder, act, size)


def test_the_rule_is_a_key_away(folder):
    async def act(app, pilot):
        await pilot.press("7", "down", "down")
        await until(pilot, lambda: "fc1.weight" in words(app, "#layers-reason"))
        assert "1.0e-08 < 1.0e-06" in words(app, "#layers-reason")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, RulesScreen))
        assert "fc1.weight: frozen" in str(app.screen.query_one("#rules-own", Static).content)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))

    showing(folder, act)


def test_the_trend_is_of_the_column_under_the_cursor(folder):
    async def act(app, pilot):
        await pilot.press("7")
        await until(pilot, lambda: bool(layers(app).rows))
        while layers(app).column.key != "norm":
            await pilot.press("right")
        await pilot.press("enter")
        tags = app.screen.query_one(TagsPane)
        await until(pilot, lambda: tags.current == "layer_norm/conv1.weight")
        await until(pilot, lambda: tags.chart.title == "layer_norm/conv1.weight")

    showing(folder, act, LARGE)


def test_an_older_look_at_the_layers_comes_too_late(folder):
    async def act(app, pilot):
        await pilot.press("7")
        await until(pilot, lambda: app.screen.shown.record is not None)
        await until(pilot, lambda: "idle" in layer_rows(app).get("conv1.bias", ""))
        pane = app.screen.query_one(LayersPane)
        pane.post_message(LayersPane.Judged(0, app.screen.shown, (), {}))
        await pilot.pause()
        assert len(layers(app).rows) == len(HEALTH)
        pane.post_message(LayersPane.Judged(1_000_000, app.screen.shown, (), {}))
        await until(pilot, lambda: not layers(app).rows)

    showing(folder, act)


def test_older_curves_come_too_late(folder):
    async def act(app, pilot):
        pane = app.screen.query_one(CurvesPane)
        loss, _ = pane.charts
        await until(pilot, lambda: bool(loss.curves))
        run, before = app.screen.shown, loss.curves
        pane.post_message(CurvesPane.CurvesMade(0, loss, run, loss.view, before[:1]))
        await pilot.pause()
        assert loss.curves is before
        pane.post_message(CurvesPane.CurvesMade(1_000_000, loss, run, loss.view, before[:1]))
        await until(pilot, lambda: len(loss.curves) == 1)

    showing(folder, act)


def test_histograms_follow_the_parameter_under_the_cursor(folder):
    async def act(app, pilot):
        pane = app.screen.query_one(HistogramsPane)
        await until(pilot, lambda: pane.tag == "weights/conv1.weight")
        await pilot.press("7", "down", "down")
        await until(pilot, lambda: pane.tag == "weights/fc1.weight")
        await pilot.press("8", "b")
        await until(pilot, lambda: pane.tag == "biases/fc1.bias")
        await pilot.press("b")
        await until(pilot, lambda: pane.tag == "gradients/fc1.bias")
        await pilot.press("down")
        await until(pilot, lambda: pane.tag == "gradients/output.weight")
        assert pane.chart.mode == "heat map"
        await pilot.press("v")
        assert pane.chart.mode == "ridge"
        assert "output.weight" in str(pane.chart.title)

    async def again(app, pilot):
        pane = app.screen.query_one(HistogramsPane)
        await until(pilot, lambda: pane.tag.startswith("gradients/conv1"))
        assert pane.chart.mode == "ridge"

    showing(folder, act)
    showing(folder, again)


def test_filters_are_scrubbed_through_epochs(folder):
    async def act(app, pilot):
        await pilot.press("9")
        picture = app.screen.query_one(Picture)
        await until(pilot, lambda: "epoch 6  7 of 7" in words(app, "#filters-words"))
        newest = picture.pixels
        assert newest.size
        await pilot.press("left")
        await until(pilot, lambda: "epoch 5  6 of 7" in words(app, "#filters-words"))
        assert picture.pixels.shape == newest.shape
        assert (picture.pixels != newest).any()
        await pilot.press("home")
        await until(pilot, lambda: "1 of 7" in words(app, "#filters-words"))
        await pilot.press("end")
        await until(pilot, lambda: "7 of 7" in words(app, "#filters-words"))
        assert "▀" in text_of(picture)

    showing(folder, act)


def test_filters_in_ascii(folder):
    async def act(app, pilot):
        await pilot.press("9")
        await until(pilot, lambda: app.screen.query_one(Picture).pixels.size)
        assert text_of(app.screen.query_one(Picture)).isascii()

    showing(folder, act, charset="ascii")


def gallery(app):
    return app.screen.query_one(Gallery)


@pytest.mark.parametrize("size", SIZES)
def test_confusion_and_the_images_behind_a_cell(folder, size):
    async def act(app, pilot):
        await pilot.press("m")
        pane, matrix = app.screen.query_one(ConfusionPane), app.screen.query_one(ConfusionMatrix)
        await until(pilot, lambda: matrix.confusion is not None)
        assert matrix.cursor == (CLASSES.index("Coat"), CLASSES.index("Shirt"))
        assert "test: 6 of 60 wrong" in words(app, "#confusion-words")
        assert "Coat" in text_of(matrix)
        await pilot.press("enter")
        await until(pilot, lambda: bool(gallery(app).exhibits))
        assert all(exhibit.words.startswith("Shirt") for exhibit in gallery(app).exhibits)
        narrow = gallery(app).grid.width < max(len(exhibit.words) for exhibit in gallery(app).exhibits)
        assert ("%, true " if narrow else "%, Coat ") in text_of(gallery(app))
        assert "…" not in text_of(gallery(app))
        assert all(exhibit.pixels.shape == (28, 28) for exhibit in gallery(app).exhibits)
        assert "taken for Shirt" in str(gallery(app).border_title)
        await pilot.press("escape", "v")
        await until(pilot, lambda: "validation: 4 of 40 wrong" in words(app, "#confusion-words"))
        assert pane.split == "valid"
        await pilot.press("left", "up")
        await until(pilot, lambda: matrix.cursor == (3, 5))
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: matrix.cursor == (4, 6))

    showing(folder, act, size)


def test_pages_of_images(folder):
    async def act(app, pilot):
        await pilot.press("m")
        matrix = app.screen.query_one(ConfusionMatrix)
        await until(pilot, lambda: matrix.confusion is not None)
        await pilot.press("enter")
        await until(pilot, lambda: len(gallery(app).exhibits) == 3)
        first = gallery(app).exhibits
        await pilot.press("right")
        await until(
            pilot, lambda: "4–6 of 6" in str(gallery(app).border_title) and gallery(app).exhibits != first
        )
        await pilot.press("right")
        await pilot.pause()
        assert "4–6 of 6" in str(gallery(app).border_title)
        await pilot.press("left")
        await until(pilot, lambda: "1–3 of 6" in str(gallery(app).border_title))

    showing(folder, act, SMALL)


def test_images_that_are_not_those_of_the_run_are_not_shown(folder):
    from fashiontui.runs.record import RunRecord

    path = folder / "logs" / KEY / "run.json"
    record = RunRecord.load(path)
    data = record.spec.dataset.model_copy(update={"options": {"seed": 5}})
    record.model_copy(update={"spec": record.spec.model_copy(update={"dataset": data})}).save(path)

    async def act(app, pilot):
        await pilot.press("m")
        await until(pilot, lambda: "not those" in text_of(gallery(app)))
        assert not gallery(app).exhibits

    showing(folder, act)


def test_broken_predictions_say_so(folder):
    (folder / "logs" / KEY / "predictions.test.npz").write_text("nothing")

    async def act(app, pilot):
        await pilot.press("m")
        await until(pilot, lambda: "holds no predictions" in words(app, "#confusion-words"))
        assert "validation" in words(app, "#confusion-words")

    showing(folder, act)


def test_all_curves_by_tag(folder):
    async def act(app, pilot):
        await pilot.press("a")
        tags = app.screen.query_one(TagsPane)
        await until(pilot, lambda: len(tags.sheet.rows) > 30)
        await pilot.press("slash", *"speed")
        await until(pilot, lambda: tags.current == "speed/samples_per_second" and len(tags.sheet.rows) == 1)
        await until(pilot, lambda: tags.chart.title == "speed/samples_per_second")
        await pilot.press("enter", "enter")
        await pilot.press("slash")
        await pilot.press("escape")
        await until(pilot, lambda: len(tags.sheet.rows) > 30)
        await pilot.press("home")
        await until(pilot, lambda: tags.chart.title == "speed/samples_per_second, accuracy/train")

    showing(folder, act)


def test_the_log_is_followed_and_searched(folder):
    log = folder / "logs" / KEY / "worker.log"

    async def act(app, pilot):
        await pilot.press("l")
        view = app.screen.query_one(LogView)
        await until(pilot, lambda: len(view.lines) == 101)
        await until(pilot, lambda: "an [end]" in text_of(view))
        with log.open("a") as file:
            file.write("and \x1b[31mmore\n")
        await until(pilot, lambda: "and more" in text_of(view))
        with log.open("a") as file:
            file.write(" ".join(f"word{number}" for number in range(40)) + "\nthe very last\n")
        await until(
            pilot, lambda: text_of(view).splitlines()[view.size.height - 1].strip() == "the very last"
        )
        assert "".join(f"word{number}" for number in range(40)) in "".join(text_of(view).split())
        assert not view.show_horizontal_scrollbar
        await pilot.press("slash", *"line 2", "enter")
        await until(pilot, lambda: "line 29 of" in text_of(view))
        assert "of 11 found" in str(app.screen.query_one(LogPane).border_subtitle)
        await pilot.press("n")
        await until(pilot, lambda: "line 2 of" in text_of(view))
        await pilot.press("N", "escape", "G")
        await until(pilot, lambda: view.follows and "the very last" in text_of(view))
        assert not app.screen.query_one("#log-search", Input).display
        assert isinstance(app.screen, RunScreen)

    showing(folder, act, SMALL)


def test_the_system_pane_tells_of_an_ended_run(folder):
    async def act(app, pilot):
        await pilot.press("s")
        lines = app.screen.query_one("#system-lines", LinesView)
        await until(pilot, lambda: "the run is finished" in text_of(lines))
        await until(pilot, lambda: "mean 187 % of a core" in text_of(lines))
        assert "most 646 MiB" in text_of(lines)
        assert str(folder)[:20] in text_of(lines)

    showing(folder, act)


# Runs of all kinds.


def test_a_run_without_layers_shows_what_it_has(folder):
    forest_run(folder / "logs")

    async def act(app, pilot):
        await until(pilot, lambda: seen(app) == {"curves", "confusion"})
        assert "tree 4/4" in head(app)
        await until(pilot, lambda: "6 of 60 wrong" in words(app, "#confusion-words"))
        await pilot.press("7")
        await until(pilot, lambda: "No statistics" in words(app, "#layers-reason"))
        await pilot.press("9")
        await until(pilot, lambda: "No pictures" in words(app, "#filters-words"))

    showing(folder, act, key=FOREST)


def test_a_live_run_goes_on(folder):
    paths = full_run(folder / "logs", "ann1", "20261123-100000-p2m", epochs=3, state=RunState.RUNNING)

    async def act(app, pilot):
        loss, _ = app.screen.query_one(CurvesPane).charts
        await until(pilot, lambda: bool(loss.curves) and loss.curves[-1].xs[-1] == 3)
        assert "running" in head(app)
        append_epoch(paths, 4)
        await until(pilot, lambda: bool(loss.curves) and loss.curves[-1].xs[-1] == 4)
        await pilot.press("7")
        await until(pilot, lambda: any("7.00" in cell.text for row in layers(app).rows for cell in row))
        await pilot.press("s")
        lines = app.screen.query_one("#system-lines", LinesView)
        await until(pilot, lambda: "% of a core" in text_of(lines))
        assert "MiB" in text_of(lines)

    with hold(paths.root):
        showing(folder, act, key=paths.key)


def test_what_only_gets_on_waits_for_its_turn_but_an_end_is_shown_at_once(folder, monkeypatch):
    monkeypatch.setattr(pace, "SHARE", 1e-9)
    monkeypatch.setattr(pace, "SAVED_S", 0.0)
    monkeypatch.setattr(pace, "LONGEST_WAIT_S", 1e6)
    paths = full_run(folder / "logs", "ann1", "20261123-100000-p2m", epochs=3, state=RunState.RUNNING)
    held = contextlib.ExitStack()
    held.enter_context(hold(paths.root))

    async def act(app, pilot):
        loss, _ = app.screen.query_one(CurvesPane).charts
        await until(pilot, lambda: bool(loss.curves) and loss.curves[-1].xs[-1] == 3)
        append_epoch(paths, 4)
        for _ in range(12):
            await pilot.pause(0.1)
        assert loss.curves[-1].xs[-1] == 3
        held.close()  # its worker is gone
        await until(pilot, lambda: loss.curves[-1].xs[-1] == 4)

    with held:
        showing(folder, act, key=paths.key)


def test_nothing_is_read_while_another_mode_is_seen(folder):
    paths = full_run(folder / "logs", "ann1", "20261123-100000-p2m", epochs=3, state=RunState.RUNNING)

    async def act(app, pilot):
        run = app.screen
        loss, _ = run.query_one(CurvesPane).charts
        await until(pilot, lambda: bool(loss.curves))
        app.action_mode("experiments")
        await until(pilot, lambda: app.screen is not run)
        append_epoch(paths, 4)
        for _ in range(5):
            await pilot.pause(0.1)
        assert loss.curves[-1].xs[-1] == 3
        app.action_mode("run")
        await until(pilot, lambda: loss.curves[-1].xs[-1] == 4)

    with hold(paths.root):
        showing(folder, act, key=paths.key)


def test_overfitting_and_nan_are_told(folder):
    paths = full_run(folder / "logs", "ann1", "20261123-100000-p2m", epochs=9, overfits=True)

    async def act(app, pilot):
        await until(
            pilot,
            lambda: "overfitting since epoch 4" in head(app) or "overfitting since epoch 3" in head(app),
        )
        loss, _ = app.screen.query_one(CurvesPane).charts
        await until(pilot, lambda: any("overfitting" in mark.label for mark in loss.marks))
        write_events(paths.root, "9999999999999999.x", [version(), scalar(100, "loss/train", float("nan"))])
        await until(pilot, lambda: "loss/train became nan at" in head(app))

    showing(folder, act, key=paths.key)


def test_why_a_run_failed_is_said(folder):
    failure = Failure(kind="RunError", message="the training loss became nan", hint="Lower it.")
    paths = make_run(folder / "logs", "lr", "20261123-100000-p2m", state=RunState.FAILED, failure=failure)

    async def act(app, pilot):
        await until(pilot, lambda: "failed: the training loss became nan" in head(app))

    showing(folder, act, key=paths.key)


def test_a_queued_run_has_nothing_yet(folder):
    here = {"host": platform.node()}
    paths = make_run(folder / "logs", "lr", "20261123-100000-p2m", environment=here)

    async def act(app, pilot):
        for name in PANE_NAMES:
            await pilot.press(name.key)
            await until(pilot, lambda name=name: name.pane in seen(app))
        assert "queued" in head(app)

    showing(folder, act, key=paths.key)


def test_a_run_that_goes_away_says_so(folder):
    async def act(app, pilot):
        shutil.rmtree(folder / "logs" / KEY)
        app.nudge()
        await until(pilot, lambda: "gone" in head(app))
        for name in PANE_NAMES:
            await pilot.press(name.key)
            await until(pilot, lambda name=name: name.pane in seen(app))

    showing(folder, act)


def test_no_run_at_all(tmp_path):
    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        await until(pilot, lambda: app.screen.query_one("#run-empty").display)
        await pilot.press("tab", "z", "p", "space", "7")
        await pilot.pause()

    drive(options(project(tmp_path)), act, SMALL)


def test_the_newest_run_is_shown_where_none_was_asked_for(folder):
    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.shown is not None)
        assert app.screen.shown.key == KEY

    drive(options(folder), act, SMALL)


def test_another_run_takes_the_place_of_the_first(folder):
    forest_run(folder / "logs")

    async def act(app, pilot):
        await until(pilot, lambda: bool(layers(app).rows))
        app.open_run(FOREST)
        await until(pilot, lambda: "forest" in head(app) and not layers(app).rows)
        loss, _ = app.screen.query_one(CurvesPane).charts
        await until(pilot, lambda: loss.curves[-1].xs[-1] == 4)
        app.open_run(KEY)
        await until(pilot, lambda: len(layers(app).rows) == 5)

    showing(folder, act)


# Other programs' runs.


def foreign(folder):
    events = [version()]
    for step in range(20):
        events += [scalar(step, "train_loss_step", 1 / (step + 1)), scalar(step, "lr-Adam", 1e-3)]
        if step % 5 == 4:
            events += [scalar(step, "val_loss", 1.0), scalar(step, "val_acc", step / 20)]
    (folder / "logs" / "lightning_logs").mkdir(parents=True)
    write_events(folder / "logs" / "lightning_logs" / "version_0", "1", events)
    return "lightning_logs/version_0"


@pytest.mark.parametrize("size", SIZES)
def test_another_programs_run_shows_its_curves_and_tags(tmp_path, size):
    key = foreign(project(tmp_path))

    async def act(app, pilot):
        loss, accuracy = app.screen.query_one(CurvesPane).charts
        await until(pilot, lambda: {curve.name for curve in loss.curves} == {"train", "valid"})
        assert {curve.name for curve in accuracy.curves} == {"valid"}
        assert "another program's run" in head(app)
        assert size == SMALL or seen(app) == {"curves", "tags"}
        tags = app.screen.query_one(TagsPane)
        await pilot.press("a")
        await until(pilot, lambda: len(tags.sheet.rows) == 4)
        for name in PANE_NAMES:
            await pilot.press(name.key)
            await until(pilot, lambda name=name: name.pane in seen(app))
        assert "Another program" in words(app, "#confusion-words")
        await pilot.press("p", "K", "r", "d")
        await pilot.pause()
        assert isinstance(app.screen, RunScreen)

    showing(tmp_path, act, size, key=key)


def test_pictures_of_other_programs(tmp_path):
    logs = project(tmp_path) / "logs"
    (logs / "run").mkdir(parents=True)
    with EventWriter(logs / "run") as writer:
        writer.add(1, {"samples": png(np.zeros((6, 9, 3), np.uint8)), "odd": Image(b"no picture", 3, 3)})

    async def act(app, pilot):
        await pilot.press("9")
        pane = app.screen.query_one(FiltersPane)
        await until(pilot, lambda: pane.tag == "odd" and "can't be shown" in words(app, "#filters-words"))
        await pilot.press("down")
        await until(pilot, lambda: pane.tag == "samples" and app.screen.query_one(Picture).pixels.size)

    showing(tmp_path, act, key="run")


# Names.

ODD = "[bold]x[/] [link=a]\x1b[31m 日本語 \u202e" + "n" * 200


@pytest.mark.parametrize("size", SIZES)
def test_odd_names_break_nothing(tmp_path, size):
    logs = project(tmp_path) / "logs"
    folder = logs / "[red]run[b] 日本"
    folder.mkdir(parents=True)
    with EventWriter(folder) as writer:
        for step in range(5):
            spread = Histogram([1, 2, 1], -1.0, 1.0, 0.0, 1.0)
            writer.add(step, {ODD: float(step), f"{ODD}/loss": 1.0, f"layer_norm/{ODD}": 1.0})
            writer.add(step, {f"weights/{ODD}": spread, f"filters/{ODD}": sheet(step)})
    (folder / "worker.log").write_text(f"{ODD}\n" * 3)

    async def act(app, pilot):
        for name in PANE_NAMES:
            await pilot.press(name.key)
            await until(pilot, lambda name=name: name.pane in seen(app))
        await pilot.press("a", "down", "enter", "7", "e")
        await until(pilot, lambda: isinstance(app.screen, RulesScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        screen = app.export_screenshot()
        assert "\x1b" not in screen
        assert "\u202e" not in screen
        assert "[red]run[b] 日本" in head(app)

    showing(tmp_path, act, size, key=folder.name)


SCROLLBARS = set("▁▂▃▄▅▆▇▏▎▍▌▋▊▉")  # Textual's own


def screen_text(app):
    drawn = html.unescape("".join(re.findall(r"<text[^>]*>([^<]*)</text>", app.export_screenshot())))
    return drawn.replace("\xa0", " ")


def test_ascii_is_all_that_is_needed(folder):
    async def act(app, pilot):
        for name in PANE_NAMES:
            await pilot.press(name.key)
            await until(pilot, lambda name=name: name.pane in seen(app))
            await pilot.pause()
            odd = {character for character in screen_text(app) if not character.isascii()} - SCROLLBARS
            assert not odd, (name.pane, odd)
        await pilot.press("m")
        await until(pilot, lambda: bool(gallery(app).exhibits))
        await pilot.press("7", "e")
        await until(pilot, lambda: isinstance(app.screen, RulesScreen))

    showing(folder, act, charset="ascii")


# What is done to it.


def test_keys_do_things_to_the_run(folder, monkeypatch):
    full_run(folder / "logs", "ann1", "20261123-100000-p2m", epochs=3, state=RunState.PAUSED)
    done = []
    monkeypatch.setattr(FashionApp, "act", lambda app, action, keys: done.append((action, list(keys))))
    key = "ann1/20261123-100000-p2m"

    async def act(app, pilot):
        await pilot.press("p")
        await until(pilot, lambda: done == [("resume", [key])])
        await pilot.press("r")
        await until(pilot, lambda: done[-1] == ("rerun", [key]))
        await pilot.press("space")
        await until(pilot, lambda: app.marked == [key])
        await pilot.press("c")
        await until(pilot, lambda: app.current_mode == "compare")

    showing(folder, act, key=key)


def test_nothing_is_done_where_nothing_may_be(folder, monkeypatch):
    done = []
    monkeypatch.setattr(FashionApp, "act", lambda app, action, keys: done.append(action))

    async def act(app, pilot):
        await pilot.press("p", "K", "r", "d")
        await pilot.pause()
        assert isinstance(app.screen, RunScreen)

    showing(folder, act, read_only=True)
    assert done == []
