"""Lines of text that can be scrolled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fashiontui.tui.lines import IN_ASCII, Line, cells, cut
from fashiontui.tui.widgets.tones import foreground


class LinesView(ScrollView, can_focus=True):
    """Shows lines; those that have changed are drawn anew. What is wider than the view is cut."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "lines--plain", "lines--muted", "lines--strong", "lines--good", "lines--bad", "lines--warning", "lines--live",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "up", show=False, id="lines.up"),
        Binding("down,j", "scroll_down", "down", show=False, id="lines.down"),
        Binding("pageup,ctrl+b", "page_up", "page up", show=False, id="lines.page-up"),
        Binding("pagedown,ctrl+f", "page_down", "page down", show=False, id="lines.page-down"),
        Binding("home,g", "scroll_home", "first", show=False, id="lines.first"),
        Binding("end,G", "scroll_end", "last", show=False, id="lines.last"),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.lines: tuple[Line, ...] = ()

    def show(self, lines: Sequence[Line]) -> None:
        """Show these."""
        before, self.lines = self.lines, tuple(map(self._written, lines))
        if len(lines) != len(before):
            self.virtual_size = Size(0, len(lines))
            self.refresh(layout=self.styles.height is not None and self.styles.height.is_auto)
            return
        for y, (old, new) in enumerate(zip(before, self.lines, strict=True)):
            if old != new:
                self.refresh_line(y)

    def _written(self, parts: Line) -> Line:
        """As the terminal can show it."""
        if getattr(self.app, "charset", "") != "ascii":
            return parts
        return tuple((text.translate(IN_ASCII), kind) for text, kind in parts)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as lines."""
        del container, viewport, width
        return len(self.lines)

    def render_line(self, y: int) -> Strip:
        """A line, or nothing below the last."""
        place, width = self.scroll_offset.y + y, self.scrollable_content_region.width
        if place >= len(self.lines):
            return Strip.blank(width, self.rich_style)
        parts = cut(self.lines[place], width)
        segments = [Segment(text, self._style(kind)) for text, kind in parts]
        return Strip(segments, cells(parts)).adjust_cell_length(width, Style()).apply_style(self.rich_style)

    def _style(self, kind: str) -> Style:
        return foreground(self, f"lines--{kind}")
