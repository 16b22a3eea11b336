from __future__ import annotations

import math

import numpy as np

from fashiontui.analysis.compare import compare
from fashiontui.analysis.logged import logged_measures, logged_subject
from fashiontui.tfevents.series import ScalarSeries


def series(tag, *values, start=0.0):
    made = ScalarSeries(tag)
    steps = np.arange(len(values))
    made.extend(steps, start + 10.0 * steps, np.array(values, dtype=float))
    return made


def subject(key, hparams=None, start=0.0, **tags):
    scalars = {tag: series(tag, *values, start=start) for tag, values in tags.items()}
    return logged_subject(key, key, hparams or {}, scalars)


def test_best_and_last_of_each_tag_by_direction():
    found = subject("a", val_loss=[3, 1, 2], acc=[0.1, 0.9, 0.8])
    results = {name: measured.value for name, measured in found.results.items()}
    assert results == {
        "best val_loss": 1,
        "last val_loss": 2,
        "best acc": 0.9,
        "last acc": 0.8,
        "logged_seconds": 20,
    }


def test_of_a_learning_rate_none_is_best():
    assert set(subject("a", lr=[0.1, 0.01]).results) == {"last lr", "logged_seconds"}


def test_what_is_not_finite_is_never_best_nor_last():
    found = subject("a", loss=[1, -math.inf, math.nan], other=[math.nan])
    assert found.results["best loss"].value == 1
    assert found.results["last loss"].value == 1
    assert "best other" not in found.results


def test_runs_side_by_side():
    one = subject("a", {"lr": 0.1, "act": "relu", "odd": math.nan}, loss=[2, 1])
    two = subject("b", {"lr": 0.2, "act": "relu", "odd": math.nan}, loss=[2, 0.5], acc=[1])
    found = compare([one, two], 0, logged_measures([one, two]))
    differing = {row.title: [cell.value for cell in row.cells] for row in found.chosen(everything=False)}
    assert differing["lr"] == [0.1, 0.2]
    assert differing["best loss"] == [1, 0.5]
    assert differing["best acc"] == [None, 1]
    assert "act" not in differing
    assert "odd" not in differing
    best = next(row for row in found.rows if row.title == "best loss")
    assert [cell.is_best for cell in best.cells] == [False, True]


def test_nothing_logged():
    assert subject("a").results == {}


def test_the_time_is_from_the_first_point_of_any_curve_to_the_last_of_any():
    scalars = {"a": series("a", 1, 2, start=100.0), "b": series("b", 1, 2, 3, start=500.0)}
    assert logged_subject("x", "x", {}, scalars).results["logged_seconds"].value == 420
