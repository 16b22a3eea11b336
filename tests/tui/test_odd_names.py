"""Names nobody would think of, folders with nothing in them, terminals too small, folders of others: on every screen."""

from __future__ import annotations

import unicodedata

import pytest
from rich.cells import cell_len
from support.cli import project
from support.fakes import make_run
from support.keys import KEYS
from support.pilot import MEDIUM, SMALL, drive, options, shown, until
from support.registry import HERE
from support.shown_runs import forest_run, full_run
from support.trained import trained_run
from textual.widgets import Input, Static, TextArea

from fashiontui.config.problems import printable
from fashiontui.runs.record import Failure
from fashiontui.runs.state import RunState
from fashiontui.tui.screens.compare import CompareScreen
from fashiontui.tui.screens.confirm import Confirm
from fashiontui.tui.screens.export import ExportScreen
from fashiontui.tui.screens.help import keys_of
from fashiontui.tui.screens.run import RunScreen
from fashiontui.tui.widgets.experimenttree import ExperimentTree
from fashiontui.tui.widgets.side_by_side import ComparisonTable

NAMES = {
    "markup": "[bold red]b[@click=app.leave]c[",
    "escapes": "\x1b[31mred\x1b]0;title\x07\x9b2J",
    "wide": "日本語の実験" * 12,
    "right-to-left": "שלום \u202eevil\u202c عربى",
    "long": "n" * 200,
    "combining": "e\u0301\u200d👩\u200d👩\u200d👧 ☃\ufe0f",
}
MODES = ("experiments", "run", "compare", "data")
DEEDS = {
    *(f"experiments.{name}" for name in ("run", "run-study", "run-with", "pause", "stop", "again", "delete", "edit")),
    *(f"run.{name}" for name in ("pause", "stop", "again", "delete")), "queue.earlier", "queue.later",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    return project(tmp_path)


def is_sound(app):
    """All lines are as wide as the screen, and none holds what would move the cursor or turn the text."""
    for text in shown(app).split("\n"):
        assert cell_len(text) == app.size.width, text
        assert not {sign for sign in text if unicodedata.category(sign) == "Cc"}, text
        assert not {
            sign for sign in text if unicodedata.bidirectional(sign) in ("RLO", "LRO", "RLE", "PDF")
        }, text


async def to_row(pilot, app, key):
    tree = app.screen.query_one(ExperimentTree)
    await until(pilot, lambda: any(row.key.endswith(key) for row in tree.rows))
    tree.go_to(next(row.key for row in tree.rows if row.key.endswith(key)))
    await pilot.pause()


@pytest.mark.parametrize("size", [SMALL, MEDIUM])
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_run_of_any_name_on_every_screen(folder, name, size):
    logs = folder / "logs"
    failure = Failure(kind=name, message=name, hint=name)
    odd = trained_run(logs, name, name[:100], epochs=3)
    failed = make_run(
        logs, name, "20261123-091509-f4l", state=RunState.FAILED, failure=failure, environment=HERE
    )
    other = trained_run(logs, "lr", "20261123-091502-k3f", epochs=3)

    async def act(app, pilot):
        await until(pilot, lambda: len(app.snapshot.entries) == 3)
        await pilot.press("G", "right")
        for key in (odd.key, failed.key):
            await to_row(pilot, app, key)
            await pilot.press("i")  # a toast with its id
            await pilot.pause()
            is_sound(app)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        is_sound(app)
        await pilot.press("n")
        for key in (odd.key, failed.key):
            app.open_run(key)
            await until(
                pilot, lambda key=key: isinstance(app.screen, RunScreen) and app.screen.shown is not None
            )
            await until(pilot, lambda key=key: app.screen.shown.key == key)
            is_sound(app)
        app.open_compare([other.key, odd.key, failed.key])
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        await until(pilot, lambda: len(app.screen.query_one(ComparisonTable).rows) > 1)
        is_sound(app)
        await pilot.press("tab", "tab", "w")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        is_sound(app)
        app.screen.query_one(Input).value = f"{printable(name)[:50]}.nosuch"
        await pilot.press("enter")
        await pilot.pause()
        is_sound(app)
        await pilot.press("escape", "4")
        await until(pilot, lambda: app.current_mode == "data")
        is_sound(app)

    drive(options(folder), act, size)


def test_folders_with_nothing_in_them(folder):
    for name in ("lr/20261123-091502-k3f", "cnn1", "[x]/y/z"):
        (folder / "logs" / name).mkdir(parents=True)
    make_run(folder / "logs", "ann1", "20261123-091503-p7q", state=RunState.FINISHED, environment=HERE)

    async def act(app, pilot):
        await until(pilot, lambda: bool(app.snapshot.entries))
        assert [entry.key for entry in app.snapshot.entries] == ["ann1/20261123-091503-p7q"]
        app.open_run("ann1/20261123-091503-p7q")
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.shown is not None)
        for key in ("6", "7", "8", "9", "m", "a", "l", "s"):
            await pilot.press(key)
            await pilot.pause()
            is_sound(app)
        app.open_compare(["ann1/20261123-091503-p7q", "lr/20261123-091502-k3f"])
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        await pilot.pause()
        is_sound(app)

    drive(options(folder), act)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [(79, 24), (80, 23), (30, 6)])
def test_too_small_a_terminal_is_told_so_everywhere(folder, mode, size):
    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        app.action_mode(mode)
        await until(pilot, lambda: app.screen.has_class("-too-small"))
        sign = app.screen.query_one("#too-small", Static)
        await until(
            pilot,
            lambda: (
                sign.region.area > 0 and f"{size[0]}×{size[1]} is too small" in shown(app).replace("\n", " ")
            ),
        )
        assert "80×24" in str(sign.content)
        await pilot.resize_terminal(80, 24)
        await until(
            pilot, lambda: not app.screen.has_class("-too-small") and "is too small" not in shown(app)
        )
        if (before := app.screen.focused) is None:
            return
        await pilot.resize_terminal(*size)
        await until(pilot, lambda: app.screen.has_class("-too-small"))
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: app.screen.focused is before)

    drive(options(folder), act, size)


@pytest.mark.parametrize("name", ["delete", "run-with"])
def test_too_small_a_terminal_is_told_so_over_a_dialog(folder, name):
    full_run(folder / "logs")

    async def act(app, pilot):
        await until(pilot, lambda: bool(app.snapshot.entries))
        tree = app.screen.query_one(ExperimentTree)
        await until(pilot, lambda: any("cnn1" in row.key and tree.go_to(row.key) for row in tree.rows))
        await pilot.press(KEYS[f"experiments.{name}"][0])
        await until(pilot, lambda: len(app.screen_stack) > 1 and app.screen.focused is not None)
        dialog, focused = app.screen, app.screen.focused
        await pilot.resize_terminal(60, 20)
        await until(pilot, lambda: "60×20 is too small: at least 80×24 is needed" in shown(app))
        assert not focused.region
        before = list(app.snapshot.entries)
        await pilot.press("y", "enter", "ctrl+r", "x")  # nobody sees what they would do
        assert app.screen is dialog
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "too small" not in shown(app) and app.screen.focused is focused)
        assert [entry.key for entry in app.snapshot.entries] == [entry.key for entry in before]
        assert not any("x" in area.text for area in app.screen.query(TextArea))
        await pilot.resize_terminal(60, 20)
        await until(pilot, lambda: "too small" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is not dialog)
        await pilot.press("q")
        await until(pilot, lambda: app._exit)

    drive(options(folder), act)


@pytest.mark.parametrize("mode", ["experiments", "run"])
def test_where_nothing_may_be_changed_no_deed_is_offered(folder, mode):
    full_run(folder / "logs")
    forest_run(folder / "logs")
    before = {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}

    def offered(app):
        return {active.binding.id for active in app.screen.active_bindings.values() if active.enabled}

    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded and len(app.snapshot.entries) == 2)
        if mode == "run":
            app.open_run(app.snapshot.entries[0].key)
            await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.shown is not None)
        await until(pilot, lambda: not offered(app) & DEEDS)
        assert not {key.id for key in keys_of(app.screen)} & DEEDS
        for name in sorted(DEEDS):
            if name.startswith(mode):
                await pilot.press(KEYS[name][0])
                assert len(app.screen_stack) == 1
        assert app.current_mode == mode

    drive(options(folder, read_only=True), act)
    assert {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))} == before


def test_where_things_may_be_changed_deeds_are_offered(folder):
    full_run(folder / "logs")

    async def act(app, pilot):
        await until(pilot, lambda: bool(app.snapshot.entries))
        assert "experiments.delete" in {key.id for key in keys_of(app.screen)}
        app.open_run(app.snapshot.entries[0].key)
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.shown is not None)
        await until(pilot, lambda: "run.delete" in {key.id for key in keys_of(app.screen)})

    drive(options(folder), act)
