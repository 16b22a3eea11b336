"""The line each key of a TOML text is on: what `tomllib` does not tell.

Works on a text that `tomllib` has accepted, so it only has to find its way, not to judge. Key paths are joined
by dots, list elements are written `[i]`: `experiments.cnn1.model.units[1]`. A quoted key that holds dots itself
reads like a path, as `"model.dropout" = …` in a matrix should.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Mapping

BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
BASIC_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
LITERAL_STRING = re.compile(r"'[^']*'")
LONG_BASIC = re.compile(r'"""(?:[^\\]|\\.)*?"""(?!")', re.DOTALL)
LONG_LITERAL = re.compile(r"'''.*?'''(?!')", re.DOTALL)
PLAIN_VALUE = re.compile(r"[^,\]}#\n]*")
LAST_STEP = re.compile(r"(?:\.[^.\[]*|\[\d+\])$")


def key_lines(text: str) -> dict[str, int]:
    """Every key path of the text and the line, counted from 1, where it is first written."""
    return _Scanner(text).scan()


def line_of(lines: Mapping[str, int], where: str) -> int | None:
    """The line of a key path, or of the nearest table around it; None where not even that is there."""
    while where:
        if where in lines:
            return lines[where]
        shorter = LAST_STEP.sub("", where)
        if shorter == where:
            return None
        where = shorter
    return None


class _Scanner:
    """Walks over the text once; every method begins at what it reads and ends behind it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._lines: dict[str, int] = {}
        self._tables_in: dict[str, int] = {}

    def scan(self) -> dict[str, int]:
        table = ""
        self._skip(BLANK)
        while self._at < len(self._text):
            table = self._header() if self._sees("[") else self._pair(table)
            self._skip(BLANK)
        return self._lines

    def _sees(self, token: str) -> bool:
        return self._text.startswith(token, self._at)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        assert match is not None, f"not TOML at {self._at}"
        self._at = match.end()
        return match.group()

    def _note(self, path: str, at: int) -> None:
        self._lines.setdefault(path, bisect_right(self._starts, at))

    def _header(self) -> str:
        brackets = 2 if self._sees("[[") else 1
        start = self._at
        self._at += brackets
        path = self._key("")
        self._at += brackets
        self._note(path, start)
        if brackets == 1:
            return path
        number = self._tables_in.get(path, 0)
        self._tables_in[path] = number + 1
        self._note(f"{path}[{number}]", start)
        return f"{path}[{number}]"

    def _pair(self, table: str) -> str:
        path = self._key(table)
        self._at += 1  # =
        self._value(path)
        return table

    def _key(self, path: str) -> str:
        """A bare, quoted or dotted key; every step of it is noted. Ends behind the blanks after it."""
        while True:
            self._skip(BLANK)
            start = self._at
            part = self._key_part()
            path = f"{path}.{part}" if path else part
            self._skip(BLANK)
            if not self._sees("."):
                self._note(path, start)
                return path
            self._note(path, start)
            self._at += 1

    def _key_part(self) -> str:
        if self._sees('"'):
            quoted = self._skip(BASIC_STRING)
            try:
                return str(json.loads(quoted))
            except ValueError:  # \U0001F600 is TOML and not JSON
                return quoted[1:-1]
        return self._skip(LITERAL_STRING)[1:-1] if self._sees("'") else self._skip(BARE_KEY)

    def _value(self, path: str) -> None:
        self._skip(BLANK)
        if self._sees("["):
            self._list(path)
        elif self._sees("{"):
            self._inline_table(path)
        else:
            self._skip(self._scalar())

    def _scalar(self) -> re.Pattern[str]:
        if self._sees('"""'):
            return LONG_BASIC
        if self._sees("'''"):
            return LONG_LITERAL
        if self._sees('"'):
            return BASIC_STRING
        return LITERAL_STRING if self._sees("'") else PLAIN_VALUE

    def _list(self, path: str) -> None:
        self._at += 1
        self._skip(BLANK)
        number = 0
        while not self._sees("]"):
            self._note(f"{path}[{number}]", self._at)
            self._value(f"{path}[{number}]")
            number += 1
            self._comma()
        self._at += 1

    def _inline_table(self, path: str) -> None:
        self._at += 1
        self._skip(BLANK)
        while not self._sees("}"):
            self._pair(path)
            self._comma()
        self._at += 1

    def _comma(self) -> None:
        self._skip(BLANK)
        if self._sees(","):
            self._at += 1
            self._skip(BLANK)
