"""What a report is made of: sections of paragraphs, tables, figures. Nothing here knows how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

ABSENT: Final = "–"
NOT_SMOOTHED: Final = "not smoothed"
WIDTH: Final = 7.6  # inches of a whole line


class Chart(Protocol):
    """Data, and how they are drawn."""

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in inches."""

    def draw(self, canvas: Canvas) -> None:
        """Draw onto an empty canvas."""


@dataclass(frozen=True, slots=True)
class Table:
    """Words and numbers in lines, as they are shown."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1  # so many columns from the left are words, the others numbers
    best: frozenset[tuple[int, int]] = frozenset()  # (line, column)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart and what must be known to read it."""

    name: str  # of its file
    title: str
    chart: Chart
    label: str  # dataset, seeds, smoothing
    runs: tuple[str, ...]  # ids of all runs behind it
    note: str = ""


@dataclass(frozen=True, slots=True)
class Film:
    """A moving picture."""

    name: str
    title: str
    gif: bytes
    label: str
    runs: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """What the section would show besides, and the command that makes it."""

    what: str
    command: str


Part = Table | Figure | Film


@dataclass(frozen=True, slots=True)
class Section:
    """One question and what was measured."""

    name: str
    title: str
    question: str
    paragraphs: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All of it, ready to be written."""

    title: str
    created: str
    summary: tuple[str, ...]
    sections: tuple[Section, ...]
    missing: tuple[Missing, ...]
    notes: tuple[str, ...]  # what could not be read, what is still under way
    reproduce: tuple[tuple[str, str], ...]  # run id, command


def seeds_label(data: str, seeds: Sequence[int], smoothing: str = NOT_SMOOTHED) -> str:
    """What stands at every chart."""
    named = ", ".join(map(str, sorted(set(seeds))))
    many = f"seed {named}" if len(set(seeds)) == 1 else f"seeds {named}"
    return f"{data} · {many} · {smoothing}" if seeds else f"{data} · {smoothing}"
