from __future__ import annotations

import pytest
from support.fakes import make_entry

from fashiontui.cli.columns import COLUMNS, note, rate
from fashiontui.runs.registry.entry import Wanted
from fashiontui.runs.state import RunState

RESULT = {
    "training.epochs": 50,
    "epochs": 44,
    "best_epoch": 34,
    "valid_accuracy": 0.8622,
    "last_valid_accuracy": 0.86,
    "test_accuracy": 0.8455,
    "train_seconds": 125.0,
    "seed": 1,
    "dataset": "fashion-mnist",
    "synthetic": False,
}
LIVE = {
    "training.epochs": 50,
    "epoch": 3,
    "eta_seconds": 723.0,
    "samples_per_second": 34_321.0,
    "phase": "training",
    "metrics": {"valid_accuracy": {"last": 0.85, "best": 0.86, "best_epoch": 2}},
}


def shown(**changes):
    entry = make_entry(**changes)
    return {column.title: column.cell(entry) for column in COLUMNS}


def test_a_finished_run_has_its_result():
    cells = shown(state=RunState.FINISHED, facts=RESULT)
    assert cells == {
        "run": "20261123-091502-k3f",
        "experiment": "lr",
        "state": "finished",
        "epoch": "44",
        "best valid": "0.8622@34",
        "last valid": "0.8600",
        "test": "0.8455",
        "trained": "2:05",
        "seed": "1",
        "data": "fashion-mnist",
    }


def test_what_its_curves_came_to_goes_before():
    metrics = {"metrics": {"valid_accuracy": {"last": 0.9, "best": 0.95, "best_epoch": 7}}}
    cells = shown(state=RunState.FINISHED, facts=RESULT | metrics)
    assert (cells["best valid"], cells["last valid"]) == ("0.9500@7", "0.9000")


def test_of_equal_epochs_the_best_is_the_one_that_was_tested():
    metrics = {"metrics": {"valid_accuracy": {"last": 0.86, "best": 0.8622000217437744, "best_epoch": 7}}}
    assert shown(state=RunState.FINISHED, facts=RESULT | metrics)["best valid"] == "0.8622@34"


def test_a_live_run_has_its_progress():
    entry = make_entry(state=RunState.RUNNING, facts=LIVE)
    cells = shown(state=RunState.RUNNING, facts=LIVE)
    assert [cells[title] for title in ("epoch", "best valid", "last valid", "test", "trained")] == [
        "3/50",
        "0.8600@2",
        "0.8500",
        "-",
        "-",
    ]
    assert note(entry) == "12:03 left, 34.3k/s"


def test_a_run_that_was_just_started_has_no_numbers_yet():
    cells = shown(state=RunState.STARTING, facts={"training.epochs": 50})
    assert cells["epoch"] == "0/50"
    assert note(make_entry(state=RunState.STARTING)) == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"state": RunState.QUEUED, "reason": "cpu is taken by lr/x"}, "cpu is taken by lr/x"),
        ({"state": RunState.RUNNING, "wanted": Wanted.PAUSE}, "pausing"),
        ({"state": RunState.RUNNING, "wanted": Wanted.STOP, "facts": {"phase": "testing"}}, "stopping, testing"),
        ({"state": RunState.STARTING, "facts": {"phase": "loading"}}, "loading data"),
        ({"state": RunState.FAILED, "facts": {"error": {"message": "it \x1b[31mdiverged\nin epoch 3"}}}, r"it \x1b[31mdiverged"),
        ({"state": RunState.FINISHED, "facts": RESULT}, ""),
    ],
)  # fmt: skip
def test_a_note_says_what_numbers_do_not(changes, said):
    assert note(make_entry(**changes)) == said


def test_names_cannot_steer_the_terminal():
    cells = shown(experiment="[red]x\x1b[2J", facts={"dataset": "y\x07"})
    assert (cells["experiment"], cells["data"]) == (r"[red]x\x1b[2J", r"y\x07")


def test_drawn_data_are_called_so_under_any_name():
    assert shown(facts={"dataset": "synthetic", "synthetic": True})["data"] == "synthetic"
    assert shown(facts={"dataset": "mysets:load", "synthetic": True})["data"] == "mysets:load (synthetic)"


def test_paces():
    assert [rate(value) for value in (None, 912.4, 9_999.0, 34_321.0)] == ["", "912/s", "9,999/s", "34.3k/s"]
