"""One comparison of a filter as a test of the value that a run has for the key."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, Final

from fashiontui.runs.filter import values
from fashiontui.runs.filter.keys import Holds, did_you_mean
from fashiontui.runs.filter.lexer import Kind, Token
from fashiontui.runs.filter.mistake import Mistake
from fashiontui.runs.filter.syntax import Comparison
from fashiontui.runs.state import RunState

Test = Callable[[Any], bool]
ORDERINGS: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
TOLERANCE: Final = 1e-9  # relative: what float32 and decimal notation may differ by
DURATION_HINT: Final = "Such as 90s, 15m, 2h, 3d, 1w or 1h30m."
DATE_HINT: Final = "Such as 2026-11-23 or 2026-11-23T09:15. For how long ago, compare age: age<2h."


def test_of(comparison: Comparison) -> Test:
    """The test; Mistake where a value can't be compared so."""
    if comparison.operator.text in ORDERINGS:
        return _ordering(comparison)
    tests = [_equality(comparison.key.holds, value) for value in comparison.values]
    is_any = tests[0] if len(tests) == 1 else (lambda fact: any(test(fact) for test in tests))
    if comparison.operator.text == "!=":
        return lambda fact: not is_any(fact)
    return is_any


def _ordering(comparison: Comparison) -> Test:
    holds, sign, value = comparison.key.holds, comparison.operator, comparison.values[0]
    if len(comparison.values) > 1:
        raise Mistake(comparison.values[1].column, f"`{sign.text}` compares with one value")
    if holds in (Holds.TEXT, Holds.BEGINNING, Holds.STATE):
        hint = "Compare it by = or !=; a glob such as cnn* is a value too."
        raise Mistake(sign.column, f"`{comparison.key.path}` is a text, and has no `{sign.text}`", hint)
    compare = ORDERINGS[sign.text]
    if holds is Holds.DATE:
        span = _span(value)
        border = span.start if sign.text in ("<", ">=") else span.end
        compare = operator.lt if sign.text in ("<", "<=") else operator.ge
        return _compared(compare, border)
    return _compared(compare, _amount(holds, value, sign))


def _compared(compare: Callable[[float, float], bool], border: float) -> Test:
    def test(fact: Any) -> bool:
        if isinstance(fact, (int, float)):
            return fact.__class__ is not bool and compare(fact, border)
        return isinstance(fact, (list, tuple)) and any(test(item) for item in fact)

    return test


def _amount(holds: Holds, value: Token, sign: Token) -> float:
    """The number that a value stands for."""
    if holds is Holds.AGE:
        return _age(value)
    text = value.text if value.kind is Kind.WORD else ""
    amount = values.number_of(text)
    if amount is None and holds is Holds.SECONDS:
        amount = values.duration_of(text)
    if amount is None:
        hint = DURATION_HINT if holds is Holds.SECONDS else "Texts are compared by = or !=."
        raise Mistake(value.column, f"`{sign.text}` needs a number, and `{value.text}` is none", hint)
    return amount


def _age(value: Token) -> float:
    seconds = values.duration_of(value.text)
    if seconds is None:
        raise Mistake(
            value.column, f"an age is a number with a unit, and `{value.text}` is none", DURATION_HINT
        )
    return seconds


def _span(value: Token) -> values.Span:
    span = values.span_of(value.text)
    if span is None:
        raise Mistake(value.column, f"`{value.text}` is no date", DATE_HINT)
    return span


def _equality(holds: Holds, value: Token) -> Test:
    if value.kind is Kind.WORD and value.text.lower() == values.NONE:
        return lambda fact: fact is None
    if holds is Holds.AGE:
        return _equal(value, _age(value), holds)
    if holds is Holds.DATE:
        span = _span(value)
        return lambda fact: isinstance(fact, (int, float)) and span.start <= fact < span.end
    if holds is Holds.STATE:
        _check_state(value)
    if value.kind is Kind.QUOTED:
        return _equal(value, None, holds)
    number = values.number_of(value.text)
    if number is None and holds is Holds.SECONDS:
        number = values.duration_of(value.text)
    return _equal(value, number, holds)


def _equal(value: Token, number: float | None, holds: Holds) -> Test:
    """Whether a fact is the value, by the fact's own kind; any item of a list is enough."""
    is_word = value.kind is Kind.WORD
    fits = values.text_test(value.text, globs=is_word, begins=holds is Holds.BEGINNING)
    truth = values.TRUTHS.get(value.text.lower()) if is_word else None
    items = values.list_of(value.text) if is_word else None

    def test(fact: Any) -> bool:
        if isinstance(fact, str):
            return fits(fact)
        if fact is None or isinstance(fact, bool):
            return fact is not None and fact is truth
        if isinstance(fact, (list, tuple)):
            return any(test(item) for item in fact) if items is None else list(fact) == items
        if number is not None and isinstance(fact, (int, float)):
            return math.isclose(fact, number, rel_tol=TOLERANCE)
        return fits(str(fact))

    return test


def _check_state(value: Token) -> None:
    fits = values.text_test(value.text, globs=value.kind is Kind.WORD)
    if not any(fits(state) for state in RunState):
        states = tuple(str(state) for state in RunState)
        hint = did_you_mean(value.text, states) or f"States are {', '.join(states)}."
        raise Mistake(value.column, f"no state is called `{value.text}`", hint)
