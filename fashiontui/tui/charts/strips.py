"""From inks to a theme's colours, from a sheet's rows to Textual's strips."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rich.segment import Segment
from rich.style import Style
from textual.color import Color, Gradient
from textual.strip import Strip
from textual.widget import Widget

from fashiontui.tui.charts.cells import RAMP_LEVELS, Ink, Run, Tone
from fashiontui.tui.charts.palette import hues

VIRIDIS: Final = (
    "#440154",
    "#414487",
    "#2a788e",
    "#22a884",
    "#7ad151",
    "#fde725",
)  # Smith and van der Walt (2015)
MUTED: Final = 0.62
FAINT: Final = 0.36
PALE: Final = 0.42
TINT: Final = 0.20
BLACK: Final = Color(0, 0, 0)
WHITE: Final = Color(255, 255, 255)


@dataclass(frozen=True, slots=True)
class Colours:
    """What of a theme a sheet needs."""

    foreground: Color
    background: Color
    paints: bool  # False: the terminal's own background shows
    cursor: Color
    alert: Color
    dark: bool

    @classmethod
    def of(cls, widget: Widget) -> Colours:
        """Those a widget has now; a terminal's own colours, which nobody knows, are taken for black and white."""
        dark = widget.app.current_theme.dark
        _, _, background, foreground = widget.colors
        variables = widget.app.theme_variables
        return cls(
            _known(foreground, WHITE if dark else BLACK),
            _known(background, BLACK if dark else WHITE),
            background.ansi is None,
            Color.parse(variables["accent"]),
            Color.parse(variables["error"]),
            dark,
        )


def _known(colour: Color, fallback: Color) -> Color:
    return fallback if colour.ansi is not None else Color(*colour.rgb)


def strip(runs: Iterable[Run], width: int, colours: Colours) -> Strip:
    """A row of a sheet."""
    return Strip([Segment(text, style_of(ink, colours)) for text, ink in runs], width)


@lru_cache(maxsize=4096)
def style_of(ink: Ink, colours: Colours) -> Style:
    """How an ink looks in a theme."""
    behind = colours.background if colours.paints else None
    if ink.tint >= 0:
        behind = _tint(ink.tint, colours)
    elif ink.behind >= 0:
        behind = ramp(ink.behind, colours)
    bold = ink.tone in {Tone.STRONG, Tone.ALERT}
    fore = _fore(ink, colours).rich_color
    return Style(color=fore, bgcolor=behind.rich_color if behind else None, bold=bold or None)


def _fore(ink: Ink, colours: Colours) -> Color:
    match ink.tone:
        case Tone.CURVE:
            return _hue(ink.level, colours)
        case Tone.PALE:
            return colours.background.blend(_hue(ink.level, colours), PALE)
        case Tone.TINT:
            return _tint(ink.level, colours)
        case Tone.RAMP:
            return ramp(ink.level, colours)
        case tone:
            return _of_text(tone, colours)


def _of_text(tone: Tone, colours: Colours) -> Color:
    match tone:
        case Tone.MUTED:
            return colours.background.blend(colours.foreground, MUTED)
        case Tone.FAINT:
            return colours.background.blend(colours.foreground, FAINT)
        case Tone.CURSOR:
            return colours.cursor
        case Tone.ALERT:
            return colours.alert
        case _:
            return colours.foreground


def _tint(index: int, colours: Colours) -> Color:
    return colours.background.blend(_hue(index, colours), TINT)


def _hue(index: int, colours: Colours) -> Color:
    known = hues(dark=colours.dark)
    return Color.parse(known[index % len(known)])


@lru_cache(maxsize=1024)
def ramp(level: int, colours: Colours) -> Color:
    """A heat map's colour: 0 is the background, RAMP_LEVELS what stands out most."""
    share = min(max(level / RAMP_LEVELS, 0.0), 1.0)
    anchors = [Color.parse(anchor) for anchor in (VIRIDIS if colours.dark else VIRIDIS[::-1])]
    stops = [(0.0, colours.background)]
    stops += [(0.12 + 0.88 * place / (len(anchors) - 1), anchor) for place, anchor in enumerate(anchors)]
    return Gradient(*stops).get_color(share)
