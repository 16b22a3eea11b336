from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from fashiontui.datasets.dataset import Split
from fashiontui.errors import CheckpointError, DataError, RunError
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import Result, RunRecord
from fashiontui.runs.state import RunState
from fashiontui.tfevents.reader import RunReader
from fashiontui.training import checkpoint, network_run
from fashiontui.training.data import to_device
from fashiontui.training.job import Job
from fashiontui.training.state import TrainingState
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
