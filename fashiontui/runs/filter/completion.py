"""What may come next in a filter that is being typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from fashiontui.runs.filter.keys import (
    OPTIONS,
    Facts,
    Holds,
    Key,
    getter,
    resolve,
    settings,
    short_names,
)
from fashiontui.runs.filter.lexer import Kind, Token, tokens
from fashiontui.runs.filter.mistake import Mistake
from fashiontui.runs.filter.parser import KEYWORDS
from fashiontui.runs.filter.values import GLOB, NONE, TRUTHS, number_of
from fashiontui.runs.state import RunState

MOST: Final = 50
DURATIONS: Final = ("1h", "1d", "1w")
JOINING: Final = (Kind.OPERATOR, Kind.COMMA)


def complete(text: str, cursor: int, known: Sequence[Facts]) -> list[str]:
    """What the word before the cursor may become, the likeliest first; it begins at `word_start`.

    Keys, experiments and studies where a term begins; after an operator the values that the `known` runs have.
    """
    before = tokens(text[:cursor])[:-1]
    word = _open_word(before, cursor)
    if word is not None:
        before.pop()
    typed = word.text if word is not None else ""
    key = _key_before(before)
    choices = _values(key, known) if key else _beginnings(typed, known) if not _in_value(before) else []
    found = [choice for choice in choices if _fits(choice, typed, word)]
    return list(dict.fromkeys(found))[:MOST]


def word_start(text: str, cursor: int) -> int:
    """Where the word begins that a completion replaces; the cursor itself where there is no word yet."""
    word = _open_word(tokens(text[:cursor])[:-1], cursor)
    return cursor if word is None else word.column


def _open_word(before: Sequence[Token], cursor: int) -> Token | None:
    """The word that the cursor is at the end of."""
    if before and before[-1].kind in (Kind.WORD, Kind.UNCLOSED) and before[-1].end == cursor:
        return before[-1]
    return None


def _in_value(before: Sequence[Token]) -> bool:
    return bool(before) and before[-1].kind in JOINING


def _key_before(before: Sequence[Token]) -> Key | None:
    """The key that a value is being typed for, over values already there: `state:running,`."""
    place = len(before) - 1
    while place >= 1 and before[place].kind is Kind.COMMA:
        place -= 2
    if place < 1 or before[place].kind is not Kind.OPERATOR or before[place - 1].kind is not Kind.WORD:
        return None
    try:
        return resolve(before[place - 1].text, before[place - 1].column)
    except Mistake:
        return None


def _beginnings(typed: str, known: Sequence[Facts]) -> Iterable[str]:
    names = {str(facts[key]) for facts in known for key in ("experiment", "study") if facts.get(key)}
    paths = [path for facts in known[:MOST] for path in facts if path.startswith(OPTIONS)]
    whole = [*settings(), *paths] if "." in typed else []
    return [*short_names(), *whole, *sorted(map(_written, names)), *(KEYWORDS if typed else ())]


def _values(key: Key, known: Sequence[Facts]) -> Iterable[str]:
    if key.holds is Holds.STATE:
        return [str(state) for state in RunState]
    if key.holds in (Holds.AGE, Holds.DATE):
        return DURATIONS if key.holds is Holds.AGE else ()
    get = getter(key)
    items = dict.fromkeys(item for facts in known for item in _items(get(facts, 0.0)))
    return sorted(map(_written, items), key=_natural)


def _items(value: Any) -> list[Any]:
    """What of a value can be compared for itself; nothing of none."""
    items = value if isinstance(value, (list, tuple)) else (value,)
    return [item for item in items if isinstance(item, (str, int, float))]


def _written(value: Any) -> str:
    """A value as it is typed, in quotes where it would else be read as something other."""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    if not isinstance(value, str):
        return text
    read = tokens(f"state={text}")
    is_word = len(read) == len(("state", "=", "text", "end")) and read[2].text == text != ""
    is_plain = is_word and text.lower() not in (*TRUTHS, NONE, *KEYWORDS) and not GLOB.search(text)
    return text if is_plain and read[2].kind is Kind.WORD else _quoted(text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _natural(text: str) -> tuple[bool, float, str]:
    number = number_of(text)
    return number is None, number or 0.0, text.casefold()


def _fits(choice: str, typed: str, word: Token | None) -> bool:
    bare = choice.removeprefix('"').lower()
    is_done = word is not None and choice == typed
    return bare.startswith(typed.lower()) and not is_done
