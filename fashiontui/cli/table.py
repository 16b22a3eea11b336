"""Rows of text laid out: straight columns, what does not fit left out, and a note behind the cells of a row.

A line is a sequence of texts with styles, as rich writes them, so that it can be written plainly or in colours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fashiontui.runs.filter import mistake

Line = tuple[tuple[str, str], ...]

GAP: Final = "  "
CUT: Final = "…"
NARROWEST: Final = 12  # a column that may be shortened
NOTE: Final = 20  # columns a note is given at the cost of such a column
SGR: Final[Mapping[str, str]] = {
    "bold": "\x1b[1m",
    "dim": "\x1b[2m",
    "red": "\x1b[31m",
    "green": "\x1b[32m",
    "yellow": "\x1b[33m",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's title, and when it gives way: the highest rank first, 0 never. A `flexible` one is shortened."""

    title: str
    rank: int = 0
    flexible: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One cell a column, the style of one of them, and a note that begins behind the last cell that says something."""

    cells: tuple[str, ...]
    note: str = ""
    styled: int = -1
    style: str = ""


def lay_out(headings: Sequence[Heading], rows: Sequence[Row], width: int | None, absent: str) -> list[Line]:
    """The heading's line and one a row, none wider than `width`; None: as wide as need be, all cells written."""
    widths = [
        _widest([heading.title, *(row.cells[place] for row in rows)])
        for place, heading in enumerate(headings)
    ]
    kept = list(range(len(headings)))
    if width is not None:
        kept = fitting(headings, widths, width)
        _shorten(headings, widths, _missing(rows, kept, widths, width, absent))
    head = Row(tuple(heading.title for heading in headings))
    bold = tuple((text, "bold") for text, _ in _line(head, kept, widths, width, absent))
    return [bold, *(_line(row, kept, widths, width, absent) for row in rows)]


def _widest(texts: Sequence[str]) -> int:
    """How many columns of a terminal the widest takes; nearly always all are plain, and quickly measured."""
    return max(map(len if "".join(texts).isascii() else cells, texts))


def fitting(headings: Sequence[Heading], widths: Sequence[int], width: int) -> list[int]:
    """The columns there is room for, if those that can be are made as narrow as can be."""
    least = [
        min(NARROWEST, wide) if heading.flexible else wide
        for heading, wide in zip(headings, widths, strict=True)
    ]
    kept = list(range(len(headings)))
    for rank in sorted({heading.rank for heading in headings if heading.rank}, reverse=True):
        if _total(kept, least) > width:
            kept = [place for place in kept if headings[place].rank != rank]
    return kept


def _missing(rows: Sequence[Row], kept: Sequence[int], widths: Sequence[int], width: int, absent: str) -> int:
    """How many columns of a terminal are lacking for the cells, and for the beginnings of the notes."""
    noted = (
        _total(_shown(row, kept, absent), widths) + len(GAP) + min(NOTE, cells(row.note))
        for row in rows
        if row.note
    )
    return max([_total(kept, widths), *noted]) - width


def _shorten(headings: Sequence[Heading], widths: list[int], by: int) -> None:
    for place, heading in enumerate(headings):
        if heading.flexible and by > 0:
            widths[place] = max(min(NARROWEST, widths[place]), widths[place] - by)


def _shown(row: Row, kept: Sequence[int], absent: str) -> Sequence[int]:
    """The columns up to the last that says something."""
    shown = list(kept)
    while shown and row.cells[shown[-1]] == absent:
        shown.pop()
    return shown


def _total(kept: Sequence[int], widths: Sequence[int]) -> int:
    return sum(widths[place] for place in kept) + len(GAP) * (len(kept) - 1)


def _line(row: Row, kept: Sequence[int], widths: Sequence[int], width: int | None, absent: str) -> Line:
    shown = _shown(row, kept, absent) if width is not None and row.note else kept
    texts = [fitted(row.cells[place], widths[place]) + GAP for place in shown]
    styles = [row.style if place == row.styled else "" for place in shown]
    return _within([*zip(texts, styles, strict=True), (row.note, "dim")], width)


def _within(parts: Sequence[tuple[str, str]], width: int | None) -> Line:
    """Cut to so many columns, and without blanks at the end."""
    kept = list(parts)
    if width is not None and cells("".join(text for text, _ in parts)) > width:
        kept, room = [], width
        for text, style in parts:
            kept.append((text if cells(text) <= room else cut(text.rstrip(), room), style))
            room -= cells(text)
            if room < 0:
                break
    while kept and not kept[-1][0].strip():
        kept.pop()
    return (*kept[:-1], (kept[-1][0].rstrip(), kept[-1][1])) if kept else ()


def cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return len(text) if text.isascii() else mistake.cells(text)


def fitted(text: str, width: int) -> str:
    """Filled up with blanks, or shortened, to so many columns of a terminal."""
    if text.isascii() and len(text) <= width:
        return text.ljust(width)
    return padded(shortened(text, width), width)


def padded(text: str, width: int) -> str:
    """Filled up with blanks to so many columns of a terminal."""
    return text + " " * (width - cells(text))


def cut(text: str, width: int) -> str:
    """The beginning of a text, in so many columns of a terminal."""
    if cells(text) <= width:
        return text
    kept = text
    while kept and cells(kept) >= width:
        kept = kept[:-1]
    return kept.rstrip() + CUT if width > 0 else ""


def shortened(text: str, width: int) -> str:
    """Both ends of a text, in so many columns of a terminal: of a name, the end says as much as the beginning."""
    if cells(text) <= width:
        return text
    end = max(0, (width - 1) // 2)
    return cut(text, width - end) + text[len(text) - end :]


def plain(line: Line) -> str:
    """A line without its styles."""
    return "".join(text for text, _ in line)


def coloured(line: Line) -> str:
    """A line with its styles, for a terminal."""
    return "".join(f"{SGR[style]}{text}\x1b[0m" if style else text for text, style in line)


def writer(*, colours: bool) -> Callable[[Line], str]:
    """How lines are written."""
    return coloured if colours else plain
