from __future__ import annotations

import hashlib
import os
import random
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from fashiontui.datasets.dataset import Split
from fashiontui.errors import CheckpointError, DataError, RunError
from fashiontui.runs.predictions import Predictions, predictions_path
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import Result, RunRecord
from fashiontui.runs.state import RunState
from fashiontui.tfevents.reader import RunReader
from fashiontui.training import checkpoint, network_run, recorder
from fashiontui.training.data import to_device
from fashiontui.training.device import choose_device
from fashiontui.training.evaluate import evaluate
from fashiontui.training.job import Job
from fashiontui.training.models import build_model
from fashiontui.training.optimiser import learning_rate_schedule
from fashiontui.training.state import Best, TrainingState
from fashiontui.training.stop import StopFlag

ALL = {"scalars": 0, "histograms": 0, "images": 0, "tensors": 0}
MLP = {
    "model": {"kind": "mlp", "units": [16], "batch_norm": True, "dropout": 0.3},
    "optimizer": {"decay": 0.99},
    "regularization": {"l1": 1e-5, "l2": 1e-4},
    "augmentation": {"flip": True, "shift": 1, "erase": 4},
    "training": {"epochs": 3, "batch_size": 50, "label_smoothing": 0.1},
    "instrumentation": {"batch_every": 5, "checkpoint_seconds": 0},
}
CNN = {
    "model": {
        "kind": "cnn",
        "channels": [4],
        "units": [8],
        "batch_norm": True,
        "dropout": 0.5,
        "conv_dropout": 0.1,
    },
    "optimizer": {
        "name": "sgd",
        "learning_rate": 0.05,
        "schedule": "one_cycle",
        "clip_norm": 1.0,
        "average": 0.9,
    },
    "training": {"epochs": 2, "batch_size": 50},
    "instrumentation": {"batch_every": 7, "checkpoint_seconds": 0},
}
STEPS_PER_EPOCH = 12
OWN = {
    "model": {"kind": "custom", "build": "textbook_for_tests:build"},
    "training": {"epochs": 1, "batch_size": 50},
}
TEXTBOOK = """
import torch.nn.functional as F
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 4, 5), nn.Conv2d(4, 6, 5)
        self.output = nn.Linear(96, 10)

    def forward(self, x):
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.relu(F.max_pool2d(self.conv2(x), 2))
        return self.output(x.view(-1, 96))

def build(shape, classes):
    return Net()
"""

ODD = """
import random
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.frozen = nn.Sequential(nn.Linear(784, 12), nn.BatchNorm1d(12)).eval()
        self.frozen.requires_grad_(False)
        self.fc = nn.Linear(12, 10)
        with torch.no_grad():
            self.fc.weight.copy_(torch.from_numpy(np.random.randn(10, 12)))
        self.register_buffer("mask", torch.full((10,), -torch.inf).masked_fill(torch.arange(10) >= 0, 0.0))
        self.register_buffer("unused", torch.full((2,), -torch.inf))

    def forward(self, x):
        x = F.dropout(self.frozen(x.flatten(1)), 0.2)  # in evaluation too
        scale = 1.5 if self.training and random.random() < 0.5 else 1.0
        return self.fc(torch.relu(x)) * scale + self.mask

def build(shape, classes):
    return Net()
"""


def accumulated(folder):
    accumulator = EventAccumulator(str(folder), size_guidance=ALL)
    accumulator.Reload()
    return accumulator


def scalars(folder):
    found = accumulated(folder)
    return {tag: [(p.step, p.value) for p in found.Scalars(tag)] for tag in found.Tags()["scalars"]}


def read(folder):
    reader = RunReader(folder)
    while reader.poll():
        pass
    return reader


def test_a_run_learns_and_says_so(trial):
    run = trial({**MLP, "augmentation": {}, "training": {"epochs": 8, "batch_size": 20}})
    result = run.run()
    assert isinstance(result, Result)
    assert result.test_accuracy > 0.8
    assert result.epochs == 8
    assert result.steps == 8 * 30
    assert result.generalisation_gap == pytest.approx(result.train_accuracy - result.valid_accuracy)
    progress = Progress.load(run.paths.progress)
    assert (progress.phase, progress.step, progress.best_epoch) == ("done", 240, result.best_epoch)
    assert RunRecord.load(run.paths.record).model.parameters == 785 * 16 + 2 * 16 + 170
    logged = scalars(run.paths.root)
    assert [step for step, _ in logged["system/memory_MiB"]] == [30 * epoch for epoch in range(1, 9)]
    assert all(value > 0 for _, value in logged["system/cpu_percent"])


def test_its_log_tells_of_each_epoch_of_an_interruption_and_of_the_end(trial, capsys):
    run = trial(MLP)
    run.run(STEPS_PER_EPOCH + 1)
    first = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in first] == ["epoch 1/3", "interrupted in epoch 2, at step 12"]
    result = run.run(resume=True)
    last = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in last[:2]] == ["epoch 2/3", "epoch 3/3"]
    assert f"test accuracy {result.test_accuracy:.4f}" in last[-1]
    said = [line.endswith("best so far") for line in (*first[:1], *last[:2])]
    assert said[result.best_epoch - 1]
    assert not any(said[result.best_epoch :])


@pytest.mark.parametrize("spec", [MLP, CNN])
@pytest.mark.parametrize("stops", [[1], [4], [STEPS_PER_EPOCH + 1], [5, 3, 9]])
def test_stopped_and_resumed_is_as_never_stopped(trial, spec, stops):
    whole = trial(spec)
    expected = whole.run()
    broken = trial(spec)
    assert broken.run(stops[0]) is RunState.STOPPED
    for stop in stops[1:]:
        assert broken.run(stop, resume=True) is RunState.STOPPED
    result = broken.run(resume=True)
    assert result.weights_sha256 == expected.weights_sha256
    assert (result.test_loss, result.best_epoch, result.steps) == (
        expected.test_loss,
        expected.best_epoch,
        expected.steps,
    )
    ours, theirs = scalars(broken.paths.root), scalars(whole.paths.root)
    for tag in set(ours) | set(theirs):
        if not tag.startswith(("speed/", "system/")):
            assert [step for step, _ in ours[tag]] == [step for step, _ in theirs[tag]], tag
            assert [value for _, value in ours[tag]] == pytest.approx(
                [value for _, value in theirs[tag]], nan_ok=True, rel=1e-5
            ), tag


def test_a_crash_after_a_checkpoint_leaves_no_point_twice(trial):
    whole = trial(MLP)
    expected = whole.run()
    crashed = trial(MLP)
    crashed.run(STEPS_PER_EPOCH + 1)  # checkpoint at the end of epoch 1
    kept = crashed.paths.checkpoint.read_bytes()
    crashed.run(STEPS_PER_EPOCH, resume=True)  # goes on, and writes points past that checkpoint ...
    crashed.paths.checkpoint.write_bytes(kept)  # ... which is the last one that reached the disk
    result = crashed.run(resume=True)
    assert result.weights_sha256 == expected.weights_sha256
    for tag, points in scalars(crashed.paths.root).items():
        steps = [step for step, _ in points]
        assert steps == sorted(set(steps)), tag
        if not tag.startswith("system/"):  # not measured over what is too short for the clock
            assert steps == [step for step, _ in scalars(whole.paths.root)[tag]], tag
        assert read(crashed.paths.root).scalars[tag].steps.tolist() == steps


def test_resuming_a_finished_training_changes_nothing(trial):
    run = trial(MLP)
    first = run.run()
    again = run.run(resume=True)
    assert again.weights_sha256 == first.weights_sha256
    assert again.test_accuracy == first.test_accuracy
    assert len(scalars(run.paths.root)["accuracy/test"]) == 1


def test_tensorboard_and_we_read_the_same_from_a_run(trial):
    run = trial(CNN)
    run.run()
    theirs, ours = accumulated(run.paths.root), read(run.paths.root)
    tags = theirs.Tags()
    assert {"loss/train", "loss/valid", "accuracy/test", "loss/batch", "layer_dead_units/conv1"} <= set(
        tags["scalars"]
    )
    assert {"weights/conv1.weight", "biases/fc1.bias", "gradients/output.weight"} <= set(tags["histograms"])
    assert sorted(tags["images"]) == ["feature_maps/conv1", "filters/conv1"]
    assert tags["graph"]
    assert {"config", "custom_scalars__config__"} <= set(tags["tensors"])
    assert set(ours.scalars) == set(tags["scalars"])
    for tag in tags["scalars"]:
        series = ours.scalars[tag]
        expected = [(p.step, p.wall_time, p.value) for p in theirs.Scalars(tag)]
        found = zip(series.steps.tolist(), series.wall_times.tolist(), series.values.tolist(), strict=True)
        assert repr(list(found)) == repr(expected), tag
    for tag in tags["histograms"]:
        expected_counts = [
            [count for count in p.histogram_value.bucket if count] for p in theirs.Histograms(tag)
        ]
        counts = [point.counts[point.counts > 0].tolist() for point in ours.histograms[tag]]
        assert counts == expected_counts, tag
    assert [p.step for p in theirs.Images("filters/conv1")] == [0, 12, 24]


def test_checkpoints_are_of_the_last_and_the_best_epoch(trial):
    run = trial(MLP)
    result = run.run()
    last, best = checkpoint.load(run.paths.checkpoint), checkpoint.load(run.paths.best)
    assert last["step"] == result.steps
    assert checkpoint.weights_hash(last["model"]) == result.weights_sha256
    assert best["epoch"] == result.best_epoch


def test_patience_ends_a_run_early(trial):
    spec = {
        **MLP,
        "optimizer": {"learning_rate": 1e-12},
        "training": {"epochs": 30, "batch_size": 100, "patience": 3},
    }
    run = trial(spec)
    result = run.run()
    assert result.epochs < 30
    assert result.epochs == result.best_epoch + 3
    progress = Progress.load(run.paths.progress)
    assert (progress.step, progress.steps) == (result.steps, result.steps)
    assert (progress.epoch, progress.epochs) == (result.epochs, result.epochs)


def test_divergence_is_a_failure_that_says_what_to_do(trial):
    spec = {**MLP, "model": "logistic", "optimizer": {"name": "sgd", "learning_rate": 1e30}}
    with pytest.raises(RunError, match="loss became") as caught:
        trial(spec).run()
    assert "learning_rate" in caught.value.hint


def test_test_images_are_not_looked_at_before_the_end(trial, monkeypatch):
    run = trial(MLP)
    seen = []

    def spy(look):
        def spied(model, data, split, device, **how):
            seen.append("test" if split is data.test else "other")
            return look(model, data, split, device, **how)

        return spied

    monkeypatch.setattr(network_run, "evaluate", spy(network_run.evaluate))
    monkeypatch.setattr(network_run, "predict", spy(network_run.predict))
    run.run()
    assert seen.count("test") == 1
    assert seen[-1] == "test"


def test_instruments_can_be_turned_off(trial):
    off = {"layers_every": 0, "histograms_every": 0, "filters_every": 0, "representations": False}
    run = trial({**MLP, "instrumentation": off})
    result = run.run()
    tags = accumulated(run.paths.root).Tags()
    assert not tags["histograms"]
    assert not [tag for tag in tags["scalars"] if tag.startswith("layer_")]
    assert result.weights_sha256 == trial(MLP).run().weights_sha256


def test_fewer_images_than_a_batch(trial, dataset):
    run = trial({**MLP, "training": {"epochs": 2, "batch_size": 5000}})
    assert run.run().steps == 2


def test_different_seeds_differ(trial):
    one = trial(MLP).run().weights_sha256
    two = trial({**MLP, "training": {**MLP["training"], "seed": 2}}).run().weights_sha256
    assert one != two
    assert len(one) == len(hashlib.sha256().hexdigest())


def test_a_network_of_the_users_own_may_view_its_values_as_rows(trial, tmp_path, monkeypatch):
    (tmp_path / "textbook_for_tests.py").write_text(TEXTBOOK)
    monkeypatch.syspath_prepend(tmp_path)
    assert isinstance(trial(OWN).run(), Result)


@pytest.mark.parametrize(("spec", "on_graph"), [(MLP, True), (OWN, False)])
def test_only_what_a_graph_captures_has_an_optimiser_for_graphs(trial, tmp_path, monkeypatch, spec, on_graph):
    (tmp_path / "textbook_for_tests.py").write_text(TEXTBOOK)
    monkeypatch.syspath_prepend(tmp_path)
    run, place = trial(spec), torch.device("cpu")
    data, job = to_device(run.dataset, place), Job(run.paths, run.record, StopFlag())
    gpu = SimpleNamespace(place=place, is_cuda=True)
    state, _ = network_run._prepare(job, data, gpu)
    assert [group["capturable"] for group in state.optimiser.param_groups] == [on_graph]
    assert [isinstance(group["lr"], torch.Tensor) for group in state.optimiser.param_groups] == [on_graph]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), torch.OutOfMemoryError),
        (RuntimeError("size mismatch"), CheckpointError),
    ],
)
def test_too_little_memory_is_not_blamed_on_the_checkpoint(trial, monkeypatch, error, told):
    run = trial(MLP)
    run.run(1)

    def restore(*_arguments):
        raise error

    monkeypatch.setattr(TrainingState, "restore", restore)
    with pytest.raises(told, match=str(error)):
        run.run(resume=True)


@pytest.fixture
def odd(tmp_path, monkeypatch):
    (tmp_path / "odd_for_tests.py").write_text(ODD)
    monkeypatch.syspath_prepend(tmp_path)
    return {
        "model": {"kind": "custom", "build": "odd_for_tests:build"},
        "optimizer": {"average": 0.9},
        "training": {"epochs": 2, "batch_size": 50},
        "instrumentation": {"checkpoint_seconds": 0},
    }


def test_a_network_that_draws_from_python_and_numpy_repeats_and_resumes_to_the_same_weights(trial, odd):
    whole = trial(odd).run()
    assert trial(odd).run().weights_sha256 == whole.weights_sha256
    broken = trial(odd)
    assert broken.run(5) is RunState.STOPPED
    random.random()
    np.random.rand()  # noqa: NPY002
    assert broken.run(STEPS_PER_EPOCH, resume=True) is RunState.STOPPED
    assert broken.run(resume=True).weights_sha256 == whole.weights_sha256


def test_what_is_recorded_does_not_change_a_network_that_draws_in_evaluation(trial, odd):
    quiet = {**odd["instrumentation"], "representations": False, "layers_every": 0}
    assert trial({**odd, "instrumentation": quiet}).run().weights_sha256 == trial(odd).run().weights_sha256


def test_what_was_built_in_evaluation_mode_stays_in_it(trial, odd):
    run = trial(odd)
    run.run()
    kept = checkpoint.load(run.paths.checkpoint)["model"]
    assert kept["frozen.1.num_batches_tracked"] == 0
    assert kept["frozen.1.running_mean"].tolist() == [0.0] * 12


def few(dataset, count):
    return replace(dataset, train=Split(dataset.train.images[:count], dataset.train.labels[:count]))


def test_a_batch_larger_than_the_data_is_told(trial, dataset, capsys):
    run = trial({**MLP, "training": {"epochs": 1, "batch_size": 5000}})
    run.dataset = few(dataset, 40)
    assert run.run().steps == 1
    said = "training.batch_size = 5,000, but there are 40 training images: each step takes all of them"
    assert said in capsys.readouterr().out


def test_batch_norm_over_a_single_image_is_refused(trial, dataset):
    run = trial({**MLP, "training": {"epochs": 1, "batch_size": 50}})
    run.dataset = few(dataset, 1)
    with pytest.raises(DataError, match="there is 1 training image"):
        run.run()


@pytest.fixture
def stepping(monkeypatch):
    """Calls of what it is given, with number (from 0) and learning rate, before each step that is taken."""
    make, heard = network_run.make_step, []

    def noting(*arguments):
        step = make(*arguments)

        def noted(images, labels, rate):
            for hear in heard:
                hear(rate)
            return step(images, labels, rate)

        return noted

    monkeypatch.setattr(network_run, "make_step", noting)
    return heard.append


def test_each_step_is_taken_at_the_rate_of_its_number_also_after_a_stop(trial, stepping):
    rates = []
    stepping(rates.append)
    run = trial(CNN)
    run.run(5)
    run.run(resume=True)
    schedule = learning_rate_schedule(run.spec.optimizer, 2 * STEPS_PER_EPOCH)
    assert rates == [schedule(step) for step in range(2 * STEPS_PER_EPOCH)]
    told = dict(scalars(run.paths.root)["optimizer/learning_rate"])
    assert told == pytest.approx({step: schedule(step - 1) for step in (7, 14, 21)})


def test_the_model_that_was_best_before_a_stop_is_the_one_that_is_tested(trial, monkeypatch):
    monkeypatch.setattr(Best, "is_beaten_by", lambda *_: False)  # the first epoch stays the best
    whole, broken = trial(MLP), trial(MLP)
    expected = whole.run()
    broken.run(STEPS_PER_EPOCH + 5)
    result = broken.run(resume=True)
    assert (result.best_epoch, result.epochs) == (expected.best_epoch, expected.epochs) == (1, 3)
    assert result.test_loss == expected.test_loss
    assert result.weights_sha256 == expected.weights_sha256
    kept = [checkpoint.weights_hash(checkpoint.load(run.paths.best)["model"]) for run in (whole, broken)]
    assert kept[0] == kept[1] != result.weights_sha256
    logged = scalars(broken.paths.root)
    assert logged["accuracy/test"] == [(STEPS_PER_EPOCH, pytest.approx(result.test_accuracy))]
    assert logged["loss/test"] == [(STEPS_PER_EPOCH, pytest.approx(result.test_loss))]
    assert logged["loss/valid"][-1][1] == pytest.approx(result.last_valid_loss) != result.valid_loss


def test_scores_are_of_the_sample_of_training_images_and_of_the_validation_images(trial, monkeypatch):
    monkeypatch.setattr(Best, "is_beaten_by", lambda *_: False)  # the best epoch is not the last
    run = trial(MLP)
    result = run.run()
    data = to_device(run.dataset, torch.device("cpu"))
    device = choose_device("cpu", run.spec, None)
    model = build_model(run.spec.model, data.image_shape, len(data.classes), seed=1)
    model.load_state_dict(checkpoint.load(run.paths.best)["model"])
    train, valid = (evaluate(model, data, split, device) for split in (data.sample, data.valid))
    assert (result.train_loss, result.train_accuracy) == (train.loss, train.accuracy)
    assert (result.valid_loss, result.valid_accuracy) == (valid.loss, valid.accuracy)
    test = evaluate(model, data, data.test, device)
    assert (result.test_loss, result.test_accuracy) == (test.loss, test.accuracy)
    assert train.loss not in (valid.loss, evaluate(model, data, data.train, device).loss)
    logged = {tag: values[-1][1] for tag, values in scalars(run.paths.root).items()}
    assert logged["loss/valid"] == pytest.approx(result.last_valid_loss) != result.valid_loss
    assert logged["accuracy/valid"] == pytest.approx(result.last_valid_accuracy)
    assert logged["accuracy/train"] != logged["accuracy/valid"]
    assert logged["gap/accuracy"] == pytest.approx(logged["accuracy/train"] - logged["accuracy/valid"])
    again = run.run(resume=True)
    times = {"train_seconds", "total_seconds", "samples_per_second"}
    assert again.model_dump(exclude=times) == result.model_dump(exclude=times)


def test_the_time_of_earlier_attempts_counts(trial):
    run = trial(MLP)
    run.run(5)
    kept = checkpoint.load(run.paths.checkpoint)
    checkpoint.save(run.paths.checkpoint, {**kept, "train_seconds": 1000.0, "total_seconds": 2000.0})
    run.run(5, resume=True)
    kept = checkpoint.load(run.paths.checkpoint)
    assert 1000 < kept["train_seconds"] < 1100
    assert 2000 < kept["total_seconds"] < 2100
    result = run.run(resume=True)
    assert 1000 < result.train_seconds < 1100
    assert 2000 < result.total_seconds < 2100


def test_the_speed_that_is_told_is_that_of_late_and_of_this_attempt(trial, stepping, monkeypatch):
    monkeypatch.setattr("fashiontui.training.pace.STRETCH_S", 0.0)
    run, taken = trial({**MLP, "training": {"epochs": 5, "batch_size": 50}}), []

    def slow_at_first(rate):
        taken.append(rate)
        time.sleep(0.05 if len(taken) <= 2 * STEPS_PER_EPOCH else 0)

    stepping(slow_at_first)
    run.run(2 * STEPS_PER_EPOCH + 1)
    first, second = (value for _, value in scalars(run.paths.root)["speed/samples_per_second"])
    assert first < 50 / 0.05
    run.run(resume=True)
    speeds = [value for _, value in scalars(run.paths.root)["speed/samples_per_second"]]
    assert speeds[2] > 3 * second  # the first epoch of this attempt
    taken.clear()
    run = trial({**MLP, "training": {"epochs": 5, "batch_size": 50}})
    run.run()
    speeds = [value for _, value in scalars(run.paths.root)["speed/samples_per_second"]]
    assert speeds[4] > 3 * speeds[1]


def test_the_speed_is_of_images_there_are(trial, dataset):
    run = trial({**MLP, "training": {"epochs": 1, "batch_size": 5000}})
    run.dataset = few(dataset, 40)
    result = run.run()
    assert result.samples_per_second == pytest.approx(40 / result.train_seconds)
    ((_, told),) = scalars(run.paths.root)["speed/samples_per_second"]
    assert told == pytest.approx(result.samples_per_second)


def test_instruments_at_every_so_many_epochs_say_what_they_say_at_each(trial):
    rare = {"layers_every": 2, "histograms_every": 3, "filters_every": 2}
    spec = {**MLP, "training": {"epochs": 4, "batch_size": 50}}
    often, seldom = trial(spec), trial({**spec, "instrumentation": rare})
    often.run()
    seldom.run()
    at_each, at_some = scalars(often.paths.root), scalars(seldom.paths.root)
    for statistic in ("norm", "update_ratio", "gradient_norm", "distance_from_init", "dead_units"):
        tag = f"layer_{statistic}/fc1" + (".weight" if statistic != "dead_units" else "")
        assert [step for step, _ in at_each[tag]] == [12, 24, 36, 48]
        assert at_some[tag] == [point for point in at_each[tag] if point[0] in (24, 48)], tag
    moved = [value for _, value in at_each["layer_distance_from_init/fc1.weight"]]
    assert 0 < moved[0] < moved[-1]
    found = accumulated(seldom.paths.root)
    assert [point.step for point in found.Histograms("weights/fc1.weight")] == [36]
    assert [point.step for point in found.Images("filters/fc1")] == [0, 24, 48]


def test_divergence_is_seen_before_the_epoch_has_ended(trial):
    spec = {**MLP, "model": "logistic", "optimizer": {"name": "sgd", "learning_rate": 1e30}}
    run = trial({**spec, "instrumentation": {"batch_every": 2}})
    with pytest.raises(RunError, match=r"the training loss became .* by step [24], at learning rate 1e\+30"):
        run.run()
    assert Progress.load(run.paths.progress).step < STEPS_PER_EPOCH


def test_checkpoints_are_taken_at_ends_of_epochs_that_are_far_enough_apart(trial, stepping, monkeypatch):
    now, kept = [0.0], []
    monkeypatch.setattr(network_run, "time", SimpleNamespace(monotonic=lambda: now[0]))
    save = checkpoint.save

    def noted(path, content):
        kept.append(content.get("step") if path.name == "checkpoint.pt" else None)
        save(path, content)

    def tick(_rate):
        now[0] += 1.0

    monkeypatch.setattr(checkpoint, "save", noted)
    stepping(tick)
    spec = {**MLP, "training": {"epochs": 5, "batch_size": 50}, "instrumentation": {"checkpoint_seconds": 20}}
    trial(spec).run()
    assert [step for step in kept if step is not None] == [24, 48, 60]


def test_a_crash_costs_what_came_after_the_last_checkpoint_and_no_more(trial, stepping):
    taken = []

    def crash(rate):
        taken.append(rate)
        if len(taken) == STEPS_PER_EPOCH + 5:
            raise ZeroDivisionError

    stepping(crash)
    late = {**MLP, "instrumentation": {**MLP["instrumentation"], "checkpoint_seconds": 1000}}
    for spec, step in ((MLP, STEPS_PER_EPOCH), (late, None)):
        taken.clear()
        run, whole = trial(spec), trial(MLP)
        with pytest.raises(ZeroDivisionError):
            run.run()
        assert (checkpoint.load(run.paths.checkpoint)["step"] if step else run.paths.checkpoint.exists()) == (
            step or False
        )
        result = run.run(resume=step is not None)
        assert result.weights_sha256 == whole.run().weights_sha256
        for tag, points in scalars(run.paths.root).items():
            if not tag.startswith(("speed/", "system/")):
                assert [at for at, _ in points] == [at for at, _ in scalars(whole.paths.root)[tag]], tag


def test_what_a_checkpoint_vouches_for_is_on_the_disk_before_it(trial, monkeypatch):
    synced, fsync = [], os.fsync

    def noted(descriptor):
        synced.append(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    run = trial({**MLP, "training": {"epochs": 1, "batch_size": 50}})
    run.run()
    (events,) = run.paths.root.glob("*tfevents*")
    wanted = [path.stat().st_ino for path in (events, run.paths.best, run.paths.checkpoint)]
    assert [place for place in synced if place in wanted][-3:] == wanted


def test_predictions_are_of_the_best_epoch(trial, monkeypatch):
    monkeypatch.setattr(network_run, "PREDICTIONS_INTERVAL_S", 1000.0)
    run = trial({**MLP, "training": {"epochs": 4, "batch_size": 50}})
    result = run.run()
    assert result.best_epoch > 1
    for split in ("valid", "test"):
        found = Predictions.load(predictions_path(run.paths, split))
        assert found.epoch == result.best_epoch
        right = (found.labels == found.predicted).mean()
        assert right == pytest.approx(getattr(result, f"{split}_accuracy"))


def test_a_last_partial_batch_is_left_out(trial, dataset):
    run = trial({**MLP, "training": {"epochs": 2, "batch_size": 50}})
    run.dataset = few(dataset, 140)
    assert run.run().steps == 2 * 2


def test_what_is_written_during_training_can_be_read_at_each_epoch(trial, stepping):
    """Not only once the file is closed: the app reads along."""
    little = {"layers_every": 0, "histograms_every": 0, "filters_every": 0, "representations": False}
    run, seen = trial({**MLP, "instrumentation": {"checkpoint_seconds": 1000, **little}}), []

    def look(_rate):
        reader = read(run.paths.root)
        seen.append(len(reader.scalars["loss/valid"]) if "loss/valid" in reader.scalars else 0)

    stepping(look)
    run.run()
    assert seen == [0] * STEPS_PER_EPOCH + [1] * STEPS_PER_EPOCH + [2] * STEPS_PER_EPOCH


def test_the_time_left_is_by_the_pace_of_late(trial, stepping, monkeypatch):
    now, told = [100.0], []
    monkeypatch.setattr(recorder.time, "monotonic", lambda: now[0])
    save = Progress.save

    def noted(progress, path):
        told.append((progress.phase, progress.step, progress.epoch, progress.eta_seconds))
        save(progress, path)

    def slow_at_first(_rate):
        now[0] += 10.0 if now[0] < 100 + 10 * STEPS_PER_EPOCH else 1.0

    monkeypatch.setattr(Progress, "save", noted)
    stepping(slow_at_first)
    trial(MLP).run()
    training = [(step, epoch, left) for phase, step, epoch, left in told if phase == "training" and step]
    steps = 3 * STEPS_PER_EPOCH
    assert len(training) > steps - 5
    for step, epoch, left in training:
        assert epoch == min(step // STEPS_PER_EPOCH + 1, 3)
        if step < STEPS_PER_EPOCH:
            assert left == pytest.approx(10 * (steps - step))
        elif step > 2 * STEPS_PER_EPOCH:
            assert left == pytest.approx(steps - step)
    assert [phase for phase, *_ in told][-2:] == ["testing", "done"]


def test_progress_is_not_written_at_every_step(trial, monkeypatch):
    told, save = [], Progress.save
    monkeypatch.setattr(recorder, "PROGRESS_INTERVAL_S", 1000.0)
    monkeypatch.setattr(
        Progress, "save", lambda progress, path: (told.append(progress.phase), save(progress, path))
    )
    trial(MLP).run()
    assert told == ["training", "testing", "done"]
