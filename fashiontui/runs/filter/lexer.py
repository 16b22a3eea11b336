"""A filter's text as tokens. Any text has tokens; whether they make sense is the parser's to say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class Kind(Enum):
    """What a token is."""

    WORD = auto()
    QUOTED = auto()
    UNCLOSED = auto()  # a quoted text without its second quote
    OPERATOR = auto()  # any run of `=<>!:`, also one that is no operator
    COMMA = auto()
    OPEN = auto()
    CLOSE = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a filter; `text` is what it means, without quotes and escapes. Columns count from 0."""

    kind: Kind
    text: str
    column: int
    end: int


PLAIN: Final = {"(": Kind.OPEN, ")": Kind.CLOSE, ",": Kind.COMMA}
SPACE: Final = re.compile(r"\s*")
OPERATOR: Final = re.compile(r"(?=[=<>:]|!=)[=<>!:]+")
QUOTED: Final = re.compile(r"""(["'])((?:(?!\1)[^\\]|\\.)*)\1""", re.DOTALL)
ESCAPED: Final = re.compile(r"""\\(["'\\])""")
# in a word, [...] is a set or a list and may hold anything but spaces; `!` ends a word only as part of `!=`
WORD: Final = re.compile(r"(?:\[[^\[\]\s]*\]|[^\s(),=<>:!]|!(?!=))+")
VALUE: Final = re.compile(r"(?:\[[^\[\]\s]*\]|[^\s(),=<>!]|!(?!=))+")  # `cuda:0` is one value


def tokens(text: str) -> list[Token]:
    """All tokens, the last of them END."""
    return list(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    place, in_value = _after_space(text, 0), False
    while place < len(text):
        token = _token(text, place, in_value=in_value)
        yield token
        in_value = token.kind in (Kind.OPERATOR, Kind.COMMA)
        place = _after_space(text, token.end)
    yield Token(Kind.END, "", len(text), len(text))


def _after_space(text: str, place: int) -> int:
    match = SPACE.match(text, place)
    return match.end() if match else place


def _token(text: str, place: int, *, in_value: bool) -> Token:
    character = text[place]
    if character in PLAIN:
        return Token(PLAIN[character], character, place, place + 1)
    if character in "\"'":
        return _quoted(text, place)
    word = (VALUE if in_value else WORD).match(text, place)
    if word:
        return Token(Kind.WORD, word[0], place, word.end())
    operator = OPERATOR.match(text, place)
    end = operator.end() if operator else place + 1
    return Token(Kind.OPERATOR, text[place:end], place, end)


def _quoted(text: str, place: int) -> Token:
    match = QUOTED.match(text, place)
    if match is None:
        return Token(Kind.UNCLOSED, _unescaped(text[place + 1 :]), place, len(text))
    return Token(Kind.QUOTED, _unescaped(match[2]), place, match.end())


def _unescaped(text: str) -> str:
    return ESCAPED.sub(r"\1", text)
