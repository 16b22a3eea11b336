"""How screens look. After a change that is meant: `pytest tests/tui/test_snapshots.py --snapshot-update`, and look."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.pilot import MEDIUM, SMALL, options, until
from support.pilot import shown as seen
from support.showcase import COMPARED, FAILED, LIVE, busy_project, foreign_logs, freeze
from textual.widgets import TextArea

from fashiontui.tui.app import FashionApp
from fashiontui.tui.screens.compare import CompareScreen
from fashiontui.tui.screens.run import RunScreen
from fashiontui.tui.widgets.experimenttree import ExperimentTree

DARK, LIGHT = "textual-dark", "textual-light"


@pytest.fixture(autouse=True)
def _still(monkeypatch, tmp_path):
    freeze(monkeypatch)
    monkeypatch.chdir(tmp_path)  # where that is is nowhere to be seen


@pytest.fixture
def looks(snap_compare):
    """Whether the app looks as it did, once an act has brought it there."""

    def compare(act, size, **changes):
        async def run(pilot):
            app = pilot.app
            await until(pilot, lambda: app.snapshot.is_loaded)
            await until(
                pilot, lambda: bool(app.snapshot.data) or app.snapshot.foreign or not app.snapshot.config
            )
            await act(app, pilot)
            await settled(app, pilot)

        app = FashionApp(options(Path(), **{"theme": DARK, **changes}))
        return snap_compare(app, terminal_size=size, run_before=run)

    return compare


async def settled(app, pilot):
    """Nothing changes any more."""
    before, same = "", 0
    while same < 10:
        await pilot.pause(0.1)
        now = seen(app)
        before, same = now, same + 1 if now == before else 0


async def nothing(app, pilot):
    del app, pilot


async def on_a_row(app, pilot, label="cnn1"):
    tree = app.screen.query_one(ExperimentTree)
    await until(pilot, lambda: label in [row.label for row in tree.rows])
    tree.cursor = [row.label for row in tree.rows].index(label)


def run_of(key, *keys):
    async def act(app, pilot):
        app.open_run(key)
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.shown is not None)
        await until(pilot, lambda: app.screen.shown.view.is_whole)
        await pilot.press(*keys)

    return act


def comparison_of(keys, *pressed):
    async def act(app, pilot):
        app.open_compare(keys)
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        await until(pilot, lambda: set(app.screen.views) == set(keys))
        await pilot.press(*pressed)

    return act


def pressing(*keys):
    async def act(app, pilot):
        await on_a_row(app, pilot)
        await pilot.press(*keys)

    return act


def test_an_empty_folder(looks):
    assert looks(nothing, SMALL)


EXPERIMENTS = [
    pytest.param(MEDIUM, {}, id="medium-dark"),
    pytest.param(MEDIUM, {"theme": LIGHT}, id="medium-light"),
    pytest.param(SMALL, {}, id="small-dark"),
    pytest.param(MEDIUM, {"charset": "ascii"}, id="medium-ascii"),
]


@pytest.mark.parametrize(("size", "changes"), EXPERIMENTS)
def test_experiments(looks, tmp_path, size, changes):
    with busy_project(tmp_path):
        assert looks(on_a_row, size, **changes)


def test_a_run_that_goes_on(looks, tmp_path):
    with busy_project(tmp_path):
        assert looks(run_of(LIVE), MEDIUM)


def test_a_run_that_goes_on_in_little_room(looks, tmp_path):
    with busy_project(tmp_path):
        assert looks(run_of(LIVE, "6"), SMALL, theme=LIGHT)


def test_a_run_that_failed(looks, tmp_path):
    with busy_project(tmp_path):
        assert looks(run_of(FAILED), MEDIUM, theme=LIGHT)


def test_other_programs_logs(looks, tmp_path):
    foreign_logs(tmp_path)

    async def act(app, pilot):
        await on_a_row(app, pilot, "version_0")

    assert looks(act, MEDIUM)


def test_two_runs_compared(looks, tmp_path):
    with busy_project(tmp_path):
        assert looks(comparison_of(COMPARED[:2]), MEDIUM, theme=LIGHT)


def test_many_runs_compared_without_colour(looks, tmp_path, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    with busy_project(tmp_path):
        assert looks(comparison_of((*COMPARED, LIVE, FAILED)), MEDIUM)


def test_many_runs_compared_in_little_room(looks, tmp_path):
    with busy_project(tmp_path):
        assert looks(comparison_of((*COMPARED, LIVE), "tab", "tab"), SMALL)


def test_data(looks, tmp_path):
    async def act(app, pilot):
        await pilot.press("4")
        await until(pilot, lambda: "PCA" in seen(app))

    with busy_project(tmp_path):
        assert looks(act, MEDIUM)


def test_help(looks, tmp_path):
    with busy_project(tmp_path):
        assert looks(pressing("question_mark"), SMALL)


def test_the_form_of_a_run(looks, tmp_path):
    async def act(app, pilot):
        await on_a_row(app, pilot)
        await until(pilot, lambda: "└┬" in seen(app))  # the chart, which is not drawn anew behind a form
        await settled(app, pilot)
        await pilot.press("o")
        await until(pilot, lambda: bool(app.screen.query(TextArea)))
        app.screen.query_one(TextArea).cursor_blink = False
        await pilot.press(*"model.dropout=0.2")
        await until(pilot, lambda: "model.dropout 0.2" in seen(app))

    with busy_project(tmp_path):
        assert looks(act, MEDIUM, theme=LIGHT)
