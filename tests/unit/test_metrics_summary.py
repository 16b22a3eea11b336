"""What a run's curves come to, also where they are torn, damaged, or went to NaN."""

from __future__ import annotations

import math

import pytest
from support.event_logs import framed, restart, scalar, version, write_events
from support.fakes import make_run

from fashiontui.runs.metrics import METRICS, direction, summarise
from fashiontui.runs.record import MetricSummary, RunRecord


def curve(tag, values, steps_per_epoch=10):
    return [scalar(steps_per_epoch * (i + 1), tag, value) for i, value in enumerate(values)]


def epochs(count):
    return curve("progress/epoch", range(1, count + 1))


@pytest.mark.parametrize(
    "metric",
    [
        "train_loss", "loss/valid", "val_loss", "valLoss", "epoch_loss", "train/MSELoss", "error_rate", "test_error",
        "perplexity", "train_seconds", "total_seconds", "step_time", "walltime", "time/step", "seconds_per_epoch",
        "time_per_step", "gap_accuracy", "gap/accuracy", "generalisation_gap", "RMSE", "latency_ms", "err",
    ],
)  # fmt: skip
def test_less_is_better(metric):
    assert direction(metric) == "min"


@pytest.mark.parametrize(
    "metric",
    [
        "train_accuracy", "accuracy/valid", "val_acc", "f1", "samples_per_second", "speed/samples_per_second",
        "images per second", "valF1Score", "epoch_accuracy", "top5", "mAP", "test/AUC", "log_likelihood",
    ],
)  # fmt: skip
def test_more_is_better(metric):
    assert direction(metric) == "max"


@pytest.mark.parametrize(
    "metric",
    ["learning_rate", "lr-Adam", "", "per", "ferrous", "times_seen", "epochs", "hp_metric", "stop"],
)
def test_of_what_its_name_does_not_say_neither_is_better(metric):
    assert direction(metric) is None


def test_last_best_and_when(tmp_path):
    events = [version(), *epochs(4), *curve("accuracy/valid", [0.5, 0.75, 0.625, 0.75])]
    events += curve("loss/valid", [2.0, 0.5, 0.25, 1.0])
    write_events(tmp_path, "1", events)
    assert summarise(tmp_path) == {
        "valid_accuracy": MetricSummary(last=0.75, best=0.75, best_epoch=2, min=0.5, max=0.75),
        "valid_loss": MetricSummary(last=1.0, best=0.25, best_epoch=3, min=0.25, max=2.0),
    }


def test_every_metric_is_found_under_its_tag(tmp_path):
    write_events(tmp_path, "1", [event for tag in METRICS.values() for event in curve(tag, [0.5])])
    found = summarise(tmp_path)
    assert list(found) == list(METRICS)
    assert set(found.values()) == {MetricSummary(last=0.5, best=0.5, best_epoch=None, min=0.5, max=0.5)}


def test_a_value_between_the_ends_of_epochs_belongs_to_the_epoch_it_was_measured_in(tmp_path):
    rates = [
        scalar(step, "optimizer/learning_rate", rate) for step, rate in [(5, 0.25), (15, 0.5), (25, 0.125)]
    ]
    write_events(tmp_path, "1", [*rates, *epochs(2)])
    assert summarise(tmp_path)["learning_rate"].best_epoch == 2
    write_events(tmp_path, "1", [*rates, scalar(25, "optimizer/learning_rate", 1.0), *epochs(2)])
    assert summarise(tmp_path)["learning_rate"].best_epoch == 3


def test_nan_and_infinity_are_never_best(tmp_path):
    values = [math.inf, 0.5, math.nan, -math.inf, 0.25, math.nan]
    write_events(tmp_path, "1", [*epochs(6), *curve("loss/train", values), *curve("loss/valid", [math.nan])])
    assert summarise(tmp_path) == {
        "train_loss": MetricSummary(last=None, best=0.25, best_epoch=5, min=0.25, max=0.5),
        "valid_loss": MetricSummary(),
    }


def test_of_equal_accuracies_the_one_with_the_lowest_loss_is_the_best(tmp_path):
    events = [*curve("accuracy/valid", [0.5, 0.9, 0.9, 0.9]), *curve("loss/valid", [1.0, 0.7, 0.5, 0.6])]
    write_events(tmp_path, "1", [version(), *epochs(4), *events])
    assert summarise(tmp_path)["valid_accuracy"].best_epoch == 3
    write_events(tmp_path, "1", [version(), *epochs(4), *curve("accuracy/valid", [0.5, 0.9, 0.9, 0.9])])
    assert summarise(tmp_path)["valid_accuracy"].best_epoch == 2


def test_values_have_no_digits_that_float32_lacks(tmp_path):
    write_events(tmp_path, "1", curve("accuracy/valid", [0.9243]))
    assert summarise(tmp_path)["valid_accuracy"].best == 0.9243


def test_what_a_resume_purged_does_not_count(tmp_path):
    write_events(tmp_path, "1", [version(), *epochs(3), *curve("accuracy/valid", [0.5, 0.75, 1.0])])
    again = [restart(21), scalar(30, "progress/epoch", 3), scalar(30, "accuracy/valid", 0.625)]
    write_events(tmp_path, "2", [version(), *again])
    assert summarise(tmp_path)["valid_accuracy"] == MetricSummary(
        last=0.625, best=0.75, best_epoch=2, min=0.5, max=0.75
    )


def test_a_torn_file_gives_what_came_before(tmp_path):
    path = write_events(tmp_path, "1", curve("accuracy/valid", [0.5, 0.75]))
    path.write_bytes(path.read_bytes() + framed(curve("accuracy/valid", [1.0]))[:-3])
    assert summarise(tmp_path)["valid_accuracy"].best == 0.75


def test_a_damaged_record_costs_itself_alone(tmp_path):
    events = curve("accuracy/valid", [0.5, 1.0, 0.75])
    data = bytearray(framed(events))
    data[len(framed(events[:1])) + 15] ^= 0xFF
    write_events(tmp_path, "1", []).write_bytes(bytes(data))
    assert summarise(tmp_path)["valid_accuracy"].max == 0.75


@pytest.mark.parametrize("content", [b"", b"not an event file at all", bytes(4096)])
def test_no_event_file_is_no_metric(tmp_path, content):
    (tmp_path / "events.out.tfevents.1").write_bytes(content)
    assert summarise(tmp_path) == {}
    assert summarise(tmp_path / "nowhere") == {}
    assert summarise(tmp_path / "events.out.tfevents.1" / "below") == {}


def test_run_json_keeps_them_and_those_of_a_newer_version(tmp_path):
    metrics = {"train_loss": MetricSummary(last=None, best=0.25, best_epoch=5, min=0.25, max=0.5)}
    paths = make_run(tmp_path, metrics=metrics)
    assert RunRecord.load(paths.record).metrics == metrics
    text = paths.record.read_text().replace('"last": null', '"last": null, "median": 0.3')
    paths.record.write_text(text)
    assert RunRecord.load(paths.record).metrics["train_loss"].to_dict()["median"] == 0.3


def test_a_run_json_of_before_has_none(tmp_path):
    paths = make_run(tmp_path)
    text = paths.record.read_text()
    assert '"metrics": {},' in text
    paths.record.write_text(text.replace('"metrics": {},', ""))
    assert RunRecord.load(paths.record).metrics == {}


def test_points_count_in_the_order_of_their_steps_and_the_last_word_on_a_step_stands(tmp_path):
    points = [(10, 0.5), (30, 0.75), (20, 0.875), (20, 0.625)]
    events = [scalar(step, "accuracy/valid", value) for step, value in points]
    write_events(tmp_path, "1", [version(), *epochs(3), *events])
    assert summarise(tmp_path)["valid_accuracy"] == MetricSummary(
        last=0.75, best=0.75, best_epoch=3, min=0.5, max=0.75
    )
