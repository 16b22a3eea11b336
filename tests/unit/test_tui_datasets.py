"""What the data screen can show, and how it is asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.pilot import options
from support.tiny_data import tiny_sample

from fashiontui.analysis.projection import Projection
from fashiontui.config.load import load_config
from fashiontui.config.spec import DatasetSpec
from fashiontui.tui.datasets import (
    class_points,
    datasets_of,
    doing_text,
    headline,
    problem_text,
    projection_title,
    request_for,
)

CONFIG = """
[defaults]
dataset = "fashion-mnist"
[experiments.a]
model = "logistic"
[experiments.b]
model = "logistic"
dataset = { name = "fashion-mnist", train_size = 100 }
[experiments.c]
model = "logistic"
dataset = { name = "mnist", dir = "images" }
"""


def test_each_dataset_once_the_usual_one_first(tmp_path):
    (tmp_path / "experiments.toml").write_text(CONFIG)
    found = datasets_of(load_config(tmp_path / "experiments.toml"))
    assert [spec.name for spec in found] == ["fashion-mnist", "mnist", "synthetic"]
    assert found[0].train_size is None
    assert [spec.name for spec in datasets_of(None)] == ["fashion-mnist", "synthetic"]


def test_how_it_is_asked_for(tmp_path):
    asked = []

    def folders(configured):
        asked.append(configured)
        return [Path("/data")]

    request = request_for(
        DatasetSpec(name="mnist", dir="images"),
        ("pca", "tsne"),
        options(tmp_path, data_folders=folders),
        tmp_path,
    )
    assert asked == ["images"]
    assert request.candidates == (Path("/data"),)
    assert request.import_dirs == (tmp_path,)
    assert request.methods == ("pca", "tsne")


def test_what_it_says_of_itself():
    sample = tiny_sample()
    assert (
        headline(sample, None).plain
        == " SYNTHETIC data (tiny)   12 drawn   28×28   2 classes   made of nothing"
    )
    assert headline(None, DatasetSpec(name="x\x1b[31m")).plain == " x\\x1b[31m"
    assert headline(None, None).plain == " "
    projection = Projection("pca", np.zeros((12, 2)), np.array([0.29, 0.18]))
    assert projection_title(projection, sample, None) == "PCA · 12 images · 47% of variance"
    assert (
        projection_title(Projection("tsne", np.zeros((12, 2)), np.empty(0)), sample, 1)
        == "t-SNE · only shirt"
    )


def test_points_by_class():
    sample = tiny_sample()
    projection = Projection("pca", np.arange(24.0).reshape(12, 2), np.empty(0))
    shoes, shirts = class_points(sample, projection, None)
    assert (shoes.name, shirts.name) == ("shoe", "shirt")
    assert shoes.xs.tolist() == [0, 4, 8, 12, 16, 20]
    assert shirts.ys.tolist() == [3, 7, 11, 15, 19, 23]
    assert [curve.name for curve in class_points(sample, projection, 1)] == ["shirt"]


@pytest.mark.parametrize(
    ("doing", "done", "is_ascii", "text"),
    [
        ("", None, False, "it is gone"),
        ("loading", None, False, "loading   X cancels"),
        ("t-SNE 45%", 0.45, False, "t-SNE 45% ━━━━━━━━━───────────  X cancels"),
        ("t-SNE 45%", 0.45, True, "t-SNE 45% #########-----------  X cancels"),
    ],
)
def test_how_far_it_is(doing, done, is_ascii, text):
    assert doing_text(doing, done, "it is gone\nand more", is_ascii=is_ascii).plain == text


def test_a_problem_with_what_to_do():
    assert problem_text("a\x1b[31m\nb").plain == "a\\x1b[31m\nb\n\nd another dataset   u try again"
    assert problem_text("").plain == ""
