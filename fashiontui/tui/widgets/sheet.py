"""A table that costs little to draw: fixed columns, its first column always in view, a cursor on a row and a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fashiontui.tui.lines import IN_ASCII
from fashiontui.tui.widgets.tones import foreground

Tone = Literal["plain", "muted", "good", "bad", "strong"]
GAP: Final = 2  # columns between columns


@dataclass(frozen=True, slots=True)
class Column:
    """What stands above a column, and how wide it is."""

    key: str
    title: str
    width: int
    right: bool = True  # numbers stand at the right


@dataclass(frozen=True, slots=True)
class Cell:
    """A text without control characters, and how it is meant."""

    text: str
    tone: Tone = "plain"


Row = tuple[Cell, ...]


class Sheet(ScrollView, can_focus=True):
    """Shows `rows` under `columns`. Both are replaced as a whole, the cursor stays where it was."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "sheet--header", "sheet--chosen", "sheet--cursor", "sheet--plain", "sheet--muted", "sheet--good", "sheet--bad",
        "sheet--strong",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "row(-1)", "up", show=False, id="sheet.up"),
        Binding("down,j", "row(1)", "down", show=False, id="sheet.down"),
        Binding("pageup", "page(-1)", "page up", show=False, id="sheet.page-up"),
        Binding("pagedown", "page(1)", "page down", show=False, id="sheet.page-down"),
        Binding("home,g", "end(-1)", "first", show=False, id="sheet.first"),
        Binding("end,G", "end(1)", "last", show=False, id="sheet.last"),
        Binding("left", "column(-1)", "column left", show=False, id="sheet.left"),
        Binding("right", "column(1)", "column right", show=False, id="sheet.right"),
        Binding("enter", "choose", "choose", show=False, id="sheet.choose"),
    ]

    cursor_row: reactive[int] = reactive(0)
    cursor_column: reactive[int] = reactive(0)

    class Moved(Message):
        """The cursor is elsewhere."""

        def __init__(self, sheet: Sheet) -> None:
            super().__init__()
            self.sheet = sheet

        @property
        def control(self) -> Sheet:
            """Whose cursor."""
            return self.sheet

    class Chosen(Message):
        """A row was chosen."""

        def __init__(self, sheet: Sheet, row: int) -> None:
            super().__init__()
            self.sheet = sheet
            self.row = row

        @property
        def control(self) -> Sheet:
            """Whose row."""
            return self.sheet

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        columns_move: bool = False,
    ) -> None:
        super().__init__(id=id)
        self._columns: tuple[Column, ...] = ()
        self._rows: tuple[Row, ...] = ()
        self._strips: dict[tuple[int, int, int], Strip] = {}
        self._columns_move = columns_move

    @property
    def rows(self) -> tuple[Row, ...]:
        """As they are shown."""
        return self._rows

    @property
    def column(self) -> Column | None:
        """The one the cursor is in."""
        return self._columns[self.cursor_column] if self.cursor_column < len(self._columns) else None

    def show(self, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        """Show other columns and rows."""
        if tuple(columns) == self._columns and tuple(rows) == self._rows:
            return
        before, self._rows = self._rows, tuple(rows)
        if tuple(columns) == self._columns and len(rows) == len(before):
            self._redraw_rows(before)
            return
        self._columns = tuple(columns)
        self._strips.clear()
        width = sum(column.width + GAP for column in columns) - GAP if columns else 0
        self.virtual_size = Size(max(0, width), len(rows) + 1)
        self.cursor_row = self.validate_cursor_row(self.cursor_row)
        self.cursor_column = self.validate_cursor_column(self.cursor_column)
        self.refresh()

    def _redraw_rows(self, before: tuple[Row, ...]) -> None:
        """Draw those that are others than before."""
        changed = {row for row, now in enumerate(self._rows) if now != before[row]}
        self._strips = {key: strip for key, strip in self._strips.items() if key[0] not in changed}
        first = self.scroll_offset.y
        for row in changed:
            if first <= row < first + self.size.height - 1:
                self.refresh(Region(0, row - first + 1, self.size.width, 1))

    def validate_cursor_row(self, row: int) -> int:
        """Within the rows."""
        return max(0, min(row, len(self._rows) - 1))

    def validate_cursor_column(self, column: int) -> int:
        """Within the columns."""
        return max(0, min(column, len(self._columns) - 1))

    def watch_cursor_row(self) -> None:
        """Keep it in view."""
        self._strips.clear()
        self.scroll_to_region(Region(round(self.scroll_x), self.cursor_row, 1, 2), animate=False, force=True)
        self.refresh()
        self.post_message(self.Moved(self))

    def watch_cursor_column(self) -> None:
        """Keep it in view."""
        self._strips.clear()
        start, end = self._place(self.cursor_column)
        fixed = self._columns[0].width + GAP if self._columns else 0
        room = self.room - fixed
        if self.cursor_column and start - fixed < self.scroll_x:
            self.scroll_to(x=start - fixed, animate=False, force=True)
        elif end - fixed > self.scroll_x + room:
            self.scroll_to(x=end - fixed - room, animate=False, force=True)
        self.refresh()
        self.post_message(self.Moved(self))

    def action_row(self, step: int) -> None:
        """Move by rows."""
        self.cursor_row += step

    def action_page(self, direction: int) -> None:
        """Move by what is in view."""
        self.cursor_row += direction * max(1, self.size.height - 2)

    def action_end(self, direction: int) -> None:
        """Move to the first or last row."""
        self.cursor_row = 0 if direction < 0 else len(self._rows) - 1

    def action_column(self, step: int) -> None:
        """Move by columns, or scroll where the cursor is a whole row."""
        if self._columns_move:
            self.cursor_column += step
        else:
            self.scroll_relative(x=8 * step, animate=False)

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self._rows:
            self.post_message(self.Chosen(self, self.cursor_row))

    def on_click(self, event: events.Click) -> None:
        """Move to a row; choose it where the cursor is there already."""
        row = event.y - 1 + self.scroll_offset.y
        if event.y < 1 or row >= len(self._rows):
            return
        if row == self.cursor_row and event.chain > 1:
            self.action_choose()
        self.cursor_row = row

    def on_focus(self) -> None:
        """Show the cursor as where keys go."""
        self._strips.clear()

    def on_blur(self) -> None:
        """Show the cursor as where keys went."""
        self._strips.clear()

    def notify_style_update(self) -> None:
        """Colours have changed."""
        self._strips.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """The header, which stays; then the rows in view."""
        row = -1 if y == 0 else self.scroll_offset.y + y - 1
        if row >= len(self._rows):
            return Strip.blank(self.room, self.rich_style)
        key = (row, self.scroll_offset.x, self._edge)
        if key not in self._strips:
            self._strips[key] = self._drawn(row)
        return self._strips[key]

    @property
    def room(self) -> int:
        """Columns there are, beside a scrollbar."""
        return self.scrollable_content_region.width

    @property
    def _edge(self) -> int:
        """Columns that can be drawn in: also a scrollbar's, where there is none."""
        return self.room if self.show_vertical_scrollbar else self.size.width

    def _drawn(self, row: int) -> Strip:
        if not self._columns:
            return Strip.blank(self.room, self.rich_style)
        base = self._base(row)
        segments = [self._segment(row, 0)]
        column = self._columns[0].width
        for place in range(1, len(self._columns)):
            start, end = (at - self.scroll_offset.x for at in self._place(place))
            if start >= self._columns[0].width and end <= self.room:  # only whole columns are shown
                segments += [Segment(" " * (start - column), base), self._segment(row, place)]
                column = end
        if row < 0 and len(segments) < 2 * len(self._columns) - 1:
            segments += [Segment(" " * (self._edge - 1 - column), base), Segment(self._more, base)]
        return Strip(segments).adjust_cell_length(self._edge, base).apply_style(self.rich_style)

    @property
    def _more(self) -> str:
        """Says that there are more columns than are seen."""
        return ">" if getattr(self.app, "charset", "") == "ascii" else "›"

    def _segment(self, row: int, place: int) -> Segment:
        column = self._columns[place]
        if row < 0:
            text, style = column.title, self._base(row)
            if self._columns_move and place == self.cursor_column and self.has_focus:
                style += Style(underline=True, bold=True)
        else:
            cell = self._rows[row][place]
            text = cell.text
            style = foreground(self, f"sheet--{cell.tone}") + self._base(row)
        size = cell_len(text)
        if size > column.width:
            text = set_cell_size(text, max(0, column.width - 1)) + "…"
        elif column.right:
            text = " " * (column.width - size) + text
        if getattr(self.app, "charset", "") == "ascii":
            text = text.translate(IN_ASCII)
        return Segment(set_cell_size(text, column.width), style)

    def _base(self, row: int) -> Style:
        if row < 0:
            return foreground(self, "sheet--header")
        if row != self.cursor_row:
            return Style()
        return self.get_component_rich_style(
            "sheet--cursor" if self.has_focus else "sheet--chosen", partial=True
        )

    def _place(self, column: int) -> tuple[int, int]:
        start = sum(each.width + GAP for each in self._columns[:column])
        return start, start + self._columns[column].width if column < len(self._columns) else start
