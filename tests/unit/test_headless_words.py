from __future__ import annotations

from datetime import UTC, datetime

import pytest
from support.fake_worker import facts, model_facts, result
from support.fakes import make_run

from fashiontui.config.spec import ExperimentSpec
from fashiontui.headless import words
from fashiontui.headless.renderer import EpochPoint
from fashiontui.runs.outcome import outcome_of
from fashiontui.runs.record import Attempt, Failure, RunRecord
from fashiontui.runs.state import RunState


@pytest.fixture
def run(tmp_path):
    paths = make_run(tmp_path)
    record = RunRecord.load(paths.record)
    attempt = Attempt(started=datetime.now(UTC), device="cpu", device_name="Some CPU", threads=2, pid=1)
    return paths, record.model_copy(
        update={"dataset": facts(record), "model": model_facts(), "attempts": (attempt,)}
    )


def test_the_start_line_says_all_that_matters(run):
    line = words.start_line(*run)
    for part in (
        "lr 20261123-091502-k3f",
        "SYNTHETIC",
        "100 train",
        "cpu (Some CPU, 2 threads)",
        "7,850 parameters",
    ):
        assert part in line
    assert "going on" not in line


def test_a_resumed_run_says_from_where(run):
    paths, record = run
    attempt = record.attempts[0].model_copy(update={"from_step": 20})
    assert "going on from step 20" in words.start_line(
        paths, record.model_copy(update={"attempts": (attempt,)})
    )


def test_the_epoch_line_has_a_dash_for_what_was_not_recorded(run):
    point = EpochPoint(3, 30, 0.51234, 0.8, None, None, 12345.0)
    assert words.epoch_line(run[1], point) == (
        "lr epoch 3/3  train loss 0.5123 accuracy 0.8000  valid loss - accuracy -  12.3k images/s"
    )


def test_a_forest_is_told_in_trees(run):
    spec = ExperimentSpec.model_validate(
        {"model": {"kind": "forest", "trees": 120}, "training": {"epochs": 2}}
    )
    line = words.epoch_line(
        run[1].model_copy(update={"spec": spec}), EpochPoint(3, 3, None, None, None, None, None)
    )
    assert line.startswith("lr tree   3/120  ")


def test_the_end_line_of_a_finished_run(run):
    paths, record = run
    outcome = outcome_of(paths, record.in_state(RunState.FINISHED, result=result(3)))
    line = words.end_line(outcome)
    for part in (
        "finished",
        "SYNTHETIC",
        "test accuracy 0.8750",
        "best epoch 3 of 3",
        "trained 1.5 s",
        str(paths.root),
    ):
        assert part in line
    assert words.error_lines(outcome) == []


def test_the_end_line_of_a_failed_run_is_one_line(run):
    paths, record = run
    failure = Failure(kind="RunError", message="it diverged\nat step 7", hint="Lower it.")
    outcome = outcome_of(paths, record.in_state(RunState.FAILED, failure=failure))
    assert "it diverged" in words.end_line(outcome)
    assert "\n" not in words.end_line(outcome)
    assert words.error_lines(outcome) == [f"lr {paths.run_id} failed: it diverged\nat step 7", "Lower it."]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(8.26, "8.3 s"), (125.2, "2 min 05 s"), (3720.0, "1 h 02 min"), (None, "-")],
)
def test_durations(seconds, said):
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("pace", "said"), [(None, ""), (950.4, "950 images/s"), (123456.0, "123.5k images/s")]
)
def test_rates(pace, said):
    assert words.rate(pace) == said


def test_paths_are_short_where_they_lie_below(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert words.short_path(str(tmp_path / "logs" / "lr")) == "logs/lr"
    assert words.short_path("/elsewhere/lr") == "/elsewhere/lr"


def test_paths_are_whole_where_the_folder_we_are_in_is_gone(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert words.short_path(str(tmp_path / "lr")) == str(tmp_path / "lr")
