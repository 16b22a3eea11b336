"""Lines of text in parts, each part said to be of a kind; whoever draws them gives the kinds their colours. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Final

from rich.cells import cell_len, set_cell_size

Part = tuple[
    str, str
]  # text without control characters, kind: plain, muted, strong, good, bad, warning, live
Line = tuple[Part, ...]
LEAST_COLUMNS: Final = 2  # of a table: what it is about, and a number
EMPTY: Line = ()

# What our own words are made of, where there is nothing but ASCII.
IN_ASCII: Final = str.maketrans(
    {"·": "|", "×": "x", "…": "~", "–": "-", "±": "~", "─": "-", "‖": "=", "●": "*", "▶": ">"}
)


def line(text: str, kind: str = "plain") -> Line:
    """A line of one part."""
    return ((text, kind),)


def cells(parts: Line) -> int:
    """How many columns it takes."""
    return sum(cell_len(text) for text, _ in parts)


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """A text of exactly so many columns; what is cut off ends in `…`."""
    size = cell_len(text)
    if size > width:
        return set_cell_size(text, max(0, width - 1)) + "…" * (width > 0)
    blanks = " " * (width - size)
    return blanks + text if right else text + blanks


def cut(parts: Line, width: int) -> Line:
    """A line of at most so many columns."""
    result: list[Part] = []
    for text, kind in parts:
        if width <= 0:
            break
        shown = text if cell_len(text) <= width else fitted(text, width)
        result.append((shown, kind))
        width -= cell_len(shown)
    return tuple(result)


def beside(left: Sequence[Line], right: Sequence[Line], width: int, gap: int = 3) -> list[Line]:
    """Two blocks side by side, the left one of so many columns."""
    return [
        (*cut(one, width), (" " * (width - cells(cut(one, width)) + gap), "plain"), *other) if other else one
        for one, other in zip_longest(left, right, fillvalue=EMPTY)
    ]


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Sequence[int] = (),
    widest: int = 40,
    room: int | None = None,
) -> list[Line]:
    """Columns two blanks apart; those in `right` hold numbers. The last are left out where there is no room for them whole."""
    cells_of = [tuple(heads), *(tuple(row) for row in rows)]
    widths = [min(widest, max(map(cell_len, column))) for column in zip(*cells_of, strict=True)]
    while room is not None and len(widths) > LEAST_COLUMNS and sum(widths) + 2 * (len(widths) - 1) > room:
        widths.pop()
    cells_of = [row[: len(widths)] for row in cells_of]

    def joined(row: Sequence[str]) -> str:
        parts = (
            fitted(cell, width, right=n in right)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        return "  ".join(parts).rstrip()

    return [line(joined(row), "plain" if number else "muted") for number, row in enumerate(cells_of)]


def wrapped(text: str, width: int, kind: str = "plain") -> list[Line]:
    """A text in lines of at most so many columns, broken between words where that can be."""
    lines: list[Line] = []
    for paragraph in text.split("\n"):
        current = ""
        for word in paragraph.split(" "):
            joined = f"{current} {word}" if current else word
            if cell_len(joined) <= width:
                current = joined
                continue
            lines += [line(current, kind)] * bool(current)
            while cell_len(word) > width > 0:
                piece = set_cell_size(word, width)
                lines.append(line(piece, kind))
                word = word[len(piece.rstrip()) or 1 :]  # noqa: PLW2901 - what is left of it
            current = word
        lines.append(line(current, kind))
    return lines
