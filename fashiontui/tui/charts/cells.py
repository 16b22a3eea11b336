"""A sheet of character cells, each with a glyph and an ink: what a chart is drawn on, before there are colours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import groupby, pairwise
from typing import Final

from rich.cells import cell_len, get_character_cell_size

from fashiontui.config.problems import printable

ELLIPSIS: Final = "…"
FAR: Final = 12  # cells: changes further apart are written each by itself


class Tone(Enum):
    """What a cell belongs to; a theme gives it a colour."""

    TEXT = "text"
    STRONG = "strong"
    MUTED = "muted"
    FAINT = "faint"  # axes, grid
    CURSOR = "cursor"
    ALERT = "alert"
    CURVE = "curve"  # level: palette index
    PALE = "pale"  # the same, behind
    TINT = "tint"  # the same, as a band's edge
    RAMP = "ramp"  # level: 0 to RAMP_LEVELS, of a heat map


RAMP_LEVELS: Final = 32


@dataclass(frozen=True, slots=True)
class Ink:
    """What a glyph is drawn in."""

    tone: Tone
    level: int = 0
    tint: int = -1  # palette index of a band behind the glyph
    behind: int = -1  # level on the ramp behind the glyph


TEXT: Final = Ink(Tone.TEXT)
STRONG: Final = Ink(Tone.STRONG)
MUTED: Final = Ink(Tone.MUTED)
FAINT: Final = Ink(Tone.FAINT)
CURSOR: Final = Ink(Tone.CURSOR)
ALERT: Final = Ink(Tone.ALERT)

Run = tuple[str, Ink]


class Cells:
    """A sheet that is drawn on and then only read. A wide character takes two cells, the second of them empty."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.glyphs = [[" "] * width for _ in range(height)]
        self.inks = [[TEXT] * width for _ in range(height)]

    def set(self, x: int, y: int, glyph: str, ink: Ink) -> None:
        """One cell; outside the sheet nothing happens. The glyph is one cell wide."""
        if 0 <= y < self.height and 0 <= x < self.width:
            self.glyphs[y][x] = glyph
            self.inks[y][x] = ink

    def put(self, x: int, y: int, text: str, ink: Ink) -> int:
        """Text from a cell on, as far as there is room; gives back where it ends."""
        for char in printable(text):
            size = get_character_cell_size(char)
            if x + max(size, 1) > self.width:
                return x
            if size:
                self.set(x, y, char, ink)
                if size > 1:
                    self.set(x + 1, y, "", ink)
                x += size
        return x

    def runs(self, y: int) -> Iterator[Run]:
        """A row as stretches of one ink."""
        for ink, group in groupby(zip(self.inks[y], self.glyphs[y], strict=True), key=_ink):
            yield "".join(glyph for _, glyph in group), ink

    def text(self) -> str:
        """All rows, without inks."""
        return "\n".join("".join(row) for row in self.glyphs)

    def changed(self, before: Cells | None) -> list[tuple[int, int, int]]:
        """Where this sheet differs from another: (row, first column, column after the last)."""
        if before is None or (before.width, before.height) != (self.width, self.height):
            return [(y, 0, self.width) for y in range(self.height)]
        return [(y, *span) for y in range(self.height) for span in self._changed(before, y)]

    def _changed(self, before: Cells, y: int) -> list[tuple[int, int]]:
        if self.glyphs[y] == before.glyphs[y] and self.inks[y] == before.inks[y]:
            return []
        if "" in self.glyphs[y] or "" in before.glyphs[y]:  # a wide character is never cut in two
            return [(0, self.width)]
        pairs = zip(self.glyphs[y], before.glyphs[y], self.inks[y], before.inks[y], strict=True)
        columns = [x for x, (new, old, ink, old_ink) in enumerate(pairs) if new != old or ink != old_ink]
        ends = [place for place, (x, later) in enumerate(pairwise(columns), 1) if later - x > FAR]
        parts = [columns[start:end] for start, end in pairwise([0, *ends, len(columns)])]
        return [(part[0], part[-1] + 1) for part in parts]


def _ink(cell: tuple[Ink, str]) -> Ink:
    return cell[0]


def fitted(text: str, width: int) -> str:
    """Printable text of at most so many cells, cut with an ellipsis."""
    text = printable(text)
    if cell_len(text) <= width:
        return text
    kept, used = "", 0
    for char in text:
        used += get_character_cell_size(char)
        if used > width - 1:
            break
        kept += char
    return kept + ELLIPSIS if width > 0 else ""


def width_of(text: str) -> int:
    """How many cells a text takes."""
    return cell_len(printable(text))
