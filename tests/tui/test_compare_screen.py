"""The compare screen: which runs, what is shown of them, and every key."""

from __future__ import annotations

import csv
import dataclasses
import json
import shutil

import pytest
from support.cli import project
from support.event_logs import scalar, version, write_events
from support.pilot import LARGE, MEDIUM, SMALL, drive, options, until
from support.trained import trained_run
from textual.widgets import Input, Static

from fashiontui.runs.state import RunState
from fashiontui.tui import pace
from fashiontui.tui.runfeed import RunFeed
from fashiontui.tui.screens.compare import CompareScreen
from fashiontui.tui.widgets.compare_charts import MetricChart, TradeoffChart
from fashiontui.tui.widgets.side_by_side import ComparisonTable, LayerTable
from fashiontui.tui.widgets.spreads import Spreads

SIZES = [SMALL, MEDIUM, LARGE]


@pytest.fixture
def folder(tmp_path):
    project(tmp_path)
    logs = tmp_path / "logs"
    trained_run(logs, "ann1", "20261123-091501-p7q", accuracy=0.9031, seconds=130)
    trained_run(logs, "cnn1", "20261123-091502-k3f", accuracy=0.9266, seconds=542)
    trained_run(logs, "cnn1", "20261123-091503-z1z", accuracy=0.9246, seconds=560, seed=2)
    trained_run(logs, "cnn2", "20261123-091504-a9d", accuracy=0.9331, seconds=880)
    return tmp_path


ANN, CNN, CNN_2, CNN2 = (
    "ann1/20261123-091501-p7q", "cnn1/20261123-091502-k3f", "cnn1/20261123-091503-z1z", "cnn2/20261123-091504-a9d",
)  # fmt: skip


def comparing(folder, act, keys=(ANN, CNN, CNN2), size=MEDIUM, **changes):
    """Compare these runs, and act once all of them were read."""

    async def run(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        app.open_compare(keys)
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        there = [key for key in keys if app.snapshot.by_key(key) is not None]
        await until(pilot, lambda: set(app.screen.views) == set(there) == shown(app))
        await act(app, pilot)

    return drive(options(folder, **changes), run, size)


def shown(app):
    """The runs of which all that was read is on the screen."""
    return {run.key for run in app.screen._shown if run.view is app.screen.views.get(run.key)}


def head(app):
    return "".join(str(line.render()) for line in app.screen.query("#compare-head"))


def table(app):
    """The table's cells, by the title of their row."""
    sheet = app.screen.query_one(ComparisonTable)
    return {row[0].text: [cell.text for cell in row[1:]] for row in sheet.rows}


def names(chart):
    return [curve.name for curve in chart.curves if not curve.dim]


async def to_table(app, pilot):
    await pilot.press("tab", "tab")
    assert app.focused is app.screen.query_one(ComparisonTable)


@pytest.mark.parametrize("size", SIZES)
def test_runs_side_by_side(folder, size):
    async def act(app, pilot):
        assert "Compare 3 runs" in head(app)
        assert "★ baseline ann1" in head(app)
        assert "synthetic data" in head(app)
        assert names(app.screen.query_one(MetricChart)) == ["ann1", "cnn1", "cnn2"]
        cells = table(app)
        assert cells["model.kind"] == ["mlp", "cnn", "cnn"]
        assert [text.split() for text in cells["test accuracy"]] == [
            ["0.9021"], ["0.9256", "+0.0235"], ["0.9321", "+0.0300", "▲"],
        ]  # fmt: skip
        assert "dataset.name" not in cells
        assert app.screen.query_one(ComparisonTable).scroll_offset.x == 0

    comparing(folder, act, size=size)


def test_the_front_of_accuracy_and_time(folder):
    async def act(app, pilot):
        chart = app.screen.query_one(TradeoffChart)
        assert chart.title == "test accuracy"
        assert names(chart) == ["ann1", "cnn1 k3f", "cnn1 z1z", "cnn2", "Pareto front"]
        front = chart.curves[-1]
        assert sorted(set(front.xs.tolist())) == [130, 542, 880]

    comparing(folder, act, keys=(ANN, CNN, CNN_2, CNN2))


def test_looks_are_stable(folder):
    looks = []

    async def act(app, pilot):
        looks.append(
            {curve.name: (curve.colour, curve.marker) for curve in app.screen.query_one(MetricChart).curves}
        )

    comparing(folder, act, keys=(ANN, CNN))
    comparing(folder, act, keys=(ANN, CNN, CNN2))
    comparing(folder, act, keys=(CNN2, CNN, ANN))
    assert looks[0].items() <= looks[1].items()
    assert looks[1] == looks[2]


def test_another_metric(folder):
    async def act(app, pilot):
        chart = app.screen.query_one(MetricChart)
        assert chart.title == "valid accuracy"
        await pilot.press("m")
        assert chart.title == "valid loss"
        await pilot.press("M", "M")
        assert chart.title == "layer_update_ratio/fc1.weight"

    app = comparing(folder, act)
    assert app.preferences.get("compare", "metric", "") == "layer_update_ratio/fc1.weight"


def test_pin_a_baseline(folder):
    async def act(app, pilot):
        await to_table(app, pilot)
        await pilot.press("right", "P")
        assert "★ baseline cnn1" in head(app)
        assert table(app)["test accuracy"][0].split() == ["0.9021", "-0.0235"]

    comparing(folder, act)


def test_unmark_a_run(folder):
    async def act(app, pilot):
        app.set_marked([ANN, CNN, CNN2])
        await to_table(app, pilot)
        await pilot.press("right", "space")
        assert "Compare 2 runs" in head(app)
        assert app.compare_keys == (ANN, CNN2)
        assert app.marked == [ANN, CNN2]
        await pilot.press("space", "space")  # the cursor is on one that is there, whichever was left out
        assert app.screen.has_class("-empty")

    comparing(folder, act)


def test_open_a_run(folder):
    opened = []

    async def act(app, pilot):
        app.open_run = opened.append
        await to_table(app, pilot)
        await pilot.press("right", "right", "enter")

    comparing(folder, act)
    assert opened == [CNN2]


def test_all_settings_and_only_differences(folder):
    async def act(app, pilot):
        await pilot.press("d")
        assert "dataset.name" not in table(app)
        await pilot.press("a", "a")
        assert table(app)["dataset.name"] == ["synthetic"] * 3
        assert "all settings" in str(app.screen.query_one(ComparisonTable).border_title)
        await pilot.press("d")
        assert "dataset.name" not in table(app)

    comparing(folder, act)


def test_seeds_as_one(folder):
    async def act(app, pilot):
        chart = app.screen.query_one(MetricChart)
        assert names(chart) == ["ann1", "cnn1 k3f", "cnn1 z1z"]
        await pilot.press("f")
        assert names(chart) == ["ann1", "cnn1 × 2 seeds"]
        logged, smoothed = chart.curves[-2:]
        assert logged.dim
        assert logged.lows is not None
        assert smoothed.smoothing
        assert table(app)["test accuracy"][1].split() == ["0.9246", "±0.0014", "+0.0225", "▲"]
        await to_table(app, pilot)
        await pilot.press("right", "space")
        assert app.compare_keys == (ANN,)

    comparing(folder, act, keys=(ANN, CNN, CNN_2))


def test_layers_side_by_side(folder):
    async def act(app, pilot):
        await pilot.press("L")
        sheet = app.screen.query_one(LayerTable)
        assert app.focused is sheet
        assert [row[0].text for row in sheet.rows] == ["conv1.weight", "conv1.bias", "fc1.weight", "fc1.bias"]
        assert sheet.rows[0][1].text.split()[0] == "3.99"
        await pilot.press("v")
        assert "gradient norm" in str(sheet.border_title)
        await pilot.press("V", "V")
        assert "update ratio" in str(sheet.border_title)
        await pilot.press("L")
        assert app.focused is app.screen.query_one(ComparisonTable)

    comparing(folder, act)


@pytest.mark.parametrize("size", [SMALL, MEDIUM])
def test_histograms_side_by_side(folder, size):
    async def act(app, pilot):
        await pilot.press("H")
        spreads = app.screen.query_one(Spreads)
        charts = list(spreads.query("HistogramChart"))
        await until(pilot, lambda: not charts[2].has_class("-away"))
        await until(pilot, lambda: all(chart.title for chart in charts[:3]))
        assert [chart.has_class("-away") for chart in charts] == [False] * 3 + [True] * 3
        assert "weights/conv1.weight" in str(spreads.border_title)
        assert len({chart.values for chart in charts[:3]}) == 1
        await until(pilot, lambda: len({chart.region.y for chart in charts[:3]}) == 1)
        assert len({chart.region.x for chart in charts[:3]}) == 3
        await pilot.press("v")
        assert "weights/fc1.weight" in str(spreads.border_title)
        await pilot.press("r")
        assert charts[0].mode == "ridge"
        await pilot.press("T")
        assert app.focused is app.screen.query_one(ComparisonTable)

    comparing(folder, act, size=size)


def test_histograms_of_more_runs_than_have_room(folder):
    runs = [
        trained_run(folder / "logs", "cnn1", f"20261123-10150{seed}-abc", epochs=2, seed=seed)
        for seed in range(8)
    ]

    async def act(app, pilot):
        def seen():
            return [chart.title for chart in spreads.query("HistogramChart") if not chart.has_class("-away")]

        await pilot.press("H")
        spreads = app.screen.query_one(Spreads)
        title = lambda: str(spreads.border_title)  # noqa: E731 - asked again and again
        await until(pilot, lambda: "runs 1–" in title() and len(seen()) == spreads._room)
        first, room = seen(), spreads._room
        assert title().endswith(f"runs 1–{room} of 8")
        assert "n other runs" in str(spreads.border_subtitle)
        await pilot.press("v")
        tag = title().partition(" · ")[0]
        await pilot.press("n")
        await until(
            pilot,
            lambda: (
                title().startswith(tag)
                and f"runs {room + 1}–" in title()
                and seen()
                and not set(seen()) & set(first)
            ),
        )
        while "of 8" in title() and not title().endswith("8 of 8"):
            await pilot.press("n")
        await pilot.press("n")
        await until(pilot, lambda: seen() == first)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: f"runs 1–{spreads._room} of 8" in title() and spreads._room != room)

    comparing(folder, act, [paths.key for paths in runs])


def test_one_pane_at_a_time_where_it_is_narrow(folder):
    async def act(app, pilot):
        def seen():
            return [pane.id for pane in app.screen.query(".pane") if pane.region.area and pane.display]

        assert seen() == ["compare-curves"]
        assert "pane 1/3" in head(app)
        await pilot.press("tab")
        assert seen() == ["compare-tradeoff"]
        await pilot.press("tab")
        assert seen() == ["compare-table"]
        assert "pane 3/3" in head(app)
        assert app.screen.query_one(ComparisonTable).size.height >= 15
        await pilot.press("shift+tab")
        assert seen() == ["compare-tradeoff"]
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: len(seen()) == 3)

    comparing(folder, act, size=SMALL)


def test_a_pane_is_chosen_by_the_mouse(folder):
    async def act(app, pilot):
        await pilot.click("#compare-tradeoff")
        assert app.focused is app.screen.query_one(TradeoffChart)
        assert app.screen.query_one(TradeoffChart).has_class("-front")
        await pilot.press("tab")
        assert app.focused is app.screen.query_one(ComparisonTable)

    comparing(folder, act)


def test_a_chart_alone(folder):
    async def act(app, pilot):
        chart = app.screen.query_one(MetricChart)
        before = chart.size
        await pilot.press("z")
        await until(pilot, lambda: chart.size.area > 2 * before.area)
        await pilot.press("z")
        await until(pilot, lambda: chart.size == before)
        await pilot.press("z", "tab")
        await until(pilot, lambda: chart.size == before)

    comparing(folder, act)


def test_the_charts_own_keys(folder):
    async def act(app, pilot):
        chart = app.screen.query_one(MetricChart)
        assert {curve.x for curve in chart.curves} == {"epoch"}
        await pilot.press("x")
        assert {curve.x for curve in chart.curves} == {"step"}
        await pilot.press("0")
        assert all(not curve.smoothing for curve in chart.curves)
        await pilot.press("right")
        assert chart.view.cursor is not None
        await pilot.press("tab", "x")
        assert app.screen.query_one(TradeoffChart).view.log_x

    comparing(folder, act)
    kept = json.loads((folder / "logs/.fashiontui-app.json").read_text())["compare"]
    assert (kept["view"]["x"], kept["view"]["smoothing"], kept["log_time"]) == ("step", 0.0, True)

    async def again(app, pilot):
        assert app.screen.query_one(MetricChart).view.x == "step"

    comparing(folder, again)


def test_export_a_chart(folder):
    async def act(app, pilot):
        await pilot.press("w")
        await until(pilot, lambda: type(app.screen).__name__ == "ExportScreen")
        await pilot.press("enter")
        await until(pilot, (folder / "exports/valid-accuracy.csv").exists)
        await pilot.press("w", "tab", "enter")
        await until(pilot, (folder / "exports/valid-accuracy-2.svg").exists)
        await pilot.press("w")
        await until(pilot, lambda: type(app.screen).__name__ == "ExportScreen")
        words = app.screen.query_one("#export-words", Static)
        assert "replaced" not in str(words.content)
        app.screen.query_one(Input).value = "exports/valid-accuracy.csv"
        await until(pilot, lambda: "This file is there already: it is replaced." in str(words.content))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))

    comparing(folder, act)
    with (folder / "exports/valid-accuracy.csv").open() as file:
        assert {row["curve"] for row in csv.DictReader(file)} == {"ann1", "cnn1", "cnn2"}


def test_what_costs_much_to_show_waits_but_not_where_a_run_has_gone(folder, monkeypatch):
    monkeypatch.setattr(pace, "SHARE", 1e-9)
    monkeypatch.setattr(pace, "SAVED_S", 0.0)
    monkeypatch.setattr(pace, "LONGEST_WAIT_S", 1e6)
    paths = trained_run(folder / "logs", "cnn1", "20261123-091509-l1v", state=RunState.STOPPED)

    async def act(app, pilot):
        screen = app.screen
        screen.post_message(RunFeed.RunRead(ANN, dataclasses.replace(screen.views[ANN])))
        await until(pilot, lambda: ANN not in shown(app))
        for _ in range(5):
            screen.post_message(app.SnapshotChanged(app.snapshot))
            await pilot.pause(0.2)
        assert ANN not in shown(app)
        shutil.rmtree(paths.root)
        app.nudge()
        await until(pilot, lambda: ANN in shown(app))

    comparing(folder, act, keys=(ANN, paths.key))


def test_the_part_in_view_comes_back_with_the_same_runs(folder):
    async def leave(app, pilot):
        chart = app.screen.query_one(MetricChart)
        chart.focus()
        await pilot.press("right_square_bracket", "right")
        await until(pilot, lambda: chart.view.window is not None and chart.view.cursor is not None)
        left.append(chart.view)

    async def come_back(app, _pilot):
        assert app.screen.query_one(MetricChart).view == left[0]

    async def with_others(app, _pilot):
        for kind in (MetricChart, TradeoffChart):
            view = app.screen.query_one(kind).view
            assert (view.window, view.cursor) == (None, None)

    async def others_at_once(app, pilot):
        chart = app.screen.query_one(TradeoffChart)
        chart.focus()
        await pilot.press("right_square_bracket", "right")
        await until(pilot, lambda: chart.view.window is not None and chart.view.cursor is not None)
        app.open_compare((CNN_2,))
        await until(pilot, lambda: shown(app) == {CNN_2})
        await with_others(app, pilot)

    left = []
    comparing(folder, leave)
    comparing(folder, come_back)
    comparing(folder, with_others, keys=(CNN_2,))
    comparing(folder, others_at_once)


def test_export_the_table(folder):
    async def act(app, pilot):
        await to_table(app, pilot)
        await pilot.press("w", "tab", "enter")
        await until(pilot, (folder / "exports/comparison.md").exists)

    comparing(folder, act)
    assert "| test accuracy | 0.9021 |" in (folder / "exports/comparison.md").read_text()


def test_an_export_that_cannot_be_written_is_told_of(folder):
    (folder / "exports").write_text("a file")

    async def act(app, pilot):
        await pilot.press("w", "enter")
        await until(pilot, lambda: any("could not be written" in note.message for note in app._notifications))

    comparing(folder, act)


def test_a_name_that_ends_in_nothing_known(folder):
    async def act(app, pilot):
        await pilot.press("w")
        await until(pilot, lambda: type(app.screen).__name__ == "ExportScreen")
        app.screen.query_one("Input").value = "exports/x.doc"
        await pilot.press("enter")
        words = app.screen.query_one("#export-words")
        assert "must end in .csv" in str(words.render())
        for name, problem in (
            ("~nobody-there.csv", "Nobody's home is ~nobody-there.csv."),
            ("x" * 300, "too long"),
        ):
            app.screen.query_one("Input").value = name
            await until(pilot, lambda problem=problem: problem in str(words.render()))
            await pilot.press("enter")
            assert type(app.screen).__name__ == "ExportScreen"

    comparing(folder, act)


@pytest.mark.parametrize("size", SIZES)
def test_nothing_to_compare(folder, size):
    async def act(app, pilot):
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        assert app.screen.has_class("-empty")
        await pilot.press("m", "a", "f", "L", "H", "T", "v", "P", "space", "tab", "w", "x", "z")
        assert isinstance(app.screen, CompareScreen)

    async def run(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        await act(app, pilot)

    drive(options(folder), run, size)


def test_marked_runs_are_compared(folder):
    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        app.set_marked([ANN, CNN])
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and "2 runs" in head(app))
        await pilot.press("1")
        app.set_marked([ANN, CNN, CNN2])
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and "3 runs" in head(app))

    drive(options(folder), act)


def test_a_run_that_is_gone(folder):
    async def act(app, pilot):
        assert "1 gone" in head(app)
        assert "Compare 2 runs" in head(app)

    comparing(folder, act, keys=(ANN, CNN, "lr/20261123-000000-xxx"))


def test_one_run(folder):
    async def act(app, pilot):
        assert "mark more to compare" in head(app)

    comparing(folder, act, keys=(ANN,))


def test_runs_without_anything(folder):
    from support.fakes import make_run

    key = make_run(folder / "logs", "lr", "20261123-101010-new").key

    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        app.open_compare([key, key])
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and "1 run" in head(app))
        await pilot.press("L")
        assert "no layer statistics" in str(app.screen.query_one(LayerTable).border_subtitle)
        await pilot.press("H", "f")
        assert app.screen.query_one(TradeoffChart).curves == ()

    drive(options(folder), act)


@pytest.mark.parametrize("size", SIZES)
def test_odd_names(folder, size):
    logs = folder / "logs"
    odd = ["[red]a[b]\x1b[31m", "שלום עולם", "幅" * 30, "b" * 200]
    keys = [
        trained_run(logs, name, f"2026112{place}-000000-abc", accuracy=0.8 + place / 50).key
        for place, name in enumerate(odd)
    ]

    async def act(app, pilot):
        await pilot.press("L", "tab", "tab", "tab", "H", "a", "f")
        shot = app.export_screenshot()
        assert "\x1b" not in shot
        assert "\\x1b" in head(app)

    comparing(folder, act, keys=keys, size=size)


def test_a_running_run(folder):
    logs = folder / "logs"
    key = trained_run(logs, "lr", "20261123-111111-run", state=RunState.PAUSED).key

    async def act(app, pilot):
        assert "not finished: lr" in head(app)
        assert app.screen.query_one(TradeoffChart).title == "best valid accuracy"

    comparing(folder, act, keys=(ANN, key))


def foreign(folder, *values):
    folder.mkdir(parents=True)
    events = [scalar(step, "epoch_accuracy", value, 1e9 + step) for step, value in enumerate(values)]
    write_events(folder, "1", [version(), *events])


def test_logs_of_other_programs(tmp_path):
    logs = tmp_path / "logs"
    foreign(logs / "fit/20261123/first", 0.5, 0.8, 0.9)
    foreign(logs / "fit/20261123/second", 0.5, 0.7, 0.65)

    async def act(app, pilot):
        assert names(app.screen.query_one(MetricChart)) == ["first", "second"]
        cells = table(app)
        assert cells["best epoch_accuracy"][0].split() == ["0.9000", "▲"]
        assert cells["last epoch_accuracy"][1].split() == ["0.6500", "-0.2500"]
        assert app.screen.query_one(TradeoffChart).title == "best epoch_accuracy"
        await pilot.press("L")
        await pilot.press("H")
        await until(pilot, lambda: app.screen.query_one(Spreads).display)

    comparing(tmp_path, act, keys=("fit/20261123/first", "fit/20261123/second"))


def test_ascii(folder):
    async def act(app, pilot):
        await pilot.press("L")
        rows = app.screen.query_one(LayerTable).rows
        assert all(cell.text.isascii() for row in rows for cell in row)

    comparing(folder, act, charset="ascii")
