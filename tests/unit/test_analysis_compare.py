from __future__ import annotations

import csv
import io
import math

import pytest
from support.fakes import make_entry

from fashiontui.analysis.compare import (
    MEASURES,
    Cell,
    Measured,
    Row,
    Subject,
    best_of,
    compare,
    labels,
    subjects_of,
)
from fashiontui.analysis.numbers import four_digits
from fashiontui.analysis.table import (
    comparison_csv,
    delta_text,
    duration,
    headings,
    markdown,
    number_text,
    setting_text,
    value_text,
)
from fashiontui.runs.state import RunState

ANN = {
    "model.kind": "mlp",
    "model.units": [512],
    "training.seed": 1,
    "dataset.name": "fashion-mnist",
    "parameters": 407050,
    "valid_accuracy": 0.9031,
    "test_accuracy": 0.9018,
    "test_loss": 0.2831,
    "generalisation_gap": 0.041,
    "train_seconds": 130.0,
    "weights_sha256": "abc",
    "metrics": {},
}
CNN = {
    **ANN,
    "model.kind": "cnn",
    "model.channels": [32, 64],
    "model.batch_norm": False,
    "parameters": 805130,
    "valid_accuracy": 0.9266,
    "test_accuracy": 0.9257,
    "test_loss": 0.2219,
    "generalisation_gap": 0.031,
    "train_seconds": 542.0,
}


def entry(experiment, facts, state=RunState.FINISHED, run_id="20261123-091502-k3f"):
    return make_entry(experiment, run_id, state=state, facts=facts)


def compared(*entries, baseline=0):
    return compare(subjects_of(entries), baseline)


def row(comparison, key):
    return next(row for row in comparison.rows if row.key == key)


def cells(comparison, key):
    return [cell.value for cell in row(comparison, key).cells]


@pytest.fixture
def two():
    return compared(entry("ann1", ANN), entry("cnn1", CNN), baseline=1)


def test_only_what_differs_by_default(two):
    keys = [row.key for row in two.chosen(everything=False)]
    assert keys == [
        "model.kind",
        "model.channels",
        "parameters",
        "valid_accuracy",
        "test_accuracy",
        "test_loss",
        "generalisation_gap",
        "train_seconds",
    ]
    everything = [row.key for row in two.chosen(everything=True)]
    assert {"training.seed", "dataset.name", "state", "model.units"} <= set(everything)
    assert "test_accuracy" in everything
    assert "weights_sha256" not in everything
    assert "best_epoch" not in everything  # nobody has one


def test_a_setting_that_one_model_lacks(two):
    assert cells(two, "model.channels") == [None, [32, 64]]


def test_what_a_model_has_not_got_differs_only_where_it_is_not_as_usual():
    lr = {"model.kind": "logistic"}
    ann = {"model.kind": "mlp", "model.units": [512], "model.dropout": 0.3, "model.activation": "relu"}
    cnn = {"model.kind": "cnn", "model.units": [128], "model.dropout": 0.3, "model.activation": "relu"}
    found = compared(entry("lr", lr), entry("ann1", ann), entry("cnn1", cnn))
    keys = [row.key for row in found.chosen(everything=False)]
    assert keys == ["model.kind", "model.units", "model.dropout"]
    assert "model.activation" in [row.key for row in found.chosen(everything=True)]


def test_the_best_by_direction(two):
    best = {row.key: [cell.is_best for cell in row.cells] for row in two.rows if row.kind == "result"}
    assert best["test_accuracy"] == [False, True]
    assert best["test_loss"] == [False, True]
    assert best["generalisation_gap"] == [False, True]
    assert best["train_seconds"] == [True, False]
    assert best["parameters"] == [False, False]  # neither few nor many are better


def test_differences_are_to_the_baseline(two):
    accuracy = row(two, "test_accuracy").cells
    assert accuracy[0].delta == pytest.approx(0.9018 - 0.9257)
    assert accuracy[1].delta is None
    assert row(two, "train_seconds").cells[0].delta == pytest.approx(-412)


def test_best_of():
    assert best_of([1, 2, 2], "max") == {1, 2}
    assert best_of([1, None, math.nan], "max") == set()
    assert best_of([1, 1], "min") == set()
    assert best_of([3, None, 1], "min") == {2}
    assert best_of([3, 1], None) == set()


def test_a_live_run_is_known_by_its_progress():
    live = {
        **{key: value for key, value in CNN.items() if "." in key},
        "metrics": {"valid_accuracy": {"best": 0.91, "best_epoch": 4, "last": 0.9}},
    }
    found = compared(entry("ann1", ANN), entry("cnn1", live, RunState.RUNNING))
    assert cells(found, "valid_accuracy") == [0.9031, 0.91]
    assert cells(found, "best_epoch") == [None, 4]
    assert cells(found, "test_accuracy") == [0.9018, None]
    assert "not finished: cnn1" in found.notes
    assert row(found, "test_accuracy").cells[0].is_best is False


def test_what_to_keep_in_mind():
    drawn = {**ANN, "synthetic": True, "device_name": "a", "dataset.name": "synthetic"}
    real = {**CNN, "synthetic": False, "device_name": "b"}
    assert compared(entry("ann1", drawn), entry("ann1", drawn, run_id="x")).notes == ("synthetic data",)
    notes = compared(entry("ann1", drawn), entry("cnn1", real)).notes
    assert notes == (
        "synthetic data, in some of them",
        "different data: accuracies can't be compared as they are",
        "different devices or threads: times can't be compared as they are",
    )


def test_a_run_that_waits_is_no_other_machine():
    made = entry("ann1", {**ANN, "synthetic": False, "device_name": "a", "threads": 2})
    waits = entry("cnn1", {"model.kind": "cnn", "dataset.name": "fashion-mnist"}, RunState.QUEUED, "x")
    found = compared(made, waits)
    assert found.notes == ("not finished: cnn1",)
    assert not row(found, "device_name").differs
    assert not row(found, "synthetic").differs
    assert row(found, "state").differs


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["lr/a-b-k3f", "cnn1/a-b-x2y"], ["lr", "cnn1"]),
        (["lr/a-b-k3f", "lr/a-b-x2y", "cnn1/a-b-k3f"], ["lr k3f", "lr x2y", "cnn1"]),
        (["lr/a-b-k3f", "lr/c-d-k3f"], ["lr/a-b-k3f", "lr/c-d-k3f"]),
        (["odd", "[b]/x"], ["odd", "[b]"]),
    ],
)
def test_labels_are_short_and_distinct(keys, expected):
    assert labels(keys) == expected


def test_odd_names_stay_text():
    odd = entry("a\x1b[31m[b]|*", ANN)
    found = compared(odd, entry("cnn1", {**CNN, "model.kind": "\x1b]0;evil\x07"}))
    text = markdown(found, found.rows)
    assert "\x1b" not in text
    assert "\\[b\\]\\|\\*" in text
    assert headings(found)[0].startswith("★ a\\x1b[31m")
    assert "\x1b" not in value_text(row(found, "model.kind"), row(found, "model.kind").cells[1])


def test_markdown_has_the_best_in_bold_and_differences_in_brackets(two):
    lines = markdown(two, two.chosen(everything=False)).splitlines()
    assert lines[0] == "|  | ann1 | ★ cnn1 |"
    assert "| test accuracy | 0.9018 (-0.0239) | **0.9257** |" in lines
    assert "| training time | **2m 10s** (-6m 52s) | 9m 02s |" in lines
    assert "| parameters | 407,050 (-398,080) | 805,130 |" in lines


def test_seeds_show_their_spread():
    subjects = [
        Subject("a/1", "a", "a × 3 seeds", {}, results={"test_accuracy": Measured(0.924, 0.0011, 3)}),
        Subject("b/1", "b", "b", {}, results={"test_accuracy": Measured(0.9)}),
    ]
    (found,) = compare(subjects).rows
    assert [value_text(found, cell) for cell in found.cells] == ["0.9240 ±0.0011", "0.9000"]


def test_seeds_say_how_many_have_a_result_and_whether_all_have_ended():
    three = Subject(
        "a/1", "a", "a × 3 seeds", {}, {"state": ("finished", "running")}, {"test_accuracy": Measured(0.92)}, ("a/1", "a/2", "a/3")
    )  # fmt: skip
    found = compare(
        [three, Subject("b/1", "b", "b", {}, {"state": "finished"}, {"test_accuracy": Measured(0.9)})]
    )
    assert found.notes == ("not finished: a × 3 seeds",)
    cells = row(found, "test_accuracy").cells
    assert [value_text(row(found, "test_accuracy"), cell) for cell in cells] == ["0.9200 (1 of 3)", "0.9000"]
    lines = csv.DictReader(io.StringIO(comparison_csv(found, found.rows)))
    assert [line["runs"] for line in lines if line["key"] == "test_accuracy"] == ["1", "1"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0s"),
        (8.34, "8.3s"),
        (9.99, "10s"),
        (41, "41s"),
        (59.7, "1m 00s"),
        (130, "2m 10s"),
        (3599.6, "1h 00m"),
        (3725, "1h 02m"),
    ],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_numbers():
    assert number_text(805130, "count") == "805,130"
    assert number_text(12.5, "count") == "12.5"
    assert number_text(2914.4, "rate") == "2,914/s"
    assert delta_text(0.0, "") == "±0.0000"
    assert delta_text(None, "") == ""
    assert delta_text(-0.02, "seconds") == "±0.0s"
    assert delta_text(-3e-5, "") == "-3.0e-05"
    assert number_text(1.5e-5, "") == "1.5e-05"
    assert number_text(0.0, "") == "0.0000"
    assert delta_text(318, "seconds") == "+5m 18s"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (True, "yes"),
        ([32, 64], "32, 64"),
        ([], "none"),
        (0.0001, "0.0001"),
        (3, "3"),
        ("relu", "relu"),
    ],
)
def test_settings(value, text):
    assert setting_text(value) == text


def test_what_is_known_of_a_run_that_goes_on_is_of_its_curves_not_of_an_earlier_end():
    again = {**CNN, "metrics": {"valid_accuracy": {"best": 0.95, "best_epoch": 9, "last": 0.94}}}
    running, finished = (
        compared(entry("cnn1", again, state)) for state in (RunState.RUNNING, RunState.FINISHED)
    )
    assert cells(running, "valid_accuracy") == [0.95]
    assert cells(finished, "valid_accuracy") == [0.9266]


@pytest.mark.parametrize("hardware", [{"device_name": "b", "threads": 2}, {"device_name": "a", "threads": 4}])
def test_on_other_hardware_no_time_is_the_best(hardware):
    note = "different devices or threads: times can't be compared as they are"
    here = {**ANN, "device_name": "a", "threads": 2}
    found = compared(entry("ann1", here), entry("cnn1", {**CNN, **hardware}))
    assert note in found.notes
    assert [cell.is_best for cell in row(found, "train_seconds").cells] == [False, False]
    assert [cell.is_best for cell in row(found, "test_accuracy").cells] == [False, True]
    same = compared(entry("ann1", here), entry("cnn1", {**CNN, "device_name": "a", "threads": 2}))
    assert note not in same.notes
    assert [cell.is_best for cell in row(same, "train_seconds").cells] == [True, False]


def test_seeds_of_one_experiment_on_several_machines_are_no_time_either():
    mixed = Subject(
        "a/1", "a", "a × 2 seeds", {}, {"state": "finished", "threads": (2, 4)}, {"train_seconds": Measured(9.0, 1.0, 2)}
    )  # fmt: skip
    other = Subject("b/1", "b", "b", {}, {"state": "finished"}, {"train_seconds": Measured(5.0)})
    found = compare([mixed, other])
    assert found.notes == ("different devices or threads: times can't be compared as they are",)
    assert not any(cell.is_best for cell in row(found, "train_seconds").cells)


@pytest.mark.parametrize(
    ("setting", "is_other"),
    [
        ({"dataset.valid_size": 10}, True),
        ({"dataset.split_seed": 1}, True),
        ({"dataset.test_size": 10}, True),
        ({"dataset.options.angle": 3}, True),
        ({"dataset.train_size": 10}, False),  # measured on the same images all the same
        ({"dataset.dir": "/elsewhere"}, False),
    ],
)
def test_which_images_runs_are_measured_on(setting, is_other):
    notes = compared(entry("ann1", ANN), entry("cnn1", {**CNN, **setting})).notes
    assert ("different data: accuracies can't be compared as they are" in notes) is is_other


def test_minutes_of_hours_are_rounded():
    assert duration(3759) == "1h 03m"
    assert duration(7199) == "2h 00m"


def test_numbers_of_any_sign_and_size():
    assert four_digits(-0.25) == "-0.2500"
    assert four_digits(9999.9999) == "9999.9999"
    assert four_digits(12_345.6) == "1.235e+04"
    assert four_digits(-12_345.6) == "-1.235e+04"
    assert four_digits(5e-5) == "0.0001"


def test_what_is_the_same_for_every_seed_has_no_spread_and_a_commit_is_short():
    count = next(measure for measure in MEASURES if measure.key == "parameters")
    parameters = Row("result", count.key, count.title, (), differs=True, unit="count")
    assert value_text(parameters, Cell(805_130, std=0.0, runs=3)) == "805,130"
    assert value_text(parameters, Cell(12.5, std=0.5, runs=3)) == "12.5 ±0.5"
    commit = Row("setup", "commit", "commit", (), differs=True)
    assert value_text(commit, Cell("0123456789abcdef")) == "012345678"
