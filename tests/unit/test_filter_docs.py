"""Every filter, key, value and order that docs/filters.md shows is one, and the examples do what they look like."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from support.filter_facts import NOW, facts

from fashiontui.runs.filter.filter import parse_filter
from fashiontui.runs.filter.keys import resolve
from fashiontui.runs.filter.sorting import sort_runs
from fashiontui.runs.state import RunState

PAGE = (Path(__file__).parents[2] / "docs" / "filters.md").read_text()
FENCES = re.findall(r"```\n(.*?)```", PAGE, flags=re.DOTALL)
EXAMPLES = FENCES[1].splitlines()


def column(heading, number):
    """The codes in a column of the table that begins so."""
    table = PAGE.partition(f"| {heading} |")[2].partition("\n\n")[0]
    rows = [line.split(" | ") for line in table.splitlines()[2:]]
    return [code for row in rows for code in re.findall(r"`([^`]+)`", row[number])]


CASES = {
    "model=cnn* dropout>=0.3": ({}, {"model.dropout": 0.2}),
    "status:running,queued": ({"state": "queued"}, {}),
    "best.valid_accuracy>92% or best.loss/valid<0.25": ({}, {"metrics": {"valid_loss": {"best": 0.3}}}),
    "study=cnns not status:failed,lost": ({}, {"state": "lost"}),
    "state=failed error=*cuda* age<2d": (
        {"state": "failed", "error": {"kind": "DeviceError", "message": "no CUDA device"}},
        {"state": "failed", "error": {"kind": "DataError", "message": "no such file"}},
    ),
    "(cnn1 or cnn2) lr<=0.001 bn=true": ({}, {"experiment": "ann1", "study": None}),
    "dataset=fashion-mnist test_accuracy!=none train_seconds<10m": ({}, {"test_accuracy": None}),
    "created>=2026-11-23 units=[512,256] run!=20261123-0915": (
        {"created": datetime(2026, 11, 23).timestamp(), "run_id": "20261123-100000-abc"},  # noqa: DTZ001 - local
        {"created": datetime(2026, 11, 23).timestamp()},  # noqa: DTZ001 - local
    ),
}


def test_the_examples_are_those_tested():
    assert set(EXAMPLES) == set(CASES)
    assert len(EXAMPLES) == 8


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_tells_runs_apart(text):
    wanted, unwanted = CASES[text]
    example = parse_filter(text)
    assert example.matches(facts() | wanted, NOW)
    assert not example.matches(facts() | unwanted, NOW)


def test_the_first_one():
    assert parse_filter(FENCES[0].strip()).matches(facts(state="running"), NOW)


@pytest.mark.parametrize("text", [code for code in column("term", 0) if code not in ("<", "<=", ">", ">=")])
def test_the_terms(text):
    parse_filter(text)


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
def test_the_orderings(sign):
    assert sign in column("term", 0)
    parse_filter(f"dropout{sign}0.3 train_seconds{sign}2h age{sign}2h created{sign}2026-11-23")


@pytest.mark.parametrize("value", column("value", 0))
def test_the_values(value):
    key = (
        "created"
        if value.startswith("2026-")
        else "age"
        if re.fullmatch(r"(\d+[smhdw])+", value)
        else "study"
    )
    parse_filter(f"{key}={value}")


def test_which_values_are_numbers():
    for value in ("0.3", "3e-1", "30%"):
        assert value in column("value", 0)
        assert parse_filter(f"dropout={value}").matches({"model.dropout": 0.3}, NOW)


@pytest.mark.parametrize("key", [code for code in column("key", 0) if not code.endswith(".M")])
def test_the_keys(key):
    resolve(key, 0)


def test_the_curves():
    metrics = [code for code in column("key", 1) if "_" in code and "." not in code]
    for prefix in (code.removesuffix("M") for code in column("key", 0) if code.endswith(".M")):
        for metric in ["train_loss", "gap_accuracy"]:
            assert metric in metrics
            resolve(f"{prefix}{metric}", 0)


def test_all_states_are_named():
    assert {state.value for state in RunState} <= set(column("key", 1))


@pytest.mark.parametrize("order", ["test_accuracy", "-test_accuracy", "experiment,-seed"])
def test_the_orders(order):
    assert f"`{order}`" in PAGE
    assert sort_runs([facts()], order)
