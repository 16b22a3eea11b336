"""pydantic's findings in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from fashiontui.config.problems import NO_VALUE, Problem, listed, nearest
from fashiontui.config.schema import MODELS

Explain = Callable[[str], tuple[str, str | None]]  # an unknown key's path → message, what may have been meant

# What a value must be, by pydantic's name of the finding; {…} are its own limits.
MUST_BE = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "a text in quotes",
    "tuple_type": "a list, such as [256, 128]",
    "dict_type": "a table of settings",
    "finite_number": "a finite number",
    "greater_than": "above {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "below {lt}",
    "less_than_equal": "at most {le}",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of at most {max_length}",
    "string_pattern_mismatch": "an import path such as `mypkg.nets:build`",
}
TABLE_OR_NAME = {
    "model": 'a table of settings, or a text such as "cnn" or "mypkg.nets:build"',
    "dataset": 'a table of settings, or a text such as "synthetic" or "mypkg.sets:load"',
}


def in_plain_words(error: ValidationError, known: Collection[str], explain: Explain) -> list[Problem]:
    """One problem for each key path; `known` are the paths that hold values, not tables."""
    by_path: dict[str, list[ErrorDetails]] = {}
    for details in error.errors(include_url=False):
        by_path.setdefault(_path(details["loc"], known), []).append(details)
    return [_problem(path, findings, explain) for path, findings in by_path.items()]


def _path(loc: tuple[int | str, ...], known: Collection[str]) -> str:
    """Where it is, without what pydantic adds: the model's kind, and the branch of an `a | b` it tried."""
    steps = (loc[0], *loc[2:]) if loc[:1] == ("model",) and loc[1:2] and loc[1] in MODELS else loc
    path = ""
    inside_value = False
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        elif not inside_value:
            path = f"{path}.{step}" if path else step
        inside_value = inside_value or path in known
    return path


def _problem(path: str, findings: list[ErrorDetails], explain: Explain) -> Problem:
    first = findings[0]
    value = first["input"]
    match first["type"]:
        case "extra_forbidden":
            message, suggestion = explain(path)
            return Problem(where=path, message=message, value=_short(value), suggestion=suggestion)
        case "missing":
            return Problem(where=path, message="is missing")
        case "union_tag_not_found":
            return Problem(where=f"{path}.kind", message=f"is missing; it is one of {listed(MODELS, 'or')}")
        case "union_tag_invalid":
            return _unknown_model(f"{path}.kind", first["ctx"]["tag"])
        case "value_error":
            return Problem(where=path, message=str(first["ctx"]["error"]), value=_short(value))
    phrases = [_must_be(path, details) for details in findings]
    message = f"must be {' or '.join(phrases)}" if all(phrases) else str(first["msg"])
    choices = [choice for details in findings for choice in _choices(details)]
    suggestion = nearest(value, choices) if isinstance(value, str) else None
    return Problem(where=path, message=message, value=value, suggestion=suggestion)


def _unknown_model(path: str, tag: str) -> Problem:
    message = f"unknown kind of model: there are {listed(MODELS)}"
    return Problem(where=path, message=message, value=tag, suggestion=nearest(tag, MODELS))


def _must_be(path: str, details: ErrorDetails) -> str:
    """What the value must be; nothing where we have no better words than pydantic."""
    choices = _choices(details)
    if choices:
        return listed(choices, "or")
    if details["type"] in ("model_type", "model_attributes_type"):
        return TABLE_OR_NAME.get(path, "a table of settings")
    return MUST_BE.get(details["type"], "").format_map(details.get("ctx", {}))


def _choices(details: ErrorDetails) -> list[str]:
    if details["type"] != "literal_error":
        return []
    return re.findall(r"'([^']*)'", details["ctx"]["expected"])


def _short(value: Any) -> Any:
    """A value worth showing: a whole table is not."""
    return NO_VALUE if isinstance(value, dict) else value
