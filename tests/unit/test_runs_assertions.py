from __future__ import annotations

import pytest

from fashiontui.errors import UsageError
from fashiontui.runs.assertions import assertion_report, parse_assertion, unmet_assertions

OUTCOME = {"test_accuracy": 0.9, "test_loss": 0.5, "parameters": 7850, "seed": 3, "best_epoch": None}


@pytest.mark.parametrize(
    "text",
    [
        "test_accuracy>=0.9",
        " test_accuracy >= 90% ",
        "test_accuracy<1",
        "test_accuracy==0.9",
        "test_accuracy != 0.91",
        "parameters<=7850",
        "test_loss<5e1",
        "seed>2",
    ],
)
def test_met(text):
    assert unmet_assertions([parse_assertion(text)], OUTCOME) == []


def test_unmet_says_what_was_measured_and_what_was_asked():
    assertions = [parse_assertion("test_accuracy>=0.99"), parse_assertion("test_loss<1")]
    assert unmet_assertions(assertions, OUTCOME) == ["test_accuracy is 0.9; asked for test_accuracy>=0.99"]
    assert assertion_report(assertions, OUTCOME) == [
        {"text": "test_accuracy>=0.99", "measured": 0.9, "met": False},
        {"text": "test_loss<1", "measured": 0.5, "met": True},
    ]


def test_what_was_not_measured_is_unmet():
    assert unmet_assertions([parse_assertion("best_epoch>0")], OUTCOME) == [
        "best_epoch was not measured; asked for best_epoch>0"
    ]


@pytest.mark.parametrize(
    "text", ["", "test_accuracy", "test_accuracy=0.9", "0.9<test_accuracy", "test_accuracy>=0.9 and seed>1"]
)
def test_no_assertion_at_all(text):
    with pytest.raises(UsageError, match="can't be read"):
        parse_assertion(text)


@pytest.mark.parametrize("text", ["test_accuracy>=high", "test_accuracy>=nan", "test_accuracy<inf"])
def test_no_number(text):
    with pytest.raises(UsageError, match="is no number"):
        parse_assertion(text)


def test_an_unknown_name_proposes_the_nearest():
    with pytest.raises(UsageError) as caught:
        parse_assertion("test_acuracy>=0.9")
    assert caught.value.hint == "Did you mean test_accuracy?"


def test_a_name_like_none_lists_all():
    with pytest.raises(UsageError, match=r"Names are .*test_accuracy"):
        parse_assertion("xyzzy>1")


def test_text_is_no_name_of_a_number():
    with pytest.raises(UsageError, match="no 'weights_sha256'"):
        parse_assertion("weights_sha256>1")


@pytest.mark.parametrize(
    "text",
    [
        "test_accuracy>0.9",
        "test_accuracy<0.9",
        "test_accuracy>=91%",
        "test_accuracy<=89%",
        "test_accuracy==0.91",
        "test_accuracy!=0.9",
    ],
)
def test_unmet(text):
    (line,) = unmet_assertions([parse_assertion(text)], OUTCOME)
    assert line == f"test_accuracy is 0.9; asked for {text}"
