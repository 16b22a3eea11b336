"""Fewer bytes for the same screen: of each style, only what differs from the one before is written.

Textual writes every stretch of text with all of its colours and takes them back after it; over a slow line that is more
than the text itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from textual.driver import Driver

RESET: Final = "\x1b[0m"
TOKEN: Final = re.compile(
    r"(?P<look>\x1b\[[0-9;]*m)|(?P<move>(?:\x1b\[[0-9;]*H|[\r\n])+)|(?P<other>\x1b\[[?>=<]?[0-9;]*[ -/]*[@-~]|\x1b.)"
)
FRONT, BACK = "38", "48"
UNSET: Final = {FRONT: "39", BACK: "49"}
PARTS: Final = {"2": 3, "5": 1}  # numbers that follow: a colour's parts, or its place in the palette
FRONTS: Final = frozenset(map(str, (*range(30, 38), *range(90, 98))))
BACKS: Final = frozenset(map(str, (*range(40, 48), *range(100, 108))))


@dataclass(frozen=True, slots=True)
class Look:
    """What a terminal writes in; colours and attributes as the numbers of a sequence, "" for the terminal's own."""

    front: str = ""
    back: str = ""
    others: frozenset[str] = frozenset()


PLAIN: Final = Look()


def look_of(sequence: str) -> Look:
    """What a sequence asks for, from a plain look on."""
    front, back, others = "", "", set[str]()
    parts = iter(sequence[2:-1].split(";"))
    for part in parts:
        if part in UNSET:
            kind = next(parts, "5")
            colour = ";".join([part, kind, *(next(parts, "0") for _ in range(PARTS.get(kind, 1)))])
            front, back = (colour, back) if part == FRONT else (front, colour)
        elif part in FRONTS or part == UNSET[FRONT]:
            front = part if part in FRONTS else ""
        elif part in BACKS or part == UNSET[BACK]:
            back = part if part in BACKS else ""
        elif part.strip("0"):
            others.add(part)
        else:
            front, back, others = "", "", set()
    return Look(front, back, frozenset(others))


def change(before: Look, wanted: Look) -> str:
    """What to write to come from one look to another."""
    if before == wanted:
        return ""
    parts: list[str] = []
    if before.others - wanted.others:
        before, parts = PLAIN, ["0"]
    if before.front != wanted.front:
        parts.append(wanted.front or UNSET[FRONT])
    if before.back != wanted.back:
        parts.append(wanted.back or UNSET[BACK])
    return f"\x1b[{';'.join([*parts, *sorted(wanted.others - before.others)])}m"


def _for_blanks(before: Look, wanted: Look) -> Look:
    """The look that costs least; what blanks are written in can't be seen, unless they are underlined or the like."""
    if wanted.others:
        return wanted
    return Look("" if before.others else before.front, wanted.back)


class Thrift:
    """Rewrites what goes to a terminal, text by text; each begins, and is left, with a plain look."""

    def __init__(self) -> None:
        self._known: dict[str, Look] = {}

    def rewritten(self, text: str) -> str:
        """The same for the eye."""
        if "\x1b[" not in text:
            return text
        written: list[str] = []
        now, wanted, end = PLAIN, PLAIN, 0
        for token in TOKEN.finditer(text):
            if words := text[end : token.start()]:
                look = _for_blanks(now, wanted) if words.isspace() else wanted
                written += (change(now, look), words)
                now = look
            end = token.end()
            if token.lastgroup == "look":
                wanted = self._look(token[0], wanted)
            elif token.lastgroup == "move":
                written.append(token[0])
            else:  # it may erase, in the present background
                written += (change(now, wanted), token[0])
                now = wanted
        if words := text[end:]:
            written += (change(now, wanted), words)
            now = wanted
        return "".join([*written, RESET if now != PLAIN else ""])

    def _look(self, sequence: str, before: Look) -> Look:
        """After a sequence; one that goes on from another look is rare."""
        if sequence in (RESET, "\x1b[m"):
            return PLAIN
        if before != PLAIN:
            parts = [part for part in (before.front, before.back, *before.others) if part]
            return look_of(f"\x1b[{';'.join([*parts, sequence[2:-1]])}m")
        if sequence not in self._known:
            self._known[sequence] = look_of(sequence)
        return self._known[sequence]


def thrifty(driver: type[Driver]) -> type[Driver]:
    """A driver that has less written."""

    class Thrifty(driver):  # type: ignore[misc,valid-type]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._thrift = Thrift()

        def write(self, data: str) -> None:
            """To the terminal."""
            super().write(self._thrift.rewritten(data))

    return Thrifty
