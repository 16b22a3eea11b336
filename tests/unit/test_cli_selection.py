from __future__ import annotations

import pytest
from support.fakes import make_run

from fashiontui.cli.selection import filter_in, filter_text, is_filter, named_runs
from fashiontui.errors import RunNotFoundError, UsageError


@pytest.mark.parametrize(
    "text",
    [
        "status:running",
        "dropout>=0.3",
        "model=cnn*",
        "cnn*",
        "lr?",
        "[ab]1",
        "a b",
        "(lr)",
        '"lr"',
        "seed!=1",
        "state:running,paused",
        "and",
        "OR",
        "not",
    ],
)
def test_these_are_filters(text, tmp_path):
    assert is_filter(text, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "cnn1",
        "20261123-09",
        "lr/20261123-091502-k3f",
        "./logs/lr/x",
        "../x",
        "ann2-lr0.001_b",
        "",
        " ",
        "\t",
        "x" * 5000,
    ],
)
def test_these_are_names(text, tmp_path):
    assert not is_filter(text, tmp_path)


def test_a_path_that_is_there_is_a_path_whatever_is_in_its_name(tmp_path):
    paths = make_run(tmp_path / "my logs = (old)", "lr")
    assert not is_filter(str(paths.root), tmp_path)
    assert named_runs([str(paths.root)], tmp_path)[0].root == paths.root


def test_several_filters_are_one_that_asks_for_all(tmp_path):
    assert filter_in(["status:failed", "experiment:lr"], tmp_path) == "status:failed experiment:lr"
    assert filter_in(["status:failed", "or", "age>3d"], tmp_path) == "status:failed or age>3d"
    assert filter_text(["seed=1 or seed=2", "model=cnn"]) == "(seed=1 or seed=2) model=cnn"
    assert filter_text(["seed=1 or seed=2"]) == "seed=1 or seed=2"


def test_names_and_filters_together_are_refused(tmp_path):
    with pytest.raises(UsageError, match=r"'lr' names a run and 'status:failed' is a filter"):
        filter_in(["lr", "status:failed"], tmp_path)
    assert filter_in(["lr", "cnn1"], tmp_path) is None


def test_a_run_named_twice_is_meant_once(tmp_path):
    paths = make_run(tmp_path, "lr", "20261123-091502-k3f")
    names = ["lr", "20261123", "lr/20261123-091502-k3f", str(paths.root)]
    assert named_runs(names, tmp_path) == [paths]


def test_a_path_below_a_link_is_the_same_run(tmp_path):
    paths = make_run(tmp_path / "there", "lr")
    (tmp_path / "logs").symlink_to(tmp_path / "there")
    logs = tmp_path / "logs"
    (found,) = named_runs([str(paths.root), "lr"], logs)
    assert found.logs == logs


def test_all_unknown_names_are_told_at_once(tmp_path):
    make_run(tmp_path, "lr")
    with pytest.raises(RunNotFoundError, match=r"(?s)'cnn7'.*'xyz'") as caught:
        named_runs(["lr", "cnn7", "xyz"], tmp_path)
    assert caught.value.hint == "Nothing was done."
