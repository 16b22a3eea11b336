"""What came of something that was done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """In words for a person; empty where there is nothing to say."""

    done: str = ""
    failed: str = ""
    keys: tuple[str, ...] = ()  # of runs that were made
