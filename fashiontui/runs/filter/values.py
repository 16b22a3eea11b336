"""What a value in a filter may mean: a number, a truth, a duration, a date, a list, a text or a glob."""

from __future__ import annotations

import fnmatch
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

GLOB: Final = re.compile(r"[*?\[]")
NUMBER: Final = re.compile(r"([+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)(%?)", re.ASCII)
DURATION: Final = re.compile(r"(?:\d+(?:\.\d+)?[smhdw])+", re.ASCII)
DURATION_PART: Final = re.compile(r"([\d.]+)([smhdw])", re.ASCII)
UNIT_S: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?P<seconds>:\d\d)?)?", re.ASCII)
TRUTHS: Final = {"true": True, "false": False}
NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, in Unix seconds: `start` belongs to it, `end` no longer."""

    start: float
    end: float


def number_of(text: str) -> float | None:
    """A finite number, `90%` being 0.9; None where it is none."""
    match = NUMBER.fullmatch(text)
    if match is None:
        return None
    try:
        value = float(match[1])
    except ValueError:  # underscores in the wrong places
        return None
    value = value / 100 if match[2] else value
    return value if math.isfinite(value) else None


def duration_of(text: str) -> float | None:
    """The seconds of `90s`, `1h30m`, `2d`; None where it is no duration."""
    if not DURATION.fullmatch(text):
        return None
    seconds = sum(float(amount) * UNIT_S[unit] for amount, unit in DURATION_PART.findall(text))
    return seconds if math.isfinite(seconds) else None


def span_of(text: str) -> Span | None:
    """The day, minute or second that a local date names; None where it is no date."""
    match = DATE.fullmatch(text)
    if match is None:
        return None
    if "T" not in text:
        length = timedelta(days=1)
    else:
        length = timedelta(seconds=1) if match["seconds"] else timedelta(minutes=1)
    try:
        start = datetime.fromisoformat(text)
        return Span(start.timestamp(), (start + length).timestamp())
    except (ValueError, OverflowError, OSError):
        return None


def list_of(text: str) -> list[Any] | None:
    """The values of `[512, 256]`; None where it is no list, such as a glob's `[a-z]`."""
    if not text.startswith("["):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) else None


def text_test(text: str, *, globs: bool = True, begins: bool = False) -> Callable[[str], bool]:
    """Whether a text is this one, or fits this glob, upper and lower case alike; or `begins` so."""
    text = text.casefold()
    if globs and GLOB.search(text):
        matches = re.compile(fnmatch.translate(text)).match
        return lambda fact: matches(fact.casefold()) is not None
    if begins:
        return lambda fact: fact.casefold().startswith(text)
    return lambda fact: fact.casefold() == text
