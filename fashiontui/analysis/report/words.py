"""Lists of names, and settings as the command line takes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from fashiontui.config.overrides import parse_overrides
from fashiontui.errors import UsageError

NAMED: Final = 6  # in one sentence


def listed(names: Sequence[str]) -> str:
    """The first ones, and how many more there are."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"


def set_word(path: str, value: Any) -> str:
    """As `--set` takes it: a text as a bare word, unless that would be something else than this text."""
    word = f"{path}={value}"
    try:
        is_word = isinstance(value, str) and value.isprintable()  # a command is one line
        is_itself = is_word and parse_overrides([word]) == {path: value}
    except UsageError:
        is_itself = False
    return word if is_itself else f"{path}={_toml(value)}"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # TOML takes no raw delete
    if isinstance(value, list):
        return f"[{', '.join(_toml(each) for each in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_toml(key)} = {_toml(each)}' for key, each in value.items())}}}"
    return str(value)
