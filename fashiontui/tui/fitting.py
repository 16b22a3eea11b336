"""Texts cut to the room there is, so that what tells them apart stays. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

from fashiontui.config.problems import printable
from fashiontui.tui.charts.cells import ELLIPSIS, fitted

BREAKS: Final = " =/_-"  # after these, what names have in common may end


def fitted_ends(text: str, width: int) -> str:
    """The same, cut in the middle: of names that begin alike, the ends differ."""
    text = printable(text)
    if cell_len(text) <= width or width <= 1:
        return fitted(text, width)
    front = (width - 1) // 2
    return _first(text, front) + ELLIPSIS + _first(text[::-1], width - 1 - front)[::-1]


def _first(text: str, width: int) -> str:
    """What of a text fits into so many cells."""
    return fitted(text, width + 1).removesuffix(ELLIPSIS) if cell_len(text) > width else text


def fitted_apart(texts: Sequence[str], width: int) -> list[str]:
    """Texts of at most so many cells each, cut where they do not differ: at the end, else what all begin with."""
    whole = [printable(text) for text in texts]
    cut = [fitted(text, width) for text in whole]
    if len(set(cut)) == len(set(whole)):
        return cut
    shared = 0
    for place, chars in enumerate(zip(*whole, strict=False), start=1):
        if len(set(chars)) > 1:
            break
        shared = place if chars[0] in BREAKS and place < min(map(len, whole)) else shared
    rest = [ELLIPSIS + text[shared:] if shared > 1 else text for text in whole]
    return [fitted_ends(text, width) for text in rest]


def fitted_settings(text: str, width: int) -> str:
    """`learning_rate=0.001 decay=0.99` as `lear…=0.001 decay=0.99`: names are cut, values stay; else as `fitted`."""
    pairs = [part.partition("=") for part in printable(text).split(" ")]
    if all(equals for _, equals, _ in pairs):
        for most in range(max(len(name) for name, _, _ in pairs), 1, -1):
            shorter = " ".join(f"{fitted(name, most)}={value}" for name, _, value in pairs)
            if cell_len(shorter) <= width:
                return shorter
    return fitted(text, width)


def fitted_name(text: str, width: int) -> str:
    """`ann2-learning_rate-0.003-decay-1.0` as `ann2-le…-0.003-de…-1.0`: keys are cut, values stay; else both ends."""
    first, *parts = printable(text).split("-")
    for most in range(max(map(len, parts), default=0), 1, -1):
        words = (part if part[:1].isdigit() else fitted(part, most).rstrip() for part in parts)
        shorter = "-".join((first, *words))
        if cell_len(shorter) <= width:
            return shorter
    return fitted_ends(text, width)
