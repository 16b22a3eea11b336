"""Orders of runs: by any key, either way, what lacks a value last."""

from __future__ import annotations

import pytest
from support.filter_facts import facts

from fashiontui.errors import FilterError
from fashiontui.runs.filter.sorting import sort_runs, sorted_by


def runs(key, values):
    return [{key: value, "run_id": str(number)} for number, value in enumerate(values)]


def order(rows, text):
    return [int(row["run_id"]) for row in sort_runs(rows, text)]


@pytest.mark.parametrize(
    ("values", "up", "down"),
    [
        ([3, 1, 2], [1, 2, 0], [0, 2, 1]),
        ([0.5, None, 0.25, None], [2, 0, 1, 3], [0, 2, 1, 3]),
        ([2, float("nan"), 1, float("inf")], [2, 0, 3, 1], [3, 0, 2, 1]),
        (["b", "A", "c"], [1, 0, 2], [2, 0, 1]),
        ([1, 1, 0, 1], [2, 0, 1, 3], [0, 1, 3, 2]),
        ([True, False], [1, 0], [0, 1]),
        (["text", 7, [1], None], [1, 0, 2, 3], [2, 0, 1, 3]),
        ([[2, 1], [1], [1, None], [1, "a"]], [1, 2, 3, 0], [0, 3, 2, 1]),
        ([], [], []),
    ],
)
def test_up_and_down(values, up, down):
    rows = runs("seed", values)
    assert order(rows, "seed") == up
    assert order(rows, "-seed") == down


def test_a_key_that_is_missing_altogether_is_as_none():
    rows = [{"run_id": "0"}, {"run_id": "1", "seed": 5}]
    assert order(rows, "seed") == order(rows, "-seed") == [1, 0]


def test_by_a_curve():
    rows = [
        facts(run_id=str(n), metrics={"valid_accuracy": {"best": best}})
        for n, best in enumerate([0.1, None, 0.3])
    ]
    assert order([*rows, {"run_id": "3"}], "-best.valid_accuracy") == [2, 0, 1, 3]


def test_by_age_the_youngest_first():
    rows = runs("created", [1.0, 3.0, 2.0])
    assert order(rows, "age") == order(rows, "-created") == [1, 2, 0]


def test_by_several_keys():
    rows = [{"run_id": str(n), "experiment": name, "seed": seed} for n, (name, seed) in
            enumerate([("b", 1), ("a", 1), ("b", 2), ("a", None), ("a", 2)])]  # fmt: skip
    assert order(rows, "experiment,-seed") == [4, 1, 3, 2, 0]
    assert order(rows, " experiment , seed ") == [1, 4, 3, 0, 2]


def test_no_key_leaves_the_order():
    assert order(runs("seed", [3, 1]), "") == order(runs("seed", [3, 1]), "  ") == [0, 1]


def test_rows_that_carry_facts():
    assert sorted_by([3, 1, 2], "seed", lambda number: {"seed": number}) == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("dropot", 0),
        ("-dropot", 1),
        ("seed, dropot", 6),
        ("seed,-dropot", 6),
        ("-", 0),
        ("seed,", 5),
        ("a=b", 0),
    ],
)
def test_an_unknown_key_is_pointed_at(text, column):
    with pytest.raises(FilterError) as caught:
        sort_runs([], text)
    assert caught.value.column == column
