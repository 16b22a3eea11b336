"""One mistake in an experiments file, told in one line."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

VALUE_WIDTH = 60
NO_VALUE = object()  # None would be a value


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with the key at `where`, such as `experiments.cnn1.model.dropout`."""

    where: str
    message: str
    line: int | None = None
    value: Any = NO_VALUE
    suggestion: str | None = None

    def __str__(self) -> str:
        line = f"line {self.line}: " if self.line is not None else ""
        value = f" = {shown(self.value)}" if self.value is not NO_VALUE else ""
        suggestion = f", did you mean `{printable(self.suggestion)}`?" if self.suggestion else ""
        where = f"{printable(self.where)}{value}: " if self.where else ""
        return f"{line}{where}{printable(self.message)}{suggestion}"

    def under(self, prefix: str) -> Problem:
        """The same problem, seen from further up: its key path begins with `prefix`."""
        where = f"{prefix}.{self.where}" if self.where else prefix
        return replace(self, where=where)


class InvalidSettingsError(Exception):
    """Settings that make no experiment; whoever knows where they were written turns it into a user's error."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """The choice most like `name`, upper and lower case alike; None where none is near."""
    by_lower = {choice.lower(): choice for choice in choices}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a`, `b` and `c`, each in backquotes."""
    quoted = [f"`{word}`" for word in words]
    return f" {last} ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def shown(value: Any) -> str:
    """A value as it would be written in TOML, cut where it is long."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = str(value)
    text = printable(text)
    return text if len(text) <= VALUE_WIDTH else text[: VALUE_WIDTH - 1] + "…"


def printable(text: str) -> str:
    """The text with control characters spelled out, so that no name in a file can steer a terminal."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
