"""Logs of other programs: found, listed, opened, compared, and left as they were."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from support.cli import project
from support.event_logs import scalar, tensor_event, version, write_events
from support.pilot import LARGE, MEDIUM, SMALL, drive, options, shown, until
from tensorboard.util.tensor_util import make_tensor_proto
from torch.utils.tensorboard import SummaryWriter

from fashiontui.tui.charts.chart import Chart
from fashiontui.tui.screens.compare import CompareScreen
from fashiontui.tui.screens.run import RunScreen
from fashiontui.tui.screens.textpage import TextScreen
from fashiontui.tui.tree import Kind
from fashiontui.tui.widgets.compare_charts import MetricChart
from fashiontui.tui.widgets.experimenttree import ExperimentTree
from fashiontui.tui.widgets.side_by_side import ComparisonTable
from fashiontui.tui.widgets.spreads import Spreads
from fashiontui.tui.widgets.tags_pane import TagsPane

KERAS = ("keras/20261123-101500", "keras/20261124-111500")
LIGHTNING = ("lightning_logs/version_0", "lightning_logs/version_1")


@pytest.fixture
def logs(tmp_path):
    project(tmp_path)
    root = tmp_path / "logs"
    for place, name in enumerate(KERAS):
        for lead, part in ((0.1, "train"), (0.0, "validation")):
            folder = root / name / part
            folder.mkdir(parents=True)
            values = [0.5 + lead + (step - place) / 20 for step in range(8)]
            events = [
                tensor_event(step, "epoch_accuracy", make_tensor_proto(value, dtype="float32"), "scalars")
                for step, value in enumerate(values)
            ]
            write_events(folder, "1.v2", [version(), *events])
    for place, name in enumerate(LIGHTNING):
        (root / name).mkdir(parents=True)
        write_events(
            root / name,
            "1",
            [version(), *(scalar(step, "val_loss", 1 / (step + place + 1)) for step in range(9))],
        )
        (root / name / "hparams.yaml").write_text("lr: 0.1\n")
    for number in (1, 2):
        with SummaryWriter(root / f"pytorch{number}") as writer:
            for step in range(5):
                writer.add_scalar("Loss/test", 2.0 / (step + number), step)
                writer.add_histogram("fc.weight", np.array([step / 5, 0.2, 0.3]), step)
            writer.add_hparams(
                {"lr": 0.1 * number, "optimizer": "adam"}, {"hparam/accuracy": 0.5}, run_name="hparams"
            )
    return tmp_path


def files(folder):
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*")}


def keys(app):
    return {entry.key for entry in app.snapshot.entries}


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
def test_runs_are_found_and_nothing_is_changed(logs, size):
    before = files(logs / "logs")

    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        assert app.snapshot.foreign
        assert app.snapshot.read_only
        assert keys(app) == {
            *KERAS, *LIGHTNING, "pytorch1", "pytorch2", "pytorch1/hparams", "pytorch2/hparams",
        }  # fmt: skip
        app.set_marked(list(LIGHTNING))
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and len(app.screen.views) == 2)

    drive(options(logs), act, size)
    assert files(logs / "logs") == before


def test_all_runs_of_a_folder_are_marked_and_compared_at_once(logs):
    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        tree = app.screen.query_one(ExperimentTree)
        folder = next(row for row in tree.rows if row.kind is Kind.GROUP and row.time == "2 runs")
        tree.go_to(folder.key)
        inside = {key for key in keys(app) if key.rpartition("/")[0] == folder.name}
        await pilot.press("space")
        await until(pilot, lambda: set(app.marked) == inside)
        await pilot.press("space")
        await until(pilot, lambda: not app.marked)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and set(app.screen.views) == inside)

    drive(options(logs), act)


def test_a_report_of_them_is_not_offered(logs):
    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        await pilot.press("5")
        await until(pilot, lambda: "O reads another folder's." in shown(app))
        assert "W writes" not in shown(app)

    drive(options(logs), act)


def test_folders_that_can_t_be_read_are_told_once(logs, monkeypatch):
    shut = ["a[b]", "b", "c", "d"]
    for name in shut:
        (logs / "logs" / name).mkdir()
    listing = os.scandir

    def guarded(folder="."):  # for root, too, who may read everything
        if Path(folder).name in shut:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
        return listing(folder)

    monkeypatch.setattr(os, "scandir", guarded)

    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded and set(LIGHTNING) <= keys(app))
        for _ in range(3):
            app.nudge()
            await pilot.pause(0.1)
        said = [note.message for note in app._notifications]
        assert [words for words in said if "can't be read" in words] == [
            "4 folders can't be read, nor what is in there: a[b], b, c, …. May you look into it?"
        ]

    drive(options(logs), act)


def test_texts_are_read(logs):
    with SummaryWriter(logs / "logs" / "texts") as writer:
        writer.add_text("args", "**[bold]** batch 32\n\n    lr  0.1", 5)
        writer.add_scalar("loss", 0.5, 5)

    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        app.open_run("texts")
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.shown is not None)
        await until(pilot, lambda: app.screen.shown.view.is_whole)
        await pilot.press("a")
        tags = app.screen.query_one(TagsPane)
        await until(pilot, lambda: len(tags.sheet.rows) == 2 and app.focused is tags.sheet)
        tags.sheet.cursor_row = 0
        await until(pilot, lambda: tags.current.startswith("args"))
        await until(pilot, lambda: "enter reads it" in tags.chart.nothing)
        assert tags.sheet.rows[0][1].text == "text"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TextScreen))
        heading, words = (str(part.content) for part in app.screen.query("#text-page Static"))
        assert heading.startswith("step 5,")
        assert words.splitlines() == ["**[bold]** batch 32", "", "    lr  0.1"]
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.MODE == "run")
        await pilot.press("down")
        await until(pilot, lambda: tags.chart.title == "loss")

    drive(options(logs), act)


def comparing(logs, chosen, act):
    async def run(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        app.open_compare(chosen)
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        await until(pilot, lambda: set(app.screen.views) == set(chosen))
        await until(
            pilot,
            lambda: len([c for c in app.screen.query_one(MetricChart).curves if not c.dim]) == len(chosen),
        )
        await act(app, pilot)

    return drive(options(logs), run)


def table(app):
    sheet = app.screen.query_one(ComparisonTable)
    return {row[0].text: [cell.text.split() for cell in row[1:]] for row in sheet.rows}


def test_keras(logs):
    async def act(app, pilot):
        assert app.screen.query_one(MetricChart).title == "validation/epoch_accuracy"
        assert table(app)["best validation/epoch_accuracy"] == [["0.8500", "▲"], ["0.8000", "-0.0500"]]

    comparing(logs, KERAS, act)


def test_training_and_validation_of_keras_in_one_chart(logs):
    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        app.open_run(KERAS[0])
        await until(pilot, lambda: app.screen.MODE == "run")
        chart = app.screen.query_one("#accuracy", Chart)
        await until(pilot, lambda: len(chart.curves) > 1)
        assert {curve.name for curve in chart.curves} == {"train", "valid"}
        last = {tag: series.last for tag, series in app.screen.shown.view.scalars.items()}
        assert last == {
            "train/epoch_accuracy": pytest.approx(0.95),
            "validation/epoch_accuracy": pytest.approx(0.85),
        }

    drive(options(logs), act)


def test_lightning(logs):
    async def act(app, pilot):
        curves = [curve for curve in app.screen.query_one(Chart).curves if not curve.dim]
        assert [curve.name for curve in curves] == ["version_0", "version_1"]
        assert table(app)["best val_loss"][1][-1] == "▲"

    comparing(logs, LIGHTNING, act)


def test_pytorch_with_histograms(logs):
    async def act(app, pilot):
        await pilot.press("H")
        spreads = app.screen.query_one(Spreads)
        await until(pilot, lambda: spreads.tags == ("fc.weight",))

    comparing(logs, ("pytorch1", "pytorch2"), act)


def test_hyperparameters_are_settings(logs):
    async def act(app, pilot):
        cells = table(app)
        assert cells["lr"] == [["0.1"], ["0.2"]]
        assert "optimizer" not in cells

    comparing(logs, ("pytorch1/hparams", "pytorch2/hparams"), act)


def test_a_run_is_opened(logs):
    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        app.open_run("pytorch1")
        await until(pilot, lambda: app.screen.MODE == "run")
        await until(pilot, lambda: any(chart.curves for chart in app.screen.query(Chart)))

    drive(options(logs), act)
