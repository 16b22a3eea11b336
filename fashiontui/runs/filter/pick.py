"""Values of runs by key, written as in a filter: `dropout`, `best.valid_accuracy`."""

from __future__ import annotations

from fashiontui.runs.filter.keys import Getter, Key, getter, resolve
from fashiontui.runs.filter.mistake import Mistake, filter_error


def getters(text: str) -> list[tuple[str, Getter]]:
    """Keys with commas between, each as it was written and with how to get its value.

    FilterError for an unknown key, or a missing one.
    """
    try:
        return [(name, getter(_key(name, column))) for name, column in _parts(text)]
    except Mistake as mistake:
        raise filter_error(text, mistake) from None


def _parts(text: str) -> list[tuple[str, int]]:
    """What stands between commas, and in which column."""
    parts: list[tuple[str, int]] = []
    column = 0
    for part in text.split(","):
        parts.append((part.strip(), column + len(part) - len(part.lstrip())))
        column += len(part) + 1
    return parts


def _key(name: str, column: int) -> Key:
    if not name:
        raise Mistake(column, "a key is missing")
    return resolve(name, column)
