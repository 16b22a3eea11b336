"""A matrix of similarities as shades with their numbers in them, and a cursor on a cell; whose it is has the keys."""

from __future__ import annotations

from typing import ClassVar, Final

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fashiontui.analysis.table import BEST
from fashiontui.tui.charts.cells import RAMP_LEVELS
from fashiontui.tui.charts.strips import Colours, ramp
from fashiontui.tui.comparing.alike import Matrix, cell_text
from fashiontui.tui.lines import IN_ASCII, fitted
from fashiontui.tui.widgets.tones import foreground

LEAST_CELL: Final = 6
MOST_CELL: Final = 10
LEAST_NAME: Final = 6
MOST_NAME: Final = 14
HEAD: Final = 1
BEST_IN_ASCII: Final = "<"
MORE: Final = "›"  # columns than are seen


class SimilarityMatrix(ScrollView, can_focus=False):
    """Rows and columns have names; the mark behind a number says that nothing in its row is larger."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "similarity--name", "similarity--here", "similarity--plain", "similarity--cursor",
    }  # fmt: skip
    cursor: reactive[tuple[int, int]] = reactive((0, 0))

    class Moved(Message):
        """The cursor is on another cell."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._matrix: Matrix | None = None
        self._name_width = LEAST_NAME
        self._wide = LEAST_CELL  # columns of a cell

    @property
    def matrix(self) -> Matrix | None:
        """As it is shown."""
        return self._matrix

    def show(self, matrix: Matrix | None) -> None:
        """Show another one; the cursor stays where it was, as far as there is such a cell."""
        self._matrix = matrix
        self._measure()
        self.cursor = self.validate_cursor(self.cursor)
        self.refresh()

    def on_resize(self) -> None:
        """There may be room for longer names."""
        self._measure()
        self.refresh()

    def _measure(self) -> None:
        matrix = self._matrix
        if matrix is None:
            self.virtual_size = Size(0, 0)
            return
        names = max(map(cell_len, (matrix.corner, *matrix.rows)), default=0) + 1
        self._name_width = min(max(LEAST_NAME, names), MOST_NAME)
        longest = max(map(cell_len, matrix.columns), default=0) + 1
        room = (self._room - self._name_width) // max(1, len(matrix.columns))
        self._wide = max(LEAST_CELL, min(MOST_CELL, longest, room))
        self.virtual_size = Size(self._name_width + self._wide * len(matrix.columns), HEAD + len(matrix.rows))

    def validate_cursor(self, cursor: tuple[int, int]) -> tuple[int, int]:
        """Within the matrix."""
        rows, columns = (0, 0) if self._matrix is None else self._matrix.values.shape
        return max(0, min(cursor[0], rows - 1)), max(0, min(cursor[1], columns - 1))

    def watch_cursor(self, cursor: tuple[int, int]) -> None:
        """Keep it in view."""
        row, column = cursor
        cell = Region(self._wide * column, row, self._name_width + self._wide, 1 + HEAD)
        self.scroll_to_region(cell, animate=False, force=True)
        self.refresh()
        self.post_message(self.Moved())

    def move(self, rows: int, columns: int) -> None:
        """Move by cells."""
        self.cursor = (self.cursor[0] + rows, self.cursor[1] + columns)

    def go_to(self, row: int) -> None:
        """Move to a row; from behind the last one, to that."""
        self.cursor = (row, self.cursor[1])

    def on_click(self, event: events.Click) -> None:
        """Move to a cell."""
        if event.y >= HEAD and event.x >= self._name_width:
            column = (event.x - self._name_width + self.scroll_offset.x) // self._wide
            self.cursor = (event.y - HEAD + self.scroll_offset.y, column)

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """The names of the columns, which stay; then a row a line."""
        matrix, width = self._matrix, self._room
        row = -1 if y < HEAD else self.scroll_offset.y + y - HEAD
        if matrix is None or row >= len(matrix.rows):
            return Strip.blank(width, self.rich_style)
        title = matrix.corner if row < 0 else matrix.rows[row]
        name = Strip([self._titled(title, self._name_width, is_here=row == self.cursor[0])], self._name_width)
        cells = self._heads(matrix) if row < 0 else self._cells(matrix, row)
        rest = Strip(cells).crop(
            self.scroll_offset.x, self.scroll_offset.x + max(0, width - self._name_width)
        )
        line = Strip.join([name, rest]).adjust_cell_length(width)
        if row < 0 and self.scroll_offset.x < self.max_scroll_x:
            more = Segment(">" if self._is_ascii else MORE, foreground(self, "similarity--here"))
            line = Strip.join([line.crop(0, width - 1), Strip([more], 1)])
        return line.apply_style(self.rich_style)

    def _heads(self, matrix: Matrix) -> list[Segment]:
        names = column_names(matrix.columns, self._wide - 1)
        return [
            self._titled(name, self._wide, is_here=column == self.cursor[1], right=True)
            for column, name in enumerate(names)
        ]

    def _titled(self, text: str, width: int, *, is_here: bool, right: bool = False) -> Segment:
        """A name with a blank behind it."""
        shown = fitted(text, width - 1, right=right) + " "
        return Segment(self._spelled(shown), foreground(self, f"similarity--{'here' if is_here else 'name'}"))

    def _cells(self, matrix: Matrix, row: int) -> list[Segment]:
        values = matrix.values[row].tolist()
        colours = None if self._is_ascii else Colours.of(self)
        return [
            self._cell(
                value, colours, is_best=column == matrix.best[row], is_cursor=self.cursor == (row, column)
            )
            for column, value in enumerate(values)
        ]

    def _cell(self, value: float, colours: Colours | None, *, is_best: bool, is_cursor: bool) -> Segment:
        mark = (BEST_IN_ASCII if self._is_ascii else BEST) if is_best else " "
        text = cell_text(value)
        if is_cursor and (self.app.no_color or colours is None):
            return Segment(f"[{text}]".rjust(self._wide - 1) + mark, self._cursor)
        shown = text.rjust(self._wide - 1) + mark
        return Segment(shown, self._cursor if is_cursor else self._shade(value, colours, is_best=is_best))

    def _shade(self, value: float, colours: Colours | None, *, is_best: bool) -> Style:
        """The heat maps' colours: nothing in common is the background, the same what stands out most."""
        if colours is None or not np.isfinite(value):
            return foreground(self, "similarity--plain") + Style(bold=is_best)
        behind = ramp(round(max(0.0, min(1.0, value)) * RAMP_LEVELS), colours)
        fore = behind + behind.get_contrast_text()
        return Style(color=fore.rich_color, bgcolor=behind.rich_color, bold=is_best)

    @property
    def _room(self) -> int:
        """Columns there are, beside a scrollbar."""
        return self.scrollable_content_region.width

    @property
    def _cursor(self) -> Style:
        return self.get_component_rich_style("similarity--cursor", partial=True)

    @property
    def _is_ascii(self) -> bool:
        return getattr(self.app, "charset", "") == "ascii"

    def _spelled(self, text: str) -> str:
        return text.translate(IN_ASCII) if self._is_ascii else text


def column_names(names: tuple[str, ...], width: int) -> list[str]:
    """Names cut to a width, if they are still different; else their numbers."""
    cut = [name if cell_len(name) <= width else set_cell_size(name, width).strip() for name in names]
    return cut if len(set(cut)) == len(cut) else [str(number) for number in range(1, len(cut) + 1)]
