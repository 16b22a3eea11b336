"""A list of rows, one line each, with a cursor. Only lines that have changed are drawn anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, Protocol, TypeVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fashiontui.tui.lines import IN_ASCII
from fashiontui.tui.widgets.tones import foreground


class HasKey(Protocol):
    """A row: equal rows look alike."""

    @property
    def key(self) -> str:
        """No two rows of a list have the same."""


Row = TypeVar("Row", bound=HasKey)
Told = TypeVar("Told", bound=HasKey)  # the same, in a list's messages


class RowList(ScrollView, Generic[Row], can_focus=True):
    """Subclasses say how a row is drawn. The cursor stays with its row when others come and go."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row--plain", "row--muted", "row--good", "row--bad", "row--warning", "row--live", "row--strong",
        "row--cursor", "row--chosen",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False, id="list.up"),
        Binding("down,j", "move(1)", "down", show=False, id="list.down"),
        Binding("pageup,ctrl+b", "page(-1)", "page up", show=False, id="list.page-up"),
        Binding("pagedown,ctrl+f", "page(1)", "page down", show=False, id="list.page-down"),
        Binding("home,g", "end(-1)", "first", show=False, id="list.first"),
        Binding("end,G", "end(1)", "last", show=False, id="list.last"),
        Binding("enter", "choose", "open", show=False, id="list.open"),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message, Generic[Told]):
        """The cursor is on another row; None where there is none."""

        def __init__(self, sender: RowList[Told], row: Told | None) -> None:
            super().__init__()
            self.sender = sender
            self.row = row

        @property
        def control(self) -> RowList[Told]:
            """Whose cursor."""
            return self.sender

    class Chosen(Message, Generic[Told]):
        """Enter was pressed on a row, or it was clicked twice."""

        def __init__(self, sender: RowList[Told], row: Told) -> None:
            super().__init__()
            self.sender = sender
            self.row = row

        @property
        def control(self) -> RowList[Told]:
            """Whose row."""
            return self.sender

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.rows: tuple[Row, ...] = ()
        self._strips: dict[int, Strip] = {}
        self._width = 0  # of those strips
        self.in_ascii = False
        self._told: str | None = None  # key of the row that was last said to be under the cursor

    @property
    def row(self) -> Row | None:
        """The one under the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def draw(self, row: Row, width: int) -> Text:
        """A row as a text of so many columns."""
        raise NotImplementedError

    def style_of(self, tone: str) -> Style:
        """The colour of a kind of words."""
        return foreground(self, f"row--{tone}")

    def show(self, rows: Sequence[Row]) -> None:
        """Show these."""
        before, here = self.rows, self.row
        self.rows = tuple(rows)
        self._strips = {y: strip for y, strip in self._strips.items() if rows[y : y + 1] == before[y : y + 1]}
        if len(rows) != len(before):
            self.virtual_size = Size(0, len(rows))
            self.refresh()
        else:
            for y in range(len(rows)):
                if rows[y] != before[y]:
                    self.refresh_line(y)
        self._keep_cursor(None if here is None else here.key)

    def go_to(self, key: str) -> bool:
        """Put the cursor on a row; whether it is there."""
        place = next((place for place, row in enumerate(self.rows) if row.key == key), None)
        if place is not None:
            self.cursor = place
        return place is not None

    def forget_strips(self) -> None:
        """Draw everything anew."""
        self._strips.clear()
        self.refresh()

    def _keep_cursor(self, key: str | None) -> None:
        if key is None or not self.go_to(key):
            self.cursor = self.validate_cursor(self.cursor)
        self._tell()

    def _tell(self) -> None:
        row = self.row
        key = None if row is None else row.key
        if key != self._told:
            self._told = key
            self.post_message(self.Moved(self, row))

    def validate_cursor(self, cursor: int) -> int:
        """Within the rows."""
        return max(0, min(cursor, len(self.rows) - 1))

    def watch_cursor(self, before: int, after: int) -> None:
        """Draw the row it left and the one it came to."""
        for y in (before, after):
            self._strips.pop(y, None)
            self.refresh_line(y)
        self.scroll_to_region(Region(0, after, 1, 1), animate=False, force=True)
        self._tell()

    def action_move(self, step: int) -> None:
        """Move by rows."""
        self.cursor += step

    def action_page(self, direction: int) -> None:
        """Move by what is in view."""
        self.cursor += direction * max(1, self.size.height - 1)

    def action_end(self, direction: int) -> None:
        """Move to the first or the last row."""
        self.cursor = 0 if direction < 0 else len(self.rows) - 1

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self.row is not None:
            self.post_message(self.Chosen(self, self.row))

    def on_click(self, event: events.Click) -> None:
        """Move to the row; choose it with the second click."""
        place = event.get_content_offset(self)
        if place is None or (y := place.y + self.scroll_offset.y) >= len(self.rows):
            return
        self.cursor = y
        if event.chain > 1:
            self.action_choose()

    def on_focus(self) -> None:
        """The cursor stands out."""
        self._redraw_cursor()

    def on_blur(self) -> None:
        """The cursor steps back."""
        self._redraw_cursor()

    def _redraw_cursor(self) -> None:
        self._strips.pop(self.cursor, None)
        self.refresh_line(self.cursor)

    def on_resize(self) -> None:
        """All lines are of another length."""
        self._strips.clear()

    def notify_style_update(self) -> None:
        """Colours have changed."""
        self._strips.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """A row, or nothing below the last."""
        place = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        if width != self._width:  # a scrollbar came or went, which is no resize
            self._width = width
            self._strips.clear()
        if place >= len(self.rows):
            return Strip.blank(width, self.rich_style)
        if place not in self._strips:
            self._strips[place] = self._drawn(place, width)
        return self._strips[place]

    def _drawn(self, place: int, width: int) -> Strip:
        text = self.draw(self.rows[place], width)
        if self.in_ascii:
            text.plain = text.plain.translate(IN_ASCII)
        text.truncate(width, pad=True)
        if place == self.cursor:
            name = "row--cursor" if self.has_focus else "row--chosen"
            text.stylize(self.get_component_rich_style(name, partial=True))
        strip = Strip(text.render(self.app.console, end=""))
        return strip.adjust_cell_length(width).apply_style(self.rich_style)
