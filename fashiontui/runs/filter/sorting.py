"""Runs in an order: `-best.valid_accuracy`, `train_seconds`, `experiment,-seed`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from fashiontui.runs.filter.keys import Facts, Getter, getter, resolve
from fashiontui.runs.filter.mistake import Mistake, filter_error

Row = TypeVar("Row")
Rank = tuple[int, Any]


def sort_runs(rows: Iterable[Facts], text: str) -> list[Facts]:
    """Facts in the order that `text` asks for; see `sorted_by`."""
    return sorted_by(rows, text, lambda facts: facts)


def sorted_by(rows: Iterable[Row], text: str, facts_of: Callable[[Row], Facts]) -> list[Row]:
    """Rows in the order of a key, or of several with commas between; `-` before a key turns it around.

    Rows without a value come last either way; equals stay in the order they had. FilterError for an unknown key.
    """
    ordered = list(rows)
    for get, turned in reversed(_orders(text)):
        ordered = _sorted(ordered, get, facts_of, turned=turned)
    return ordered


def _orders(text: str) -> list[tuple[Getter, bool]]:
    try:
        return [_order(part, column) for part, column in _parts(text)]
    except Mistake as mistake:
        raise filter_error(text, mistake) from None


def _parts(text: str) -> list[tuple[str, int]]:
    """The keys between commas, without spaces around them, each with its column; none of an empty text."""
    parts: list[tuple[str, int]] = []
    column = 0
    for part in text.split(",") if text.strip() else []:
        parts.append((part.strip(), column + len(part) - len(part.lstrip())))
        column += len(part) + 1
    return parts


def _order(part: str, column: int) -> tuple[Getter, bool]:
    name = part.removeprefix("-")
    if not name:
        raise Mistake(column, "a key is missing")
    return getter(resolve(name, column + len(part) - len(name))), name != part


def _sorted(rows: list[Row], get: Getter, facts_of: Callable[[Row], Facts], *, turned: bool) -> list[Row]:
    ranks = [_rank(get(facts_of(row), 0.0)) for row in rows]
    there = [(rank, row) for rank, row in zip(ranks, rows, strict=True) if rank is not None]
    there.sort(key=lambda pair: pair[0], reverse=turned)
    return [row for _, row in there] + [row for rank, row in zip(ranks, rows, strict=True) if rank is None]


def _rank(value: Any) -> Rank | None:
    """Something to sort values of any kind by: numbers, then texts, then lists; None for none, and for NaN."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, (bool, int, float)):
        return 0, value
    if isinstance(value, (list, tuple)):
        return 2, [_rank(item) or (-1, 0) for item in value]
    return 1, str(value).casefold()
