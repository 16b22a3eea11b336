"""Keys that come all at once, as from a slow line, mean what they would one by one."""

from __future__ import annotations

import pytest
from support.cli import project
from support.pilot import drive, options, until
from textual import events
from textual.widgets import Input, TextArea

from fashiontui.tui.screens.experiments import ExperimentsScreen
from fashiontui.tui.screens.help import Help
from fashiontui.tui.screens.startdialog import StartDialog
from fashiontui.tui.widgets.experimenttree import ExperimentTree
from fashiontui.tui.widgets.filterbar import FilterBar


@pytest.fixture
def folder(tmp_path):
    project(tmp_path)
    return tmp_path


def burst(app, *keys):
    """Keys in one packet."""
    for key in keys:
        event = events.Key(key, key if len(key) == 1 else None)
        event.set_sender(app)
        app._driver.send_message(event)


def test_a_filter_is_typed_and_left(folder):
    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded and app.focused is not None)
        burst(app, "slash", *"lr", "enter", "down", "question_mark")
        await until(pilot, lambda: isinstance(app.screen, Help))
        base = app.screen_stack[0]
        assert isinstance(base, ExperimentsScreen)
        assert base.query_one(FilterBar).text == "lr"
        assert base.query_one(ExperimentTree).cursor == 1

    drive(options(folder), act)


def test_a_form_is_filled_in(folder):
    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded and app.focused is not None)
        tree = app.screen.query_one(ExperimentTree)
        await until(pilot, lambda: any("lr" in row.key and tree.go_to(row.key) for row in tree.rows))
        burst(app, *"o", *"xy", "tab", *"4", "tab", *"3")
        await until(pilot, lambda: isinstance(app.screen, StartDialog))
        await until(pilot, lambda: app.screen.query_one("#seeds", Input).value == "3")
        assert app.screen.query_one("#epochs", Input).value == "4"
        assert app.screen.query_one(TextArea).text == "xy"

    drive(options(folder), act)


def test_a_pasted_filter_goes_where_it_was_meant_to(folder):
    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded and app.focused is not None)
        burst(app, "slash")
        paste = events.Paste("experiment=lr")
        paste.set_sender(app)
        app._driver.send_message(paste)
        burst(app, "enter", "down")
        bar, tree = app.screen.query_one(FilterBar), app.screen.query_one(ExperimentTree)
        await until(pilot, lambda: tree.has_focus and tree.cursor == 1)
        assert bar.text == "experiment=lr"

    drive(options(folder), act)


def test_a_key_pressed_again_and_again_moves_as_often(folder):
    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded and app.focused is not None)
        tree = app.screen.query_one(ExperimentTree)
        assert len(tree.rows) > 4
        burst(app, *["down"] * 3, "up", *["down"] * 2, "up", "question_mark")
        await until(pilot, lambda: isinstance(app.screen, Help))
        assert tree.cursor == 3

    drive(options(folder), act)


def test_what_goes_away_takes_no_keys_with_it(folder):
    """The follower of a key that closed its dialog never comes back."""

    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded and app.focused is not None)
        for _ in range(5):
            burst(app, "question_mark", "escape")
        burst(app, "slash", *"abc")
        bar = app.screen_stack[0].query_one(FilterBar)
        await until(pilot, lambda: bar.text == "abc")
        assert len(app.screen_stack) == 1

    drive(options(folder), act)
