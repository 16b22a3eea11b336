"""The experiments screen: every key, on real folders, with fake workers."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext

import pytest
from support.cli import EXPERIMENTS, project
from support.event_logs import scalar, version, write_events
from support.fakes import make_run
from support.house import House
from support.pilot import LARGE, MEDIUM, SMALL, drive, options, shown, until
from support.registry import HERE
from textual.widgets import Input, Static, TextArea

from fashiontui.runs.find import list_runs
from fashiontui.runs.record import Failure, RunRecord
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState
from fashiontui.runs.trash import TRASH
from fashiontui.supervisor import slots
from fashiontui.tui.app import FashionApp
from fashiontui.tui.preferences import NAME as PREFERENCES
from fashiontui.tui.screens.compare import CompareScreen
from fashiontui.tui.screens.confirm import Confirm
from fashiontui.tui.screens.experiments import ExperimentsScreen
from fashiontui.tui.screens.help import Help
from fashiontui.tui.screens.run import RunScreen
from fashiontui.tui.screens.startdialog import StartDialog
from fashiontui.tui.widgets.experimenttree import ExperimentTree
from fashiontui.tui.widgets.filterbar import Choices, FilterBar
from fashiontui.tui.widgets.linesview import LinesView
from fashiontui.tui.widgets.queuelist import QueueList

SIZES = [SMALL, MEDIUM, LARGE]
CLASH = "the settings give the key of experiments.run to another as well"
ODD = "[bold]b[red] שלום 日本語 \x1b[31m " + "x" * 200


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project whose supervisor is a test's own, if anybody's."""
    monkeypatch.setattr("fashiontui.supervisor.ensure.ensure_supervisor", lambda logs: None)
    monkeypatch.setattr("fashiontui.tui.actions.doing.ensure_supervisor", lambda logs: None)
    return project(tmp_path)


@pytest.fixture
def house(folder):
    (folder / "logs").mkdir()
    house = House(folder / "logs")
    yield house
    house.close()


def experiments(folder, act, size=MEDIUM, **changes):
    """Act once the project was read."""

    async def run(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded and isinstance(app.screen, ExperimentsScreen))
        await act(app, pilot)

    return drive(options(folder, **changes), run, size)


def tree(app):
    return app.screen_stack[0].query_one(ExperimentTree)


def queue(app):
    return app.screen_stack[0].query_one(QueueList)


def told(app):
    return [notification.message for notification in app._notifications]


def records(folder):
    return [RunRecord.load(paths.record) for paths in list_runs(folder / "logs")]


def finished(logs, experiment="lr", run_id="20261123-091502-k3f", **changes):
    return make_run(logs, experiment, run_id, state=RunState.FINISHED, environment=HERE, **changes)


async def go_to(pilot, app, label):
    """Put the cursor on a row."""
    await until(pilot, lambda: label in [row.label for row in tree(app).rows])
    tree(app).cursor = [row.label for row in tree(app).rows].index(label)
    await pilot.pause()


# What is to be seen.


@pytest.mark.parametrize("size", SIZES)
def test_a_fresh_project_shows_what_can_be_run(folder, size):
    async def act(app, pilot):
        await until(pilot, lambda: "widths" in shown(app))
        assert "other experiments" in shown(app)
        assert "r run" in shown(app)

    experiments(folder, act, size)
    assert not (folder / "logs").exists()


def test_an_empty_folder_says_what_to_do(tmp_path):
    async def act(app, pilot):
        await until(pilot, lambda: "there is no experiments file" in shown(app))
        assert "quickstart" in shown(app)

    experiments(tmp_path, act)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [(79, 24), (80, 23), (20, 5)])
def test_too_small_a_terminal_is_told_so(folder, size):
    async def act(app, pilot):
        await until(pilot, lambda: "80×24" in shown(app).replace("\n", "") or size[0] < 40)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "widths" in shown(app))

    experiments(folder, act, size)


def test_detail_of_an_experiment(folder):
    finished(folder / "logs")

    async def act(app, pilot):
        await go_to(pilot, app, "cnn1")
        await until(pilot, lambda: "conv1" in shown(app))
        for words in (
            "parameters",
            "multiply-adds",
            "differs from the defaults",
            "model.kind",
            "not run yet",
        ):
            assert words in shown(app)

    experiments(folder, act)


def test_detail_of_a_failed_run(folder):
    failure = Failure(kind="Oops", message="the loss [bold]is[/bold] \x1b[31mNaN", hint="Learn slower.")
    make_run(folder / "logs", "lr", state=RunState.FAILED, failure=failure, environment=HERE)

    async def act(app, pilot):
        await go_to(pilot, app, "lr")
        await pilot.press("right", "down")
        await until(pilot, lambda: "Learn slower." in shown(app))
        assert "the loss [bold]is[/bold] \\x1b[31mNaN" in shown(app)

    experiments(folder, act)


@pytest.mark.parametrize("size", [SMALL, MEDIUM])
def test_one_pane_at_a_time_where_it_is_narrow(folder, size):
    finished(folder / "logs")

    async def act(app, pilot):
        await until(pilot, lambda: "widths" in shown(app))
        assert ("Queue" in shown(app)) is (size == MEDIUM)
        await pilot.press("tab", "tab")
        await until(pilot, lambda: "Queue" in shown(app))
        assert ("widths" in shown(app)) is (size == MEDIUM)
        await pilot.press("tab")
        assert app.focused is tree(app)
        await pilot.press("shift+tab", "shift+tab")
        assert app.focused.id == "detail-lines"

    experiments(folder, act, size)


@pytest.mark.parametrize("size", SIZES)
def test_odd_names_break_nothing(folder, size):
    finished(folder / "logs", ODD)

    async def act(app, pilot):
        await until(pilot, lambda: "[bold]b[red]" in shown(app))
        await go_to(pilot, app, tree(app).rows[-1].label)
        await pilot.press("right", "down", "space", "i")
        await until(pilot, lambda: app.marked == [f"{ODD}/20261123-091502-k3f"])

    experiments(folder, act, size)


def test_ascii_shows_nothing_else(folder):
    finished(folder / "logs")

    async def act(app, pilot):
        await go_to(pilot, app, "cnn1")
        await until(pilot, lambda: "conv1" in shown(app))
        assert shown(app).isascii()

    experiments(folder, act, charset="ascii")


# New runs.


def test_r_runs_the_experiment_under_the_cursor(folder, house):
    async def act(app, pilot):
        await go_to(pilot, app, "cnn1")
        await pilot.press("up", "r")
        await until(pilot, lambda: bool(queue(app).rows))
        await until(pilot, lambda: (house.supervisor.tick(), app.nudge(), not queue(app).rows)[-1])
        await until(pilot, lambda: any("has finished" in text for text in told(app)))
        assert any("1 run queued" in text for text in told(app))

    experiments(folder, act)
    (record,) = records(folder)
    assert (record.experiment, record.state) == ("lr", RunState.FINISHED)


def test_a_run_without_its_data_is_told_and_leaves_no_folder(folder):
    async def act(app, pilot):
        await go_to(pilot, app, "cnn1")
        await pilot.press("r")
        await until(pilot, lambda: any("is not here: `fashiontui data fetch" in text for text in told(app)))
        await pilot.press("4", "d")
        await until(pilot, lambda: "Get it in one of three ways" in shown(app))

    experiments(folder, act)
    assert not (folder / "logs").exists()


def test_a_study_is_run_once_that_is_confirmed(folder):
    async def act(app, pilot):
        await go_to(pilot, app, "widths")
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "Run 2 runs of widths?" in shown(app)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, ExperimentsScreen))
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("enter")
        await until(pilot, lambda: len(queue(app).rows) == 2)

    experiments(folder, act)
    assert {record.study for record in records(folder)} == {"widths"}


def test_one_variant_of_a_study(folder):
    async def act(app, pilot):
        await go_to(pilot, app, "learning_rate=0.01")
        await pilot.press("r")
        await until(pilot, lambda: len(queue(app).rows) == 1)

    experiments(folder, act)
    (record,) = records(folder)
    assert record.spec.optimizer.learning_rate == 0.01


def test_other_settings_are_checked_while_they_are_typed(folder, monkeypatch):
    async def act(app, pilot):
        await go_to(pilot, app, "lr")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, StartDialog))
        app.screen.query_one(TextArea).text = "optimizer.learning_rat=0.1"
        await until(pilot, lambda: "did you mean" in shown(app).lower())
        await pilot.press("ctrl+r")
        assert isinstance(app.screen, StartDialog)
        app.screen.query_one(TextArea).text = "optimizer.learning_rate=0.1\n# a remark"
        app.screen.query_one("#epochs", Input).value = "2"
        app.screen.query_one("#seeds", Input).value = "3"
        await until(pilot, lambda: "3 runs of lr" in shown(app))
        app.screen.query_one("#device", Input).value = "tpu"
        await until(pilot, lambda: "tpu is none" in shown(app))
        monkeypatch.setattr(slots, "count_gpus", lambda: 1)
        app.screen.query_one("#device", Input).value = "cuda:1"
        await until(pilot, lambda: "this machine has 1 GPU" in shown(app))
        app.screen.query_one("#device", Input).value = "cuda:0"
        await until(pilot, lambda: "3 runs of lr" in shown(app))
        app.screen.query_one("#device", Input).value = "cpu"
        await until(pilot, lambda: "3 runs of lr" in shown(app))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: len(queue(app).rows) == 3)

    experiments(folder, act)
    specs = [record.spec for record in records(folder)]
    assert [spec.training.seed for spec in specs] == [1, 2, 3] or {spec.training.seed for spec in specs} == {
        1,
        2,
        3,
    }
    assert {(spec.optimizer.learning_rate, spec.training.epochs) for spec in specs} == {(0.1, 2)}
    assert {record.request.device for record in records(folder)} == {"cpu"}


def test_a_key_of_other_settings_is_completed(folder):
    async def act(app, pilot):
        await go_to(pilot, app, "lr")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, StartDialog))
        area = app.screen.query_one(TextArea)
        await pilot.press(*"regularization.", "enter")
        await pilot.press(*"training.ep")
        assert area.suggestion == "ochs="
        await pilot.press("right")
        assert area.text.endswith("\ntraining.epochs=")
        assert area.suggestion == str(app.snapshot.config.experiments["lr"].training.epochs)
        await pilot.press("9")
        assert area.suggestion == ""
        await pilot.press("left")
        assert area.suggestion == ""
        await pilot.press("end", "enter", *"optimizer.schedule=")
        assert area.suggestion == "exponential"
        await pilot.press("c")
        assert area.suggestion == "osine"
        await pilot.press("right", "enter", *"optimizer.learning_rate = ")
        assert area.suggestion == "0.001"

    experiments(folder, act)


def test_other_settings_can_be_given_up(folder):
    async def act(app, pilot):
        await go_to(pilot, app, "lr")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, StartDialog))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ExperimentsScreen))

    experiments(folder, act)
    assert not (folder / "logs").exists()


# Runs that are there.


def state_of(house, paths):
    return house.entry(paths).state


def test_stop_asks_first(folder, house):
    paths = house.add("endless")
    house.until_training(paths)

    async def act(app, pilot):
        await go_to(pilot, app, "lr")
        await pilot.press("K")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ExperimentsScreen))
        await pilot.press("K", "y")
        await until(pilot, lambda: (house.supervisor.tick(), state_of(house, paths) is RunState.STOPPED)[-1])
        app.nudge()
        await until(pilot, lambda: any("is stopped" in text for text in told(app)))

    experiments(folder, act)


def test_p_pauses_and_goes_on(folder, house):
    paths = house.add("endless")
    house.until_training(paths)

    async def act(app, pilot):
        await go_to(pilot, app, "lr")
        await pilot.press("p")
        await until(pilot, lambda: (house.supervisor.tick(), state_of(house, paths) is RunState.PAUSED)[-1])
        app.nudge()
        await until(pilot, lambda: app.snapshot.by_key(paths.key).state is RunState.PAUSED)
        await until(pilot, lambda: "resumes from its checkpoint" in shown(app))
        await until(pilot, lambda: "p go on" in shown(app))
        await pilot.press("p")
        await until(pilot, lambda: state_of(house, paths) is RunState.QUEUED)

    experiments(folder, act)


def test_the_queue_can_be_put_in_order(folder, house):
    first, second = house.add(), house.add()

    async def act(app, pilot):
        await until(pilot, lambda: len(queue(app).rows) == 2)
        queue(app).focus()
        await pilot.press("greater_than_sign")
        await until(pilot, lambda: [row.key for row in queue(app).rows] == [second.key, first.key])
        assert queue(app).row.key == first.key
        await pilot.press("less_than_sign")
        await until(pilot, lambda: [row.key for row in queue(app).rows] == [first.key, second.key])
        await pilot.press("less_than_sign")
        await until(pilot, lambda: any("the next one already" in text for text in told(app)))

    experiments(folder, act)


def test_delete_moves_to_the_trash_and_again_repeats(folder, house):
    paths = finished(folder / "logs")
    house.registry.refresh()

    async def act(app, pilot):
        await go_to(pilot, app, "lr")
        await until(pilot, lambda: bool(app.snapshot.entries))
        await pilot.press("a")
        await until(pilot, lambda: len(queue(app).rows) == 1)
        await pilot.press("right", "down", "down", "d")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: app.snapshot.by_key(paths.key) is None)

    experiments(folder, act)
    assert (folder / "logs" / TRASH / "lr" / paths.run_id).is_dir()
    (record,) = records(folder)
    assert record.environment["rerun_of"] == paths.key


def test_what_can_not_be_done_is_said(folder):
    async def act(app, pilot):
        await go_to(pilot, app, "lr")
        for key in ("K", "p", "a", "d", "space", "c", "i", "enter"):
            before = len(told(app))
            await pilot.press(key)
            await until(pilot, lambda before=before: len(told(app)) > before)

    experiments(folder, act)


def test_an_id_can_be_copied(folder):
    paths = finished(folder / "logs")

    async def act(app, pilot):
        await go_to(pilot, app, "lr")
        await until(pilot, lambda: bool(app.snapshot.entries))
        await pilot.press("i")
        await until(pilot, lambda: app.clipboard == paths.run_id)

    experiments(folder, act)


# Going on from here.


def test_marks_are_compared(folder):
    one, other = finished(folder / "logs"), finished(folder / "logs", "cnn1")

    async def act(app, pilot):
        await until(pilot, lambda: len(app.snapshot.entries) == 2)
        await go_to(pilot, app, "lr")
        await pilot.press("space")
        await go_to(pilot, app, "cnn1")
        await pilot.press("space", "space", "space", "c")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        assert app.compare_keys == (one.key, other.key)
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, ExperimentsScreen))

    experiments(folder, act)


def test_enter_opens_the_newest_run_and_escape_comes_back(folder):
    paths = finished(folder / "logs")

    async def act(app, pilot):
        await go_to(pilot, app, "lr")
        await until(pilot, lambda: bool(app.snapshot.entries))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        assert app.run_key == paths.key
        await app.action_back()
        await until(pilot, lambda: isinstance(app.screen, ExperimentsScreen))

    experiments(folder, act)


def test_enter_and_arrows_open_and_close_a_study(folder):
    async def act(app, pilot):
        await go_to(pilot, app, "widths")
        count = len(tree(app).rows)
        await pilot.press("enter")
        await until(pilot, lambda: len(tree(app).rows) == count - 2)
        await pilot.press("right")
        await until(pilot, lambda: len(tree(app).rows) == count)
        await pilot.press("down", "left")
        assert tree(app).row.label == "widths"
        await pilot.press("left")
        await until(pilot, lambda: len(tree(app).rows) == count - 2)

    experiments(folder, act)


def test_the_list_is_moved_through_by_keys(folder):
    async def act(app, pilot):
        await go_to(pilot, app, "widths")
        last = len(tree(app).rows) - 1
        for key, place in (
            ("j", 1),
            ("k", 0),
            ("G", last),
            ("g", 0),
            ("end", last),
            ("home", 0),
            ("pagedown", last),
        ):
            await pilot.press(key)
            assert tree(app).cursor == place

    experiments(folder, act)


def test_it_comes_back_as_it_was_left(folder):
    finished(folder / "logs")

    async def leave(app, pilot):
        await go_to(pilot, app, "lr")
        await until(pilot, lambda: bool(app.snapshot.entries))
        await pilot.press("right", "space", "slash", *"lr", "enter")
        app.theme = "nord"

    experiments(folder, leave)

    async def come_back(app, pilot):
        await until(pilot, lambda: bool(tree(app).rows))
        assert app.theme == "nord"
        assert app.marked == ["lr/20261123-091502-k3f"]
        assert app.screen.query_one(FilterBar).text == "lr"
        await until(pilot, lambda: tree(app).row is not None and tree(app).row.label == "lr")
        assert tree(app).row.is_open

    experiments(folder, come_back)


# The filter.


def test_a_filter_leaves_what_it_wants(folder):
    finished(folder / "logs")

    async def act(app, pilot):
        await until(pilot, lambda: bool(app.snapshot.entries))
        await pilot.press("slash", *"model=cnn")
        await until(pilot, lambda: [row.label for row in tree(app).rows] == ["other experiments", "cnn1"])
        await pilot.press("enter")
        assert app.focused is tree(app)
        await pilot.press("slash", "escape")
        await until(pilot, lambda: "widths" in [row.label for row in tree(app).rows])
        assert app.focused is tree(app)

    experiments(folder, act)


async def filter_cnn1(pilot, app, *first):
    await pilot.press("slash", *first, *"experiment=cnn1", "enter")
    await until(pilot, lambda: [row.label for row in tree(app).rows] == ["other experiments", "cnn1"])


def test_without_the_filter_the_cursor_is_where_it_was(folder):
    finished(folder / "logs")

    async def act(app, pilot):
        await go_to(pilot, app, "lr")
        await filter_cnn1(pilot, app)
        await pilot.press("escape")
        await until(pilot, lambda: tree(app).row.name == "lr")
        await filter_cnn1(pilot, app, "x", "backspace")
        await pilot.press("escape")
        await until(pilot, lambda: tree(app).row.name == "lr")

    experiments(folder, act)


def test_what_was_found_by_a_filter_stays_under_the_cursor(folder):
    finished(folder / "logs")

    async def act(app, pilot):
        await go_to(pilot, app, "lr")
        await filter_cnn1(pilot, app)
        await pilot.press("home", "down")
        await until(pilot, lambda: tree(app).row.name == "cnn1")
        await pilot.press("escape")
        await until(pilot, lambda: "widths" in [row.label for row in tree(app).rows])
        assert tree(app).row.name == "cnn1"

    experiments(folder, act)


def test_what_stands_beside_the_list_is_said_as_the_terminal_grows(folder):
    (folder / "experiments.toml").write_text("[experiments.lr]\nmodel = 'logisti'\nwidth = 3\n")

    async def act(app, pilot):
        left, mistakes = app.screen.query_one("#left"), app.screen.query_one("#mistakes", LinesView)
        await until(pilot, lambda: "tab detail" in str(left.border_subtitle) and len(mistakes.lines) > 1)
        before = mistakes.lines
        await pilot.resize_terminal(*LARGE)
        await until(pilot, lambda: "tab" not in str(left.border_subtitle) and mistakes.lines != before)
        await pilot.resize_terminal(*SMALL)
        await until(pilot, lambda: "tab detail" in str(left.border_subtitle) and mistakes.lines == before)

    experiments(folder, act, SMALL)


def test_a_mistake_is_pointed_at_and_the_last_filter_stays(folder):
    async def act(app, pilot):
        await until(pilot, lambda: bool(tree(app).rows))
        await pilot.press("slash", *"dropot>1")
        await until(pilot, lambda: app.screen.query_one("#filter-mistake", Static).display)
        assert "Did you mean `dropout`?" in shown(app)
        line = next(line for line in shown(app).split("\n") if "^" in line)
        above = next(line for line in shown(app).split("\n") if "dropot>1" in line)
        assert line.index("^") == above.index("dropot")

    experiments(folder, act)


def test_a_word_is_completed(folder):
    finished(folder / "logs")

    async def act(app, pilot):
        await until(pilot, lambda: bool(app.snapshot.entries))
        await pilot.press("slash", *"dropo")
        await until(pilot, lambda: app.screen.query_one(Choices).display)
        await pilot.press("tab")
        await until(pilot, lambda: app.screen.query_one(FilterBar).text == "dropout")
        await pilot.press(*"=0 stat")
        await until(pilot, lambda: len(app.screen.query_one(Choices).rows) > 1)
        await pilot.press("down", "tab")
        await until(pilot, lambda: app.screen.query_one(FilterBar).text == "dropout=0 status")

    experiments(folder, act)


def test_the_list_stays_while_a_word_of_the_filter_is_not_finished(folder):
    finished(folder / "logs")

    async def act(app, pilot):
        await until(pilot, lambda: bool(app.snapshot.entries))
        before = [row.label for row in tree(app).rows]
        await pilot.press("slash", *"dropo")
        await until(pilot, lambda: bool(app.screen.query_one(Choices).rows))
        assert [row.label for row in tree(app).rows] == before
        await pilot.press("enter")
        await until(pilot, lambda: "is like that" in shown(app))
        await pilot.press("slash", "escape", "slash")
        app.screen.query_one("FilterInput", Input).insert_text_at_cursor("model=cnn state:fin")  # as pasted
        await until(pilot, lambda: [row.label for row in tree(app).rows] == ["other experiments", "cnn1"])
        app.screen.query_one(FilterBar).text = "nosuchkey>1"
        await until(pilot, lambda: app.screen.query_one("#filter-mistake", Static).display)
        await pilot.press("enter")
        assert app.focused is app.screen.query_one("FilterInput")  # a mistake is not left standing

    experiments(folder, act)


def test_a_filter_that_wants_nothing_says_how_to_go_back(folder):
    async def act(app, pilot):
        await until(pilot, lambda: bool(tree(app).rows))
        await pilot.press("slash", *"nosuchthing")
        await until(pilot, lambda: "is like that" in shown(app))

    experiments(folder, act)


def test_under_a_filter_a_row_means_the_run_that_fits(folder):
    failed = make_run(folder / "logs", "lr", "20261123-081502-old", state=RunState.FAILED, environment=HERE)
    finished(folder / "logs")

    async def act(app, pilot):
        await until(pilot, lambda: len(app.snapshot.entries) == 2)
        await pilot.press("slash", *"state=failed", "enter")
        await until(pilot, lambda: "1 shown" in shown(app))
        await go_to(pilot, app, "lr")
        await pilot.press("i")
        assert app.clipboard == failed.run_id
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        assert app.run_key == failed.key

    experiments(folder, act)


# The file.


def test_an_editor_that_is_not_there_is_told_and_the_terminal_taken_back(folder):
    taken_back = []

    @contextmanager
    def suspend():  # as Textual's: what is raised within leaves the terminal as it was given away
        yield
        taken_back.append(True)

    async def act(app, pilot):
        await until(pilot, lambda: bool(tree(app).rows))
        app.suspend = suspend
        await pilot.press("e")
        await until(pilot, lambda: told(app) == ["nosuchthing: No such file or directory"])
        assert taken_back == [True]

    experiments(folder, act, editor=("nosuchthing",))


def test_an_editor_opens_the_file_at_what_is_under_the_cursor_or_at_its_first_mistake(folder, tmp_path):
    """A script in the editor's place tells what it was given."""
    said = tmp_path / "said"
    vi = tmp_path / "vi"
    vi.write_text(f'#!/bin/sh\necho "$@" >> {said}\n')
    vi.chmod(0o755)
    path = folder / "experiments.toml"
    line = EXPERIMENTS.split("\n").index("[studies.widths]") + 1

    async def act(app, pilot):
        app.suspend = nullcontext
        await go_to(pilot, app, "widths")
        await pilot.press("e")
        path.write_text("[experiments.wrong]\nmodle = 1\n" + EXPERIMENTS)
        await pilot.press("e")
        await until(pilot, lambda: said.read_text().count("\n") == 2)

    experiments(folder, act, editor=(str(vi), "-u"))
    assert said.read_text() == f"-u +{line} {path}\n-u +2 {path}\n"


def test_a_long_list_of_mistakes_is_reached_by_tab_and_scrolled(folder):
    lines = [f'[experiments.wrong{number}]\nmodel = "mpl"' for number in range(12)]
    (folder / "experiments.toml").write_text(EXPERIMENTS + "\n" + "\n".join(lines) + "\n")

    async def act(app, pilot):
        box = app.screen.query_one("#mistakes", LinesView)
        await until(pilot, lambda: box.display and box.max_scroll_y > 0)
        seen = []
        for _ in range(4):
            await pilot.press("tab")
            seen.append(app.focused.id)
        assert seen == ["detail-lines", "queue", "mistakes", "tree"]
        await pilot.press("shift+tab", "down", "down")
        await until(pilot, lambda: box.scroll_offset.y == 2)

    experiments(folder, act, SMALL)


def test_the_file_is_read_again_when_it_changes_and_mistakes_are_shown_in_place(folder):
    path = folder / "experiments.toml"

    async def act(app, pilot):
        await until(pilot, lambda: bool(tree(app).rows))
        path.write_text(EXPERIMENTS + '\n[experiments.new]\nmodel = "mpl"\n')
        app.nudge()
        await until(pilot, lambda: "did you mean `mlp`" in shown(app))
        assert "widths" in shown(app)
        path.write_text(EXPERIMENTS + '\n[experiments.new]\nmodel = "mlp"\n')
        app.nudge()
        await until(pilot, lambda: "new" in [row.label for row in tree(app).rows])
        assert not app.screen.query_one("#mistakes", LinesView).display

    experiments(folder, act)


def test_nothing_is_run_of_a_file_with_mistakes(folder):
    """What it said before may not be what is meant now."""
    path = folder / "experiments.toml"

    async def act(app, pilot):
        await go_to(pilot, app, "lr")
        path.write_text(
            EXPERIMENTS.replace("epochs = 3", "epochs = 4") + '\n[experiments.new]\nmodel = "mpl"\n'
        )
        app.nudge()
        await until(pilot, lambda: bool(app.snapshot.config_error))
        await pilot.press("r")
        await until(pilot, lambda: any("before that is mended" in text for text in told(app)))
        await pilot.press("o")
        await pilot.pause()
        assert isinstance(app.screen, ExperimentsScreen)
        path.write_text(EXPERIMENTS.replace("epochs = 3", "epochs = 4"))
        app.nudge()
        await until(pilot, lambda: not app.snapshot.config_error)
        await pilot.press("r")
        await until(pilot, lambda: bool(app.snapshot.entries))
        assert [entry.facts["training.epochs"] for entry in app.snapshot.entries] == [4]

    experiments(folder, act)


def test_devices_in_a_changed_file_hold_for_what_waits_already(folder):
    path = folder / "experiments.toml"
    (folder / "logs").mkdir()

    async def act(app, pilot):
        await until(pilot, lambda: bool(tree(app).rows))
        for table, expected in (("[devices]\ncpu = 3\n", ["cpu/0", "cpu/1", "cpu/2"]), ("", ["cpu/0"])):
            path.write_text(EXPERIMENTS + "\n" + table)
            app.nudge()
            await until(pilot, lambda want=expected: [*app.snapshot.slots][: len(want) + 1] == want)

    experiments(folder, act)


def test_without_a_file_the_shipped_one_is_read_and_copied_to_be_edited(tmp_path):
    shipped = project(tmp_path / "shipped") if (tmp_path / "shipped").mkdir() is None else tmp_path
    here = tmp_path / "here"
    here.mkdir()

    async def act(app, pilot):
        await go_to(pilot, app, "widths")
        await pilot.press("e")
        await until(pilot, lambda: any("can't be given to an editor" in text for text in told(app)))
        app.nudge()
        await until(pilot, lambda: app.snapshot.config_path == here / "experiments.toml")

    experiments(here, act, fallback_config=shipped / "experiments.toml", editor=("true",))
    assert (here / "experiments.toml").read_text() == EXPERIMENTS


# Folders of others.


def test_read_only_changes_nothing(folder):
    paths = finished(folder / "logs")
    before = {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}

    async def act(app, pilot):
        await until(pilot, lambda: bool(app.snapshot.entries))
        await go_to(pilot, app, "lr")
        assert "read only" in shown(app)
        assert "r run" not in shown(app)
        await pilot.press("r", "R", "d", "K", "a", "e", "o", "p", "H")
        assert isinstance(app.screen, ExperimentsScreen)
        await until(pilot, lambda: told(app) == ["read only: nothing is changed here"])
        await pilot.press("space")
        assert app.marked == [paths.key]

    experiments(folder, act, read_only=True)
    assert {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))} == before


def test_other_programs_logs_are_listed_by_folder(tmp_path):
    for name in ("lightning_logs/version_0", "lightning_logs/version_1", "[b]x"):
        (tmp_path / "logs" / name).mkdir(parents=True)
        write_events(tmp_path / "logs" / name, "1", [version(), scalar(1)])

    async def act(app, pilot):
        await until(pilot, lambda: "lightning_logs" in shown(app))
        labels = [row.label for row in tree(app).rows]
        assert labels == ["this folder", "[b]x", "lightning_logs", "version_0", "version_1"]
        assert "TensorBoard logs" in shown(app)
        await go_to(pilot, app, "version_0")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        assert app.run_key == "lightning_logs/version_0"

    experiments(tmp_path, act)
    assert not (tmp_path / "logs" / PREFERENCES).exists()


# What all screens have.


def test_help_lists_the_keys_that_work_here(folder):
    async def act(app, pilot):
        await go_to(pilot, app, "lr")
        for key in ("question_mark", "f1"):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(app.screen, Help))
            lines = "\n".join(
                "".join(text for text, _ in parts) for parts in app.screen.query_one(LinesView).lines
            )
            for binding in ("experiments.run", "experiments.mark", "list.down", "app.leave", "tree.open"):
                assert binding in lines
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, ExperimentsScreen))

    experiments(folder, act)


def test_the_palette_offers_every_key_here(folder):
    async def act(app, pilot):
        await go_to(pilot, app, "lr")
        commands = {command.title for command in app.get_system_commands(app.screen)}
        assert {
            "Run the experiment",
            "Stop after a checkpoint; asks first",
            "Theme",
            "Leave; runs go on",
        } <= commands
        await pilot.press("ctrl+p")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press("escape")

    experiments(folder, act)


def test_keys_can_be_given_to_others(folder):
    async def act(app, pilot):
        await go_to(pilot, app, "lr")
        await pilot.press("r")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: len(queue(app).rows) == 1)

    experiments(folder, act, keys={"experiments.run": "ctrl+g"})


def test_textuals_own_keys_give_way_and_names_of_no_key_are_told(folder):
    async def act(app, pilot):
        await go_to(pilot, app, "lr")
        await until(pilot, lambda: bool(told(app)))
        assert told(app) == ["settings.toml: keys: there is no `chart.lgo`; did you mean `chart.log`?"]
        app.clear_notifications()
        app.set_keymap({"experiments.run": "ctrl+g", "experiments.stop": "ctrl+g"})
        await until(pilot, lambda: told(app) == [CLASH])

    keys = {"app.leave": "ctrl+q", "chart.lgo": "f9"}
    experiments(folder, act, keys=keys, owns_process=True)


def test_digits_and_clicks_change_the_mode(folder):
    async def act(app, pilot):
        for key, mode in (("2", "run"), ("3", "compare"), ("4", "data"), ("1", "experiments")):
            await pilot.press(key)
            await until(pilot, lambda mode=mode: app.current_mode == mode)
        await pilot.click("TopBar", offset=(29, 0))
        await until(pilot, lambda: app.current_mode == "run")

    experiments(folder, act)


def test_q_leaves(folder):
    async def act(app, pilot):
        await pilot.press("q")
        await until(pilot, lambda: app._exit)

    assert experiments(folder, act).return_code == 0


def test_tensorboard_ends_with_the_app(folder, monkeypatch):
    monkeypatch.setattr("fashiontui.tui.tensorboard._program", lambda: ["sh", "-c", "sleep 1000"])
    seen = []

    async def act(app, pilot):
        await pilot.press("t")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        assert "http://localhost:" in shown(app)
        assert "ssh -N -L" in shown(app)
        seen.append(app.deeds._board._process)
        await pilot.press("i")
        assert app.clipboard.startswith("http://localhost:")
        await pilot.press("escape")

    experiments(folder, act)
    assert seen[0].poll() is not None


def test_what_a_key_can_not_do_here_is_not_offered_and_told_when_pressed(folder):
    finished(folder / "logs")

    async def act(app, pilot):
        await go_to(pilot, app, "cnn1")
        await until(pilot, lambda: "r run" in shown(app) and "K stop" not in shown(app).splitlines()[-1])
        footer = shown(app).splitlines()[-1]
        assert "p pause" not in footer
        assert "d delete" not in footer
        await pilot.press("K")
        await until(pilot, lambda: told(app) == ["nothing of this is running or waits"])
        await go_to(pilot, app, "lr")
        await until(pilot, lambda: "a again" in shown(app).splitlines()[-1])

    experiments(folder, act, LARGE)


def test_the_app_knows_its_own_bindings():
    ids = [binding.id for binding in FashionApp.BINDINGS]
    assert len(ids) == len(set(ids))
    assert None not in ids


def test_an_empty_queue_leaves_the_detail_and_the_keys_to_the_tree(folder):
    async def act(app, pilot):
        await until(pilot, lambda: bool(tree(app).rows))
        await go_to(pilot, app, "lr")
        before = app.screen.picked()
        await pilot.press("tab", "tab")
        assert app.focused is queue(app)
        assert app.screen.picked() == before
        assert before.wish is not None
        assert "no experiment here" not in shown(app)

    experiments(folder, act)


def test_a_queue_is_looked_at_from_its_own_pane(folder, house):
    house.add()

    async def act(app, pilot):
        await until(pilot, lambda: len(queue(app).rows) == 1)
        await pilot.press("tab", "tab")
        assert app.focused is queue(app)
        await until(pilot, lambda: "queued" in shown(app))
        await until(pilot, lambda: app.screen.picked().runs == app.snapshot.entries)
        await pilot.press("d", "y")
        await until(pilot, lambda: not app.snapshot.entries)
        await until(pilot, lambda: not queue(app).rows and bool(app.screen.picked().wish))  # the tree's again

    experiments(folder, act)
    with Registry.open(folder / "logs", warn=print) as registry:
        assert registry.entries() == []
