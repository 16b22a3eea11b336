"""Images in half-blocks, each with a line of words below: as many as there is room for, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, cast

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from fashiontui.tui.lines import fitted as fitted_words
from fashiontui.tui.pixels import FEW_LEVELS, LEVELS, Line, Pixels, fitted, to_lines
from fashiontui.tui.screens.base import ProjectScreen
from fashiontui.tui.widgets.tones import foreground

SIDES: Final = (28, 20, 14)  # columns an image takes, the largest that lets a few be seen
FEW: Final = 3
GAP: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Exhibit:
    """An image, and what is to be said of it; without pixels, words only."""

    words: str
    pixels: Pixels | None = None
    fewer: str = ""  # words for where there is no room for all


@dataclass(frozen=True, slots=True)
class Grid:
    """How images stand: columns and rows of them, each so many cells wide and high, its words included."""

    columns: int
    rows: int
    width: int
    height: int

    @property
    def count(self) -> int:
        """How many."""
        return self.columns * self.rows


def grid_of(width: int, height: int) -> Grid:
    """The largest images of which a few fit; at least one."""
    grids = [
        Grid(max(1, (width + GAP) // (side + GAP)), max(1, height // (side // 2 + 1)), side, side // 2 + 1)
        for side in SIDES
    ]
    fitting = [grid for grid in grids if grid.count >= FEW and grid.height <= height]
    return fitting[0] if fitting else grids[-1]


class Gallery(Widget, can_focus=True):
    """Shows a page of exhibits; asks for another page by `PageWanted`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"gallery--words"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,pageup,up,k", "page(-1)", "back", id="gallery.back"),
        Binding("right,pagedown,down,j", "page(1)", "more", id="gallery.more"),
    ]

    class PageWanted(Message):
        """Others are asked for: the page before (-1), the next one (1), or as many as fit now (0)."""

        def __init__(self, direction: int) -> None:
            super().__init__()
            self.direction = direction

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._exhibits: tuple[Exhibit, ...] = ()
        self._lines: list[list[Line]] = []
        self._words = ""

    @property
    def grid(self) -> Grid:
        """How images stand in here."""
        return grid_of(self.size.width, self.size.height)

    @property
    def exhibits(self) -> tuple[Exhibit, ...]:
        """What is shown."""
        return self._exhibits

    def show(self, exhibits: Sequence[Exhibit], words: str = "") -> None:
        """Show these; `words` where there is nothing to show."""
        self._exhibits = tuple(exhibits)
        self._words = words
        self._draw()

    def on_resize(self) -> None:
        """More or fewer fit now."""
        self._draw()
        self.post_message(self.PageWanted(0))

    def action_page(self, direction: int) -> None:
        """Turn the page."""
        self.post_message(self.PageWanted(direction))

    def _draw(self) -> None:
        fashion = cast("ProjectScreen", self.screen).fashion
        levels = FEW_LEVELS if fashion.low_bandwidth else LEVELS
        grid = self.grid
        room = (2 * (grid.height - 1), grid.width)
        self._lines = [
            to_lines(fitted(each.pixels, *room), fashion.charset, levels) if each.pixels is not None else []
            for each in self._exhibits
        ]
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the images that stand side by side."""
        width = self.size.width
        if not self._exhibits:
            text = self._words if y == 0 else ""
            return (
                Strip([Segment(text, self._muted())]).adjust_cell_length(width).apply_style(self.rich_style)
            )
        grid = self.grid
        row, line = divmod(y, grid.height)
        first = row * grid.columns
        shown = range(first, min(first + grid.columns, len(self._exhibits))) if row < grid.rows else range(0)
        segments = [segment for place in shown for segment in self._part(place, line, grid)]
        return Strip(segments).adjust_cell_length(width).apply_style(self.rich_style)

    def _part(self, place: int, line: int, grid: Grid) -> list[Segment]:
        gap = Segment(" " * GAP)
        if line == grid.height - 1:
            exhibit = self._exhibits[place]
            words = exhibit.words if cell_len(exhibit.words) <= grid.width else exhibit.fewer or exhibit.words
            return [Segment(fitted_words(words, grid.width), self._muted()), gap]
        lines = self._lines[place]
        drawn = lines[line] if line < len(lines) else []
        rest = grid.width - sum(segment.cell_length for segment in drawn)
        return [*drawn, Segment(" " * max(0, rest)), gap]

    def _muted(self) -> Style:
        return foreground(self, "gallery--words")
