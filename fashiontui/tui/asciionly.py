"""What terminals with nothing but ASCII are given: the last look at every line before it is drawn."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from fashiontui.tui.lines import IN_ASCII

TURNED: Final = (
    ("═━╌│┃║▏▎▍▌▋▊▉█▐", "===|||#########"),
    ("╭╮╰╯┌┐└┘├┤┬┴┼╔╗╚╝", "+++++++++++++++++"),
    ("▁▂▃▄▅▆▇▀░▒▓", "_..::++'.:#"),
    ("←→↑↓▲▼◀▶▸▾▴◂›‹✓✗★■○◆", "<>^v^v<>>v^<><+x*#o*"),
)
ALIKE: Final = {
    **IN_ASCII,
    **{ord(sign): like for signs, alike in TURNED for sign, like in zip(signs, alike, strict=True)},
}
UNKNOWN: Final = "?"


class AsciiOnly(LineFilter):
    """Our signs become others that are alike; of what a user wrote, what is no ASCII becomes question marks."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, each as wide as it was."""
        del background
        return [segment if segment.text.isascii() else _written(segment) for segment in segments]


def _written(segment: Segment) -> Segment:
    return Segment(in_ascii(segment.text), segment.style, segment.control)


@lru_cache(1024)
def in_ascii(text: str) -> str:
    """A text of ASCII alone, which takes as many columns."""
    alike = text.translate(ALIKE)
    return "".join(sign if sign.isascii() else UNKNOWN * cell_len(sign) for sign in alike)
