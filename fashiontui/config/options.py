"""Arguments of a function of the user's own. A worker has them from run.json, so they are what JSON can keep."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator

from fashiontui.config.problems import shown


def _check(options: dict[str, Any]) -> dict[str, Any]:
    for name, value in _flat("", options):
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"`{name}` = {value} can't be kept in run.json: give a finite number")
        if value is not None and not isinstance(value, str | int | float):
            raise ValueError(f"`{name}` = {shown(value)} can't be kept in run.json: write it in quotes")
    return options


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Each value in tables and lists, however deep, and where it is."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(f"{name}.{key}" if name else key, item)
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from _flat(f"{name}[{place}]", item)
    else:
        yield name, value


Options = Annotated[dict[str, Any], AfterValidator(_check)]
