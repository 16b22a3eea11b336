from __future__ import annotations

import random
import re

import pytest

from fashiontui.tui.thrift import PLAIN, Look, Thrift, change, look_of

SEQUENCE = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])")
LOOKS = (
    "38;2;1;2;3", "38;2;9;9;9;48;2;18;18;18", "1;38;2;1;2;3;48;2;18;18;18", "48;2;0;0;90", "31", "32;44", "7", "4;38;5;7",
    "38;2;1;2;3;48;2;18;18;18",
)  # fmt: skip
WORDS = ("a", " ", "loss 0.3", "     ", "⣀⡠", "漢")


def cells(text: str) -> dict[tuple[int, int], tuple[str, Look]]:
    """A terminal, as far as it is needed here: what is where, and how it looks."""
    found: dict[tuple[int, int], tuple[str, Look]] = {}
    row, column, look, end = 1, 1, PLAIN, 0
    while end < len(text):
        sequence = SEQUENCE.match(text, end)
        if sequence is None:
            if text[end] == "\n":
                row += 1
            elif text[end] == "\r":
                column = 1
            else:
                found[row, column] = (text[end], look)
                column += 1
            end += 1
            continue
        end = sequence.end()
        if sequence[2] == "H":
            row, column = (int(number) for number in sequence[1].split(";"))
        elif sequence[2] == "m":
            before = [part for part in (look.front, look.back, *look.others) if part]
            look = look_of(f"\x1b[{';'.join([*before, sequence[1]])}m")
    assert look == PLAIN, "it is not left plain"
    return found


def seen(text: str) -> dict[tuple[int, int], tuple[str, Look]]:
    """The same, without what can't be seen: the colour of a blank."""
    return {
        place: (glyph, Look("", look.back) if glyph == " " and not look.others else look)
        for place, (glyph, look) in cells(text).items()
    }


def written(seed: int) -> str:
    """As Textual writes: stretches of text, each with its whole look."""
    chance = random.Random(seed)
    parts = []
    for _ in range(60):
        look, words = chance.choice(LOOKS), chance.choice(WORDS)
        parts.append(chance.choice((f"\x1b[{look}m{words}\x1b[0m", f"\x1b[{look}m{words}\x1b[0m", words)))
        if chance.random() < 0.2:
            parts.append(f"\x1b[{chance.randrange(1, 9)};{chance.randrange(1, 40)}H")
        if chance.random() < 0.1:
            parts.append("\r\n")
    return "".join(parts)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_seen_stays_the_same_with_fewer_bytes(seed: int) -> None:
    text = written(seed)
    less = Thrift().rewritten(text)
    assert seen(less) == seen(text)
    assert len(less) < len(text)


def test_a_stretch_of_the_same_look_is_begun_once() -> None:
    look = "\x1b[38;2;1;2;3;48;2;9;9;9m"
    assert Thrift().rewritten(f"{look}a\x1b[0m\x1b[5;7H{look}b\x1b[0m") == f"{look}a\x1b[5;7Hb\x1b[0m"


def test_only_the_colour_that_differs_is_written() -> None:
    before, after = look_of("\x1b[38;2;1;2;3;48;2;9;9;9m"), look_of("\x1b[38;2;4;4;4;48;2;9;9;9m")
    assert change(before, after) == "\x1b[38;2;4;4;4m"


def test_an_attribute_that_goes_takes_everything_back() -> None:
    assert change(look_of("\x1b[1;31m"), look_of("\x1b[31m")) == "\x1b[0;31m"


def test_underlined_blanks_keep_their_colour() -> None:
    text = "\x1b[4;31m   \x1b[0m"
    assert Thrift().rewritten(text) == "\x1b[31;4m   \x1b[0m"


def test_what_erases_gets_the_background_it_was_to_have() -> None:
    text = "\x1b[44mx\x1b[0m\x1b[2J"
    assert Thrift().rewritten(text) == "\x1b[44mx\x1b[49m\x1b[2J"


@pytest.mark.parametrize(
    "text", ["", "plain", "\x1b[?2026h", "\x1b]52;c;abcd\a", "\x1b[?1049h\x1b[?25l", "\x1b7\x1b8"]
)
def test_all_else_goes_through(text: str) -> None:
    assert Thrift().rewritten(text) == text
