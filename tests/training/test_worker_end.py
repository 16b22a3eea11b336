"""However a run ends, run.json says what its curves came to."""

from __future__ import annotations

from fashiontui.runs.record import Failure, RunRecord
from fashiontui.runs.state import RunState
from fashiontui.training.worker import _fail, _finish


def test_a_finished_run_keeps_its_metrics(trial):
    one = trial({"model": "logistic", "training": {"epochs": 2}})
    result = one.run()
    _finish(one.paths, result)
    record = RunRecord.load(one.paths.record)
    assert record.state is RunState.FINISHED
    assert record.metrics["valid_accuracy"].best == round(result.valid_accuracy, 7)
    assert record.metrics["valid_loss"].last == float(f"{result.last_valid_loss:.7g}")
    assert record.metrics["train_loss"].best_epoch in (1, 2)


def test_so_do_stopped_and_failed_ones(trial):
    one = trial({"model": "logistic", "training": {"epochs": 50}})
    stopped = one.run(stop_at=20)
    _finish(one.paths, stopped)
    metrics = RunRecord.load(one.paths.record).metrics
    assert "valid_accuracy" in metrics
    assert _fail(one.paths, Failure(kind="RunError", message="it broke", exit_code=3)) == 3
    record = RunRecord.load(one.paths.record)
    assert record.state is RunState.FAILED
    assert record.metrics == metrics
