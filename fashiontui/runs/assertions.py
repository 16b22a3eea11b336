"""`--assert 'test_accuracy>=0.9'`: what a CI job asks of a result."""

from __future__ import annotations

import difflib
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fashiontui.errors import UsageError
from fashiontui.runs.outcome import NUMBERS

OPERATORS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
PATTERN: Final = re.compile(r"\s*([A-Za-z_]\w*)\s*(>=|<=|==|!=|>|<)\s*([^\s<>=!]+)\s*")
EXAMPLE: Final = (
    "An assertion is NAME OPERATOR NUMBER, such as 'test_accuracy>=0.9'; operators are >= > <= < == !=."
)


@dataclass(frozen=True, slots=True)
class Assertion:
    """One comparison of a result's value with a number."""

    name: str
    operator: str
    value: float
    text: str

    def unmet(self, outcome: Mapping[str, Any]) -> str:
        """Why an outcome does not satisfy it: measured and asked value; empty where it does."""
        measured = outcome.get(self.name)
        if measured is None:
            return f"{self.name} was not measured; asked for {self.text}"
        if OPERATORS[self.operator](measured, self.value):
            return ""
        return f"{self.name} is {measured:.6g}; asked for {self.text}"


def parse_assertion(text: str) -> Assertion:
    """Read one assertion; UsageError says what is wrong, with the nearest name."""
    match = PATTERN.fullmatch(text)
    if match is None:
        raise UsageError(f"--assert {text!r} can't be read", EXAMPLE)
    name, sign, number = match.groups()
    if name not in NUMBERS:
        nearest = difflib.get_close_matches(name, NUMBERS, n=1)
        hint = f"Did you mean {nearest[0]}?" if nearest else f"Names are {', '.join(NUMBERS)}."
        raise UsageError(f"--assert {text!r}: a result has no {name!r}", hint)
    return Assertion(name, sign, _number(number, text), text.strip())


def unmet_assertions(assertions: Sequence[Assertion], outcome: Mapping[str, Any]) -> list[str]:
    """What an outcome falls short of, one line each."""
    return [line for line in (assertion.unmet(outcome) for assertion in assertions) if line]


def assertion_report(assertions: Sequence[Assertion], outcome: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each assertion with what was measured and whether it is met, for a script."""
    return [
        {
            "text": assertion.text,
            "measured": outcome.get(assertion.name),
            "met": not assertion.unmet(outcome),
        }
        for assertion in assertions
    ]


def _number(word: str, text: str) -> float:
    percent = word.endswith("%")
    try:
        value = float(word.removesuffix("%"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError(f"--assert {text!r}: {word!r} is no number", EXAMPLE)
    return value / 100 if percent else value
