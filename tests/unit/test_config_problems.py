from __future__ import annotations

import datetime as dt

import pytest

from fashiontui.config.problems import Problem, listed, nearest, shown


def test_a_problem_is_one_line_with_place_value_and_suggestion():
    problem = Problem(
        where="model.dropot", message="unknown key `dropot`", value=0.5, suggestion="dropout"
    ).under("experiments.cnn1")
    assert str(problem) == (
        "experiments.cnn1.model.dropot = 0.5: unknown key `dropot`, did you mean `dropout`?"
    )
    assert str(Problem(where="", message="nothing here", line=3)) == "line 3: nothing here"
    assert Problem(where="", message="x").under("studies.a").where == "studies.a"


def test_no_name_or_value_can_steer_the_terminal():
    text = str(Problem(where="a\x1b[2J", message="bad\nkey", value="\x9b31m", suggestion="b\r"))
    assert text.isprintable()
    assert "\\x1b[2J" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("relu", '"relu"'),
        (True, "true"),
        ([1, 2.5], "[1, 2.5]"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        ("é", '"é"'),
    ],
)
def test_values_are_shown_as_toml_writes_them(value, text):
    assert shown(value) == text


def test_long_values_are_cut():
    assert len(shown("x" * 1000)) == 60
    assert shown("x" * 1000).endswith("…")


def test_nearest_ignores_case_and_is_silent_where_nothing_is_near():
    assert nearest("CNN11", ["lr", "cnn1", "Cnn2"]) == "cnn1"
    assert nearest("cnn22", ["lr", "Cnn2"]) == "Cnn2"
    assert nearest("zebra", ["lr", "cnn1"]) is None
    assert nearest("x", []) is None


def test_listed():
    assert listed(["a"]) == "`a`"
    assert listed(["a", "b", "c"], "or") == "`a`, `b` or `c`"
    assert listed([]) == ""


def test_a_value_that_just_fits_is_not_cut():
    assert shown("x" * 58) == '"' + "x" * 58 + '"'
    assert shown("x" * 59) == '"' + "x" * 58 + "…"
