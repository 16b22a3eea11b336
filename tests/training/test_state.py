"""A checkpoint goes on elsewhere, and mistakes that would spoil a resumed run are refused."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from fashiontui.config.spec import OptimizerSpec
from fashiontui.errors import CheckpointError
from fashiontui.runs.record import DatasetFacts
from fashiontui.training import state as state_module
from fashiontui.training.evaluate import Score
from fashiontui.training.instruments import DeadUnits, dead_shares
from fashiontui.training.optimiser import make_optimiser
from fashiontui.training.state import Best, TrainingState, load_optimiser
from fashiontui.training.worker import _check_same_data


@pytest.mark.parametrize("name", ["adam", "sgd"])
def test_an_optimisers_state_is_loaded_but_not_how_it_runs(name):
    weight = nn.Parameter(torch.ones(3))
    here = make_optimiser(OptimizerSpec(name=name), [weight], on_graph=False)
    weight.grad = torch.ones(3)
    here.step()
    there = make_optimiser(OptimizerSpec(name=name), [nn.Parameter(torch.ones(3))], on_graph=True)
    load_optimiser(there, here.state_dict())
    (group,) = there.param_groups
    assert isinstance(group["lr"], torch.Tensor)
    assert group.get("capturable", True) is True
    (state,) = there.state.values()
    assert any(isinstance(value, torch.Tensor) and value.abs().sum() > 0 for value in state.values())


def test_time_while_the_clock_is_stopped_is_no_time_in_steps(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(state_module.time, "perf_counter", lambda: now[0])
    state = TrainingState(None, nn.Linear(1, 1), None, None, None, 1, None)
    state.epoch_began = now[0]
    with state.clock_stopped():
        now[0] += 5  # a step is being captured
    now[0] += 2
    assert state.seconds_in_steps == 2
    state.end_clock()
    assert state.train_seconds == 2


def test_one_activation_used_at_two_widths():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.two, self.relu = nn.Linear(3, 4), nn.Linear(4, 5), nn.ReLU()

        def forward(self, inputs):
            return self.relu(self.two(self.relu(self.one(inputs))))

    model = Net()
    with DeadUnits(model).watching() as seen:
        model(torch.rand(20, 3))
        model(torch.rand(20, 3))
    assert [ends.shape for ends in seen.values()] == [(2, 4), (2, 5)]
    assert len(dead_shares(seen)) == 2


def test_other_data_are_refused_on_resume(trial, dataset):
    facts = DatasetFacts(
        name="rows", synthetic=True, source="elsewhere", fingerprint="f" * 64, classes=("0",), train_size=1, valid_size=1,
        test_size=1,
    )  # fmt: skip
    record = trial({"model": "logistic"}).record
    _check_same_data(record, dataset)
    with pytest.raises(CheckpointError, match="not those this run was begun with"):
        _check_same_data(record.model_copy(update={"dataset": facts}), dataset)


def test_a_run_stopped_before_its_first_step_keeps_its_opening(trial):
    from fashiontui.tfevents.reader import RunReader

    run = trial({"model": "logistic", "training": {"epochs": 1}})
    run.run(stop_at=1)
    run.run(resume=True)
    reader = RunReader(run.paths.root)
    reader.poll()
    assert "config" in reader.texts
    assert [point.step for point in reader.images["filters/output"]] == [0, 6]


def test_better_is_more_accurate_and_of_equal_accuracies_the_lower_loss():
    best = Best(1, 12, Score(0.1, 1.0), Score(loss=0.5, accuracy=0.9))
    assert best.is_beaten_by(Score(loss=0.6, accuracy=0.91))
    assert not best.is_beaten_by(Score(loss=0.4, accuracy=0.89))
    assert best.is_beaten_by(Score(loss=0.4, accuracy=0.9))
    assert not best.is_beaten_by(Score(loss=0.6, accuracy=0.9))
    assert not best.is_beaten_by(Score(loss=0.5, accuracy=0.9))  # the first of equals stays
