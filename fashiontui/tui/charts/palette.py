"""Which colour and which marker a run has: stable by its key, told apart by the colour-blind, never by colour alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar
from zlib import crc32

Choice = TypeVar("Choice", int, str)
Charset = Literal["braille", "block", "ascii"]

# Hues after Okabe and Ito, "Color Universal Design" (2008), each made to stand at least 3:1 against its background and
# apart from the others for all three kinds of colour blindness.
ON_DARK: Final = (
    "#5abbf2",  # sky
    "#e69f00",  # orange
    "#00a279",  # green
    "#d884bb",  # pink
    "#f0e442",  # yellow
    "#e0573b",  # vermilion
    "#8f7fe8",  # violet
    "#d9d9d9",  # grey
)
ON_LIGHT: Final = ("#0466ab", "#aa6b00", "#02886b", "#c0438f", "#615700", "#c44431", "#5b3fc4", "#3d3d3d")
COLOURS: Final = len(ON_DARK)

MARKERS: Final = "●▲■◆▼○△□◇▽"
IN_ASCII: Final = dict(zip(MARKERS, "oA#x%$+D&v", strict=True))


@dataclass(frozen=True, slots=True)
class Look:
    """How a curve is told from others: an index into the palette, and a marker."""

    colour: int
    marker: str


TRAIN: Final = Look(0, "●")
VALID: Final = Look(1, "▲")
TEST: Final = Look(2, "■")


NO_LOOKS: Final[Mapping[str, Look]] = {}


def colour_of(key: str) -> int:
    """The palette index a run has wherever it is alone, or the first to ask."""
    return crc32(key.encode()) % COLOURS


def marker_of(key: str) -> str:
    """The marker a run has wherever it is alone, or the first to ask."""
    return MARKERS[crc32(b"marker " + key.encode()) % len(MARKERS)]


def looks_of(keys: Iterable[str], kept: Mapping[str, Look] = NO_LOOKS) -> tuple[Look, ...]:
    """A look for each of several keys shown together: its own where that is free, else the next that is.

    So adding a run never changes the look of those before it; more runs than colours share them, with other markers.
    Those that have one already, in `kept`, keep it, unless one before them has the same, or its colour while others are
    free.
    """
    asked = list(keys)
    found: dict[str, Look] = {}
    for key in asked:
        look, taken = kept.get(key), {each.colour for each in found.values()}
        if look is None or look in found.values():
            continue
        if look.colour not in taken or len(taken) == COLOURS:
            found[key] = look
    for key in asked:
        if key in found:
            continue
        looks = list(found.values())
        colours, markers = [look.colour for look in looks], [look.marker for look in looks]
        colour = _cheapest(range(COLOURS), colour_of(key), colours.count)
        same = [look.marker for look in looks if look.colour == colour]
        costs = {marker: (same.count(marker), markers.count(marker)) for marker in MARKERS}
        found[key] = Look(colour, _cheapest(MARKERS, MARKERS.index(marker_of(key)), costs.__getitem__))
    return tuple(found[key] for key in asked)


def _cheapest(
    choices: Sequence[Choice], first: int, cost: Callable[[Choice], int | tuple[int, int]]
) -> Choice:
    """The choice that costs least; of several, the first from the wanted one on."""
    ahead = [choices[(first + offset) % len(choices)] for offset in range(len(choices))]
    return min(ahead, key=cost)


def hues(*, dark: bool) -> tuple[str, ...]:
    """The series colours for a dark or a light theme, by palette index."""
    return ON_DARK if dark else ON_LIGHT


def sign(marker: str, charset: Charset) -> str:
    """A marker as the terminal can show it."""
    return IN_ASCII.get(marker, marker[:1] if marker.isascii() else "*") if charset == "ascii" else marker
