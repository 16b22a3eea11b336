"""Writes docs/settings.md: every setting of an experiment, as the program knows them.

    python docs/write_settings.py

A test compares the page with what this would write.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from fashiontui.config.schema import DEFAULT_KIND, MODELS, TABLES
from fashiontui.config.spec import Frozen

PAGE = Path(__file__).with_name("settings.md")
TITLE = """# Settings

All that an experiment can say, in `experiments.toml` or by `--set PATH=VALUE`. `[defaults]` holds for every experiment that says nothing
else; what is said nowhere is as in the tables below. `fashiontui check` finds what is misspelt or out of range, and
`fashiontui list --json` prints each experiment with all its settings. This page is written by `docs/write_settings.py`.

An experiment also has a `description`.
"""
BOUNDS = {
    Ge: ("≥", "ge"),
    Gt: (">", "gt"),
    Le: ("≤", "le"),
    Lt: ("<", "lt"),
}  # how it is written, where its number is


def page() -> str:
    """The whole page."""
    parts = [TITLE]
    for name, table in TABLES.items():
        parts.append(f"## `{name}`\n\n{_said(table)}\n\n{_table(name, table)}")
        if name == "dataset":
            parts += list(_models())
    return "\n".join(parts)


def _models() -> Iterator[str]:
    yield f'## `model`\n\n`model.kind` says which; it is `{DEFAULT_KIND}` where nothing is said. `model = "cnn"` is short for a kind alone.\n'
    for kind, table in MODELS.items():
        yield f'### `model.kind = "{kind}"`\n\n{_said(table)}\n'
        if set(table.model_fields) != {"kind"}:
            yield _table("model", table)


def _said(table: type[Frozen]) -> str:
    return " ".join((table.__doc__ or "").split())


def _table(name: str, table: type[Frozen]) -> str:
    rows = ["| key | default | values | meaning |", "|---|---|---|---|"]
    for key, field in table.model_fields.items():
        if key != "kind":
            cells = (f"`{name}.{key}`", _default(field), _values(field), field.description or "")
            rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(rows) + "\n"


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "to be said"
    if value is None:
        return "unset"
    if isinstance(value, Mapping):
        return "`{}`"
    return f"`{json.dumps(value)}`"


def _values(field: FieldInfo) -> str:
    if _has(field.annotation, dict):
        return "a table"
    words = [f'`"{word}"`' for word in _words(field.annotation)]
    kinds = [
        name
        for kind, name in ((bool, "`true`, `false`"), (int, "whole numbers"), (float, "numbers"))
        if _has(field.annotation, kind)
    ]
    kinds += ["a list of them"] if _has(field.annotation, tuple) else []
    kinds += ["text"] if _has(field.annotation, str) else []
    return ", ".join([*words, " ".join([", ".join(kinds), *_bounds(field)]).strip()]).strip(", ")


def _bounds(field: FieldInfo) -> list[str]:
    found = [*field.metadata, *_metadata(field.annotation)]
    known = [(each, *BOUNDS[type(each)]) for each in found if type(each) in BOUNDS]
    said = [f"{sign} {getattr(bound, name)}" for bound, sign, name in known]
    return [" and ".join(dict.fromkeys(said))] if said else []


def _metadata(annotation: Any) -> Iterator[Any]:
    yield from getattr(annotation, "__metadata__", ())
    for part in get_args(annotation):
        yield from _metadata(part)


def _words(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
    else:
        for part in get_args(annotation):
            yield from _words(part)


def _has(annotation: Any, kind: type) -> bool:
    if annotation is kind or get_origin(annotation) is kind:
        return True
    return get_origin(annotation) is not Literal and any(_has(part, kind) for part in get_args(annotation))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
