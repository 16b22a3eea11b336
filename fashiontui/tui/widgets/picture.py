"""A picture in half-blocks, as large as the widget."""

from __future__ import annotations

from typing import Final, cast

import numpy as np
from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from fashiontui.tui.pixels import FEW_LEVELS, LEVELS, Line, Pixels, to_lines
from fashiontui.tui.screens.base import ProjectScreen

NOTHING: Final = np.zeros((0, 0), np.uint8)


class Picture(Widget):
    """Draws `pixels`, whose size the owner has fitted to `room`; at the top left."""

    pixels: reactive[Pixels] = reactive(NOTHING, always_update=True)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._lines: list[Line] | None = None

    @property
    def room(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return 2 * self.size.height, self.size.width

    def watch_pixels(self) -> None:
        """Draw anew."""
        self._lines = None

    def render_line(self, y: int) -> Strip:
        """Two rows of pixels."""
        if self._lines is None:
            fashion = cast("ProjectScreen", self.screen).fashion
            levels = FEW_LEVELS if fashion.low_bandwidth else LEVELS
            self._lines = to_lines(self.pixels, fashion.charset, levels) if self.pixels.size else []
        line = self._lines[y] if y < len(self._lines) else []
        return Strip([*line, Segment("")]).extend_cell_length(self.size.width).apply_style(self.rich_style)
