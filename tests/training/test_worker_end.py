"""However a run ends, run.json says what its curves came to, and how long each attempt trained."""

from __future__ import annotations

import math
import os
from dataclasses import replace

import pytest
import torch

from fashiontui.datasets.load import load_dataset
from fashiontui.errors import DataMissingError
from fashiontui.runs.discard import discard_untrained
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import Failure, RunRecord
from fashiontui.runs.state import RunState
from fashiontui.training import network_run, worker
from fashiontui.training.evaluate import Score
from fashiontui.training.stop import StopFlag
from fashiontui.training.worker import Orders, work

LOGISTIC = {"model": "logistic", "training": {"epochs": 2}, "instrumentation": {"checkpoint_seconds": 0}}
FOREST = {"model": {"kind": "forest", "trees": 7}, "instrumentation": {"checkpoint_seconds": 0}}
RESUME = Orders(resume=True, device="cpu", threads=1)


class Never(StopFlag):
    requested = None


class After(StopFlag):
    """Asks for a stop at the nth look at the flag."""

    def __init__(self, looks):
        self.looks = looks

    @property
    def requested(self):
        self.looks -= 1
        return RunState.STOPPED if self.looks < 0 else None


def carried_out(run, stop=None, orders=RESUME, load=None):
    record = RunRecord.load(run.paths.record)
    record.in_state(RunState.QUEUED).save(run.paths.record)
    code = work(run.paths, stop or Never(), orders, load or (lambda *_: run.dataset))
    return code, RunRecord.load(run.paths.record)


def test_a_finished_run_keeps_its_metrics(trial):
    code, record = carried_out(trial(LOGISTIC))
    assert (code, record.state) == (0, RunState.FINISHED)
    assert record.metrics["valid_accuracy"].best == round(record.result.valid_accuracy, 7)
    assert record.metrics["valid_loss"].last == float(f"{record.result.last_valid_loss:.7g}")
    assert record.metrics["train_loss"].best_epoch in (1, 2)


def test_so_does_a_stopped_one(trial):
    one = trial({**LOGISTIC, "training": {"epochs": 50}})
    code, record = carried_out(one, After(20))
    assert (code, record.state) == (130, RunState.STOPPED)
    assert "valid_accuracy" in record.metrics


def test_one_that_a_gpu_has_no_memory_for_says_what_to_do(trial, monkeypatch):
    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total …")

    monkeypatch.setattr(worker, "run_network", full)
    code, record = carried_out(trial(LOGISTIC))
    assert (code, record.state) == (1, RunState.FAILED)
    assert "too little memory: CUDA out of memory" in record.failure.message
    assert "Lower training.batch_size" in record.failure.hint
    assert "The traceback is in" in record.failure.hint


@pytest.mark.parametrize(("device", "visible"), [("cpu", ""), ("auto", "0")])
def test_a_run_on_the_cpu_leaves_gpus_alone(trial, monkeypatch, device, visible):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    carried_out(trial(LOGISTIC), orders=Orders(resume=True, device=device, threads=1))
    assert os.environ["CUDA_VISIBLE_DEVICES"] == visible


def test_and_one_that_failed_without_having_begun_anew(trial):
    one = trial({**LOGISTIC, "training": {"epochs": 50}})
    _, stopped = carried_out(one, After(20))
    before = Progress.load(one.paths.progress)
    assert before.step > 0

    def gone(*_):
        raise DataMissingError("the data went away")

    code, record = carried_out(one, load=gone)
    assert (code, record.state, record.failure.message) == (4, RunState.FAILED, "the data went away")
    assert record.metrics == stopped.metrics
    assert record.attempts == stopped.attempts  # the earlier one ended when it ended
    after = Progress.load(one.paths.progress)
    assert (after.step, after.epoch, after.epochs) == (before.step, before.epoch, before.epochs)


@pytest.mark.parametrize(("spec", "looks"), [(LOGISTIC, 8), (FOREST, 0)])
def test_each_attempt_says_how_long_it_trained(trial, spec, looks):
    run = trial(spec)
    _, stopped = carried_out(run, After(looks))
    assert stopped.state is RunState.STOPPED
    assert stopped.attempts[0].train_seconds > 0
    _, record = carried_out(run)
    first, second = record.attempts
    assert first == stopped.attempts[0]
    assert second.train_seconds > 0
    assert first.train_seconds + second.train_seconds == pytest.approx(record.result.train_seconds)


def test_also_one_that_failed_on_the_way(trial):
    diverging = {"optimizer": {"name": "sgd", "learning_rate": 1e30}, "model": {"kind": "mlp", "units": [8]}}
    code, record = carried_out(trial({**LOGISTIC, **diverging}))
    assert (code, record.state) == (1, RunState.FAILED)
    assert record.attempts[0].ended is not None
    assert record.attempts[0].train_seconds > 0


def test_a_test_loss_that_is_no_number_is_a_failure_and_the_curves_stay(trial, monkeypatch):
    predict = network_run.predict

    def poisoned(model, data, split, device, **how):
        logits = predict(model, data, split, device, **how)
        return logits * math.nan if split is data.test else logits

    monkeypatch.setattr(network_run, "predict", poisoned)
    code, record = carried_out(trial(LOGISTIC))
    assert (code, record.state, record.result) == (1, RunState.FAILED, None)
    assert "the test loss became nan" in record.failure.message
    assert record.metrics["valid_accuracy"].best_epoch in (1, 2)


def test_so_is_such_a_loss_on_the_training_images(trial, monkeypatch):
    monkeypatch.setattr(network_run, "evaluate", lambda *_, **__: Score(math.inf, 0.5))
    code, record = carried_out(trial(LOGISTIC))
    assert (code, record.state) == (1, RunState.FAILED)
    assert "the training loss became inf" in record.failure.message


def test_what_is_next_to_nothing_is_nothing_while_a_run_is_trained(trial):
    """Else an L2 penalty, which draws weights there, makes a step twenty times as long."""
    one, seen = trial(LOGISTIC), []

    def product():
        return float(torch.tensor([1e-40]) * 1.0)

    def load(*_):
        seen.append(product())
        return one.dataset

    code, _ = carried_out(one, load=load)
    assert (code, seen) == (0, [0.0])
    assert product() > 0


def test_progress_says_how_far_a_run_came_that_failed_at_once(trial):
    """Between two glances: they are not taken at every step."""
    one = trial(
        {
            **LOGISTIC,
            "model": {"kind": "mlp", "units": [8, 8]},
            "optimizer": {"name": "sgd", "learning_rate": 1e20},
        }
    )
    code, record = carried_out(one)
    assert (code, record.state) == (1, RunState.FAILED)
    progress = Progress.load(one.paths.progress)
    assert progress.phase == "failed"
    assert progress.step > 0


def test_where_the_traceback_of_a_dataset_of_one_s_own_is_is_said(trial, tmp_path):
    (tmp_path / "broken_set.py").write_text("def load():\n    return 1 / 0\n")
    one = trial({**LOGISTIC, "dataset": "broken_set:load"})
    record = RunRecord.load(one.paths.record)
    request = record.request.model_copy(update={"import_dirs": (str(tmp_path),)})
    record.model_copy(update={"request": request}).save(one.paths.record)
    code, record = carried_out(one, load=load_dataset)
    assert (code, record.failure.kind) == (4, "DataError")
    assert record.failure.hint.endswith(f"The traceback is in {one.paths.log}.")
    assert not discard_untrained(one.paths, record)


def test_steps_of_an_epoch_that_was_left_off_count_as_training(trial):
    _, stopped = carried_out(trial(LOGISTIC), After(3))
    assert stopped.attempts[0].train_seconds > 0


def test_an_attempt_says_from_which_step_it_went_on(trial):
    run = trial(LOGISTIC)
    carried_out(run, After(8))
    _, record = carried_out(run)
    assert [attempt.from_step for attempt in record.attempts] == [0, 8]


def test_a_paused_run_ends_without_an_error(trial):
    class Paused(After):
        @property
        def requested(self):
            return super().requested and RunState.PAUSED

    code, record = carried_out(trial({**LOGISTIC, "training": {"epochs": 50}}), Paused(8))
    assert (code, record.state) == (0, RunState.PAUSED)


def test_a_run_does_not_go_on_with_other_data(trial):
    run = trial(LOGISTIC)
    carried_out(run, After(8))
    kept = run.paths.checkpoint.read_bytes()
    run.dataset = replace(run.dataset, fingerprint="f" * 64)
    code, record = carried_out(run)
    assert (code, record.state, record.failure.kind) == (1, RunState.FAILED, "CheckpointError")
    assert "not those this run was begun with" in record.failure.message
    assert run.paths.checkpoint.read_bytes() == kept
    assert len(record.attempts) == 1


def test_a_run_that_goes_on_says_no_more_why_it_had_failed(trial):
    run = trial(LOGISTIC)
    failure = Failure(kind="WorkerKilled", message="out of memory")
    RunRecord.load(run.paths.record).in_state(RunState.FAILED, failure=failure).save(run.paths.record)
    code, record = carried_out(run)
    assert (code, record.state, record.failure) == (0, RunState.FINISHED, None)


@pytest.mark.parametrize("state", [RunState.FINISHED, RunState.PAUSED, RunState.STOPPED, RunState.RUNNING])
def test_what_waits_no_more_is_left_as_it_is(trial, state):
    run = trial(LOGISTIC)
    RunRecord.load(run.paths.record).in_state(state).save(run.paths.record)
    before = run.paths.record.read_bytes()
    assert work(run.paths, Never(), RESUME, pytest.fail) == 0
    assert run.paths.record.read_bytes() == before


def test_orders_of_this_attempt_go_over_what_run_json_asks_for(trial, monkeypatch):
    asked, choose = [], worker.choose_device

    def noted(device, spec, threads):
        asked.append((device, threads))
        return choose("cpu", spec, 1)

    monkeypatch.setattr(worker, "choose_device", noted)
    run = trial(LOGISTIC)
    record = RunRecord.load(run.paths.record)
    request = record.request.model_copy(update={"device": "cuda:3", "threads": 5})
    record.model_copy(update={"request": request}).save(run.paths.record)
    carried_out(run, After(2), Orders(resume=True, device="auto:1", threads=2))
    carried_out(run, After(2), Orders(resume=True))
    assert asked == [("auto:1", 2), ("cuda:3", 5)]
