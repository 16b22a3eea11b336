"""A theme's colours of words, made to stand out from what they are written on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.color import Color, ColorParseError

LEAST: Final = 4.5  # to 1: WCAG 2.1, success criterion 1.4.3, for text of the usual size
WORDS: Final = (
    "text-primary",
    "text-secondary",
    "text-accent",
    "text-success",
    "text-warning",
    "text-error",
    "foreground-muted",
)
GROUNDS: Final = ("background", "surface", "panel")
STEPS: Final = 10


def legible(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables of a theme, with colours of words nearer to its foreground where they are too pale to read.

    A theme whose foreground is pale itself gets that. Colours that are the terminal's own stay as they are.
    """
    found = dict(variables)
    try:
        foreground = Color.parse(variables["foreground"])
        grounds = [Color.parse(variables[name]) for name in GROUNDS]
        for name in WORDS:
            found[name] = _readable(Color.parse(variables[name]), foreground, grounds).hex
    except (KeyError, ColorParseError):  # an ANSI theme
        return dict(variables)
    return found


def _readable(colour: Color, foreground: Color, grounds: list[Color]) -> Color:
    for step in range(STEPS + 1):
        mixed = _nearer(colour, foreground, step / STEPS)
        if min(contrast(ground.blend(mixed.with_alpha(1), mixed.a), ground) for ground in grounds) >= LEAST:
            return mixed
    return foreground


def _nearer(colour: Color, foreground: Color, share: float) -> Color:
    mixed = colour.with_alpha(1).blend(foreground.with_alpha(1), share)
    return mixed.with_alpha(colour.a + (1 - colour.a) * share)


def contrast(one: Color, other: Color) -> float:
    """How much lighter one is than the other, 1 to 21, as WCAG 2.1 has it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Color) -> float:
    parts = (_linear(part) for part in colour.normalized)
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - of sRGB
