from __future__ import annotations

import math
import statistics
from dataclasses import replace

import numpy as np
import pytest

from fashiontui.analysis.compare import Measured, Subject
from fashiontui.analysis.decisive import identity
from fashiontui.analysis.seeds import fold_curves, fold_subjects, mean_std


def subject(run, experiment="cnn1", seed=1, dropout=0.5, **results):
    return Subject(
        key=f"{experiment}/{run}",
        experiment=experiment,
        label=f"{experiment} {run}",
        settings={"model.dropout": dropout, "training.seed": seed},
        setup={"state": "finished", "device": "cpu"},
        results={name: Measured(value) for name, value in results.items()},
    )


def test_mean_and_deviation_of_a_sample():
    values = [0.9221, 0.9240, 0.9212]
    found = mean_std(values)
    assert found.value == pytest.approx(statistics.mean(values))
    assert found.std == pytest.approx(statistics.stdev(values))
    assert found.count == 3
    assert mean_std([0.9]) == Measured(0.9, None, 1)
    assert mean_std([0.5, 0.5]).std == 0
    assert mean_std([0.9 - 0.8872, 0.0128, 0.5 - 0.4872]).std == 0  # but for rounding they are the same
    assert mean_std([0.0, 0.0]).std == 0
    assert mean_std([1e-6, 1.000001e-6]).std > 0


def test_runs_that_differ_in_their_seed_alone_become_one():
    folded = fold_subjects(
        [
            subject("a", seed=2, test_accuracy=0.92),
            subject("b", "lr", test_accuracy=0.84),
            subject("c", seed=1, test_accuracy=0.94),
            subject("d", seed=3, dropout=0.2, test_accuracy=0.9),
        ]
    )
    assert [each.label for each in folded] == ["cnn1 a × 2 seeds", "lr b", "cnn1 d"]
    cnn = folded[0]
    assert cnn.key == "cnn1/a"
    assert cnn.members == ("cnn1/a", "cnn1/c")
    assert cnn.settings == {"model.dropout": 0.5, "training.seed": (1, 2)}
    assert cnn.results["test_accuracy"].value == pytest.approx(0.93)
    assert cnn.results["test_accuracy"].std == pytest.approx(math.sqrt(0.0002))
    assert folded[1].members == ()


def test_a_setting_as_usual_is_as_one_that_was_not_there_yet():
    older = subject("a", seed=1)
    newer = subject("b", seed=2)
    said = {"augmentation.flip_average": False, "instrumentation.layers_every": 5, "dataset.dir": "/data"}
    newer = replace(newer, settings={**newer.settings, **said, "optimizer.average": 0})
    other = replace(newer, key="cnn1/c", settings={**newer.settings, "augmentation.flip_average": True})
    assert [each.members for each in fold_subjects([older, newer, other])] == [("cnn1/a", "cnn1/b"), ()]


def test_an_experiment_folded_to_one_needs_no_run_id():
    folded = fold_subjects([subject("a", seed=1), subject("b", seed=2)])
    assert [each.label for each in folded] == ["cnn1 × 2 seeds"]


def test_the_mean_is_of_those_that_have_the_result():
    (folded,) = fold_subjects(
        [
            subject("a", seed=1, test_accuracy=0.92),
            subject("b", seed=2),
            subject("c", seed=3, test_accuracy=0.9),
        ]
    )
    assert folded.results["test_accuracy"].count == 2


def test_repeats_with_one_seed_are_runs_not_seeds():
    (folded,) = fold_subjects([subject("a", seed=1), subject("b", seed=1), subject("c", seed=2)])
    assert folded.label == "cnn1 × 3 runs"


def curve(xs, ys):
    return np.array(xs, dtype=float), np.array(ys, dtype=float)


def test_curves_over_the_same_epochs():
    band = fold_curves([curve([1, 2, 3], [1, 2, 3]), curve([1, 2, 3], [3, 2, 5])])
    assert band.xs.tolist() == [1, 2, 3]
    assert band.mean.tolist() == [2, 2, 4]
    assert band.std.tolist() == pytest.approx([math.sqrt(2), 0, math.sqrt(2)])
    assert band.count == 2


def test_a_mean_ends_where_the_first_curve_does():
    band = fold_curves([curve([1, 2, 3, 4], [1, 1, 1, 1]), curve([1, 2], [3, 3])])
    assert band.xs.tolist() == [1, 2]
    assert band.mean.tolist() == [2, 2]


def test_between_its_points_a_curve_is_straight():
    band = fold_curves([curve([0, 10], [0, 10]), curve([0, 5, 10], [0, 0, 0])])
    assert band.xs.tolist() == [0, 5, 10]
    assert band.mean.tolist() == [0, 2.5, 5]


def test_what_is_not_a_number_is_a_gap():
    band = fold_curves([curve([1, 2, 3], [1, math.nan, 3]), curve([1, 2, 3], [1, 2, 3])])
    assert band.mean.tolist()[0::2] == [1, 3]
    assert math.isnan(band.mean[1])


@pytest.mark.parametrize("curves", [[], [curve([], [])], [curve([1, 2], [1, 1]), curve([3, 4], [1, 1])]])
def test_nothing_in_common_is_no_curve(curves):
    assert fold_curves(curves) is None


def test_a_single_curve_stays_as_it_is():
    band = fold_curves([curve([1, 2], [3, 4])])
    assert band.mean.tolist() == [3, 4]
    assert band.std.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"optimizer.decay": 1}, {"optimizer.decay": 1.0}),
        ({"augmentation.shift": 2}, {"augmentation.shift": 2.0}),
        ({"optimizer.clip_norm": None}, {}),
        ({"of.a.later.version": None}, {}),
        ({"model.kind": "cnn"}, {"model.kind": "cnn", "model.dropout": 0.0, "model.channels": [32]}),
        ({"model.kind": "mlp", "model.units": [512]}, {"model.kind": "mlp"}),
        ({"training.seed": 5, "dataset.dir": "/a", "instrumentation.batch_every": 7}, {"training.seed": 6}),
    ],
)
def test_settings_that_come_to_the_same_are_alike(one, other):
    assert identity(one) == identity(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"training.epochs": 5}, {"training.epochs": 6}),
        ({"training.batch_size": 10}, {}),
        ({"model.kind": "cnn"}, {"model.kind": "mlp"}),
        ({"model.kind": "mlp", "model.units": [512]}, {"model.kind": "mlp", "model.units": [512, 512]}),
        ({"dataset.split_seed": 1}, {}),
        ({"optimizer.clip_norm": 1.0}, {}),
    ],
)
def test_settings_that_decide_are_told_apart(one, other):
    assert identity(one) != identity(other)


def test_of_where_runs_were_made_all_is_kept_in_which_they_differ():
    first, second = subject("a", seed=1), subject("b", seed=2)
    second = replace(second, setup={"state": "running", "device": "cpu", "threads": 2})
    (folded,) = fold_subjects([first, second, replace(first, key="cnn1/c")])
    assert folded.setup == {"state": ("finished", "running"), "device": "cpu", "threads": 2}
