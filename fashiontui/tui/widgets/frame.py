"""Words in a pane's frame."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget


def entitle(widget: Widget, title: str) -> None:
    """Words at the left of the upper edge, as they are. Only new ones: setting them draws all of the pane."""
    content = _content(title)
    if _markup(content) != widget.border_title:
        widget.border_title = content


def subtitle(widget: Widget, words: str) -> None:
    """Words at the right of the lower edge."""
    content = _content(words)
    if _markup(content) != widget.border_subtitle:
        widget.border_subtitle = content


def _content(text: str) -> Content | None:
    return Content(text) if text else None


def _markup(content: Content | None) -> str | None:
    return None if content is None else content.markup
