"""Colours of text in widgets that draw their own lines."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget


def foreground(widget: Widget, component: str) -> Style:
    """A component's style without its background, so that a cursor or a shade can be behind it.

    What Textual calls its partial style would lack how much of the background shines through the text.
    """
    style = widget.get_component_rich_style(component)
    return Style(color=style.color, bold=style.bold, italic=style.italic, underline=style.underline)
