"""What is wrong with a filter, and pointing at it."""

from __future__ import annotations

import unicodedata
from typing import Final

from fashiontui.config.problems import printable
from fashiontui.errors import FilterError

WIDTH: Final = 72  # of what is shown of a long filter
BEFORE: Final = 48  # characters of it before the mistake
INDENT: Final = "  "
CUT: Final = "…"


class Mistake(Exception):  # noqa: N818 - it never leaves the package: `filter_error` makes a user's error of it
    """What is wrong in a filter at a column, counted from 0, and what to write instead."""

    def __init__(self, column: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.column = column
        self.message = message
        self.hint = hint


def filter_error(text: str, mistake: Mistake) -> FilterError:
    """The error a user sees: what is wrong, the filter, and a caret below the place."""
    message = f"{printable(mistake.message)}\n{pointed(text, mistake.column)}"
    return FilterError(message, mistake.column, printable(mistake.hint))


def pointed(text: str, column: int) -> str:
    """Two lines: the text, cut where it is long, and a caret below a column of it."""
    start = max(0, column - BEFORE) if len(text) > WIDTH else 0
    before = CUT * (start > 0) + printable(text[start:column])
    after = printable(text[column : start + WIDTH]) + CUT * (start + WIDTH < len(text))
    return f"{INDENT}{before}{after}\n{INDENT}{' ' * cells(before)}^"


def cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
