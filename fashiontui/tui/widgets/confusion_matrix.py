"""How often each class was taken for each other, as a table with a cursor on a cell."""

from __future__ import annotations

import math
from typing import ClassVar, Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fashiontui.analysis.predictions import Confusion
from fashiontui.config.problems import printable
from fashiontui.tui.widgets.tones import foreground

NAME_WIDTH: Final = 12
LEAST_CELL: Final = 5
SHARE_WIDTH: Final = 8
RIGHT: Final = "rightly"  # precision, in a word
STRONGEST: Final = 0.75  # how much of a colour the fullest cell has
HEAD: Final = 1
FOOT: Final = 1


def class_name(classes: tuple[str, ...], label: int) -> str:
    """A class's name, or its number."""
    return printable(classes[label]) if label < len(classes) else str(label)


def short_names(classes: tuple[str, ...], count: int, width: int) -> list[str]:
    """Names cut to a width, and still different: `Shirt`, `Sneak`, … or their numbers where that can't be."""
    names = [set_cell_size(class_name(classes, label), width).strip() for label in range(count)]
    return names if len(set(names)) == count else [str(label) for label in range(count)]


class ConfusionMatrix(ScrollView, can_focus=True):
    """Rows are what an image is, columns what it was taken for. Right is in the one colour, wrong in another."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "confusion--name", "confusion--right", "confusion--wrong", "confusion--none", "confusion--cursor",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1, 0)", "up", show=False, id="confusion.up"),
        Binding("down,j", "move(1, 0)", "down", show=False, id="confusion.down"),
        Binding("left", "move(0, -1)", "left", show=False, id="confusion.left"),
        Binding("right", "move(0, 1)", "right", show=False, id="confusion.right"),
        Binding("home,g", "far(-1)", "first", show=False, id="confusion.first"),
        Binding("end,G", "far(1)", "last", show=False, id="confusion.last"),
        Binding("exclamation_mark", "worst", "commonest mistake", id="confusion.worst"),
        Binding("enter", "choose", "images", id="confusion.images"),
    ]

    cursor: reactive[tuple[int, int]] = reactive((0, 0))

    class Moved(Message):
        """The cursor is on another cell."""

        def __init__(self, label: int, predicted: int) -> None:
            super().__init__()
            self.label = label
            self.predicted = predicted

    class Chosen(Message):
        """The images behind the cell are asked for."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._confusion: Confusion | None = None
        self._names: tuple[str, ...] = ()
        self._wide = LEAST_CELL  # columns of a cell

    @property
    def confusion(self) -> Confusion | None:
        """As it is shown."""
        return self._confusion

    def show(self, confusion: Confusion | None, classes: tuple[str, ...]) -> None:
        """Show other counts; at first, the cursor is on the commonest mistake."""
        is_first = self._confusion is None
        self._confusion, self._names = confusion, classes
        count = confusion.classes if confusion is not None else 0
        most = int(confusion.counts.max(initial=0)) if confusion is not None else 0
        self._wide = max(LEAST_CELL, len(str(most)) + 1)
        self.virtual_size = Size(NAME_WIDTH + self._wide * count + SHARE_WIDTH, HEAD + count + FOOT)
        if confusion is not None:
            self.cursor = confusion.worst() if is_first else self.validate_cursor(self.cursor)
        self.refresh()

    def validate_cursor(self, cursor: tuple[int, int]) -> tuple[int, int]:
        """Within the table."""
        last = (self._confusion.classes if self._confusion is not None else 1) - 1
        row, column = cursor
        return max(0, min(row, last)), max(0, min(column, last))

    def watch_cursor(self, cursor: tuple[int, int]) -> None:
        """Keep it in view."""
        row, column = cursor
        cell = Region(self._wide * column, row, NAME_WIDTH + self._wide, 1 + HEAD)
        self.scroll_to_region(cell, animate=False, force=True)
        self.refresh()
        self.post_message(self.Moved(row, column))

    def action_move(self, rows: int, columns: int) -> None:
        """Move by cells."""
        self.cursor = (self.cursor[0] + rows, self.cursor[1] + columns)

    def action_far(self, direction: int) -> None:
        """Move to the first or last row."""
        last = self._confusion.classes - 1 if self._confusion is not None else 0
        self.cursor = (0 if direction < 0 else last, self.cursor[1])

    def action_worst(self) -> None:
        """Move to the commonest mistake."""
        if self._confusion is not None:
            self.cursor = self._confusion.worst()

    def action_choose(self) -> None:
        """Show the images behind the cell."""
        self.post_message(self.Chosen())

    def on_click(self, event: events.Click) -> None:
        """Move to a cell."""
        if event.y >= HEAD and event.x >= NAME_WIDTH:
            column = (event.x - NAME_WIDTH + self.scroll_offset.x) // self._wide
            self.cursor = (event.y - HEAD + self.scroll_offset.y, column)

    def render_line(self, y: int) -> Strip:
        """The names of the columns, then a class a line."""
        confusion, width = self._confusion, self.size.width
        if confusion is None:
            return Strip.blank(width, self.rich_style)
        row = -1 if y < HEAD else self.scroll_offset.y + y - HEAD
        if row > confusion.classes:
            return Strip.blank(width, self.rich_style)
        if row == confusion.classes:
            name, cells = (
                Strip([Segment(RIGHT.ljust(NAME_WIDTH), self._styled("name"))]),
                self._foot(confusion),
            )
        else:
            name = Strip([self._title(row)], NAME_WIDTH)
            cells = self._head(confusion) if row < 0 else self._cells(confusion, row)
        rest = Strip(cells).crop(self.scroll_offset.x, self.scroll_offset.x + max(0, width - NAME_WIDTH))
        return Strip.join([name, rest]).adjust_cell_length(width).apply_style(self.rich_style)

    def _title(self, row: int) -> Segment:
        style = self._styled("name")
        if row < 0:
            return Segment("is, taken as".ljust(NAME_WIDTH), style)
        if row == self.cursor[0]:
            style += Style(bold=True)
        text = class_name(self._names, row)
        text = set_cell_size(text, NAME_WIDTH - 2) + "…" if cell_len(text) > NAME_WIDTH - 1 else text
        return Segment(set_cell_size(text, NAME_WIDTH), style)

    def _head(self, confusion: Confusion) -> list[Segment]:
        style = self._styled("name")
        names = short_names(self._names, confusion.classes, self._wide - 1)
        bold = Style(bold=True)
        return [
            *(
                Segment(_right(name, self._wide), style + bold if column == self.cursor[1] else style)
                for column, name in enumerate(names)
            ),
            Segment("  found ", style),
        ]

    def _foot(self, confusion: Confusion) -> list[Segment]:
        """Of those taken for a class, how many are of it."""
        shares = (confusion.precision(column) for column in range(confusion.classes))
        texts = ("" if math.isnan(share) else f"{share:.0%}" for share in shares)
        return [Segment(_right(text, self._wide - 1) + " ", self._styled("name")) for text in texts]

    def _cells(self, confusion: Confusion, row: int) -> list[Segment]:
        counts = confusion.counts[row].tolist()
        total = max(1, sum(counts))
        cells = [
            self._cell(count, count / total, is_right=row == column, is_cursor=self.cursor == (row, column))
            for column, count in enumerate(counts)
        ]
        recall = confusion.recall(row)
        text = "" if math.isnan(recall) else f"{recall:.1%}"
        return [*cells, Segment(_right(text, SHARE_WIDTH - 1) + " ", self._styled("name"))]

    def _cell(self, count: int, share: float, *, is_right: bool, is_cursor: bool) -> Segment:
        text = _right(str(count) if count else ".", self._wide - 1) + " "
        if is_cursor:
            if self.app.no_color:
                text = f"[{text.strip()}]".rjust(self._wide)
            return Segment(text, self._styled("cursor"))
        if not count:
            return Segment(text, self._styled("none"))
        return Segment(
            text, self._shade(self._styled("right" if is_right else "wrong"), share, is_right=is_right)
        )

    def _styled(self, name: str) -> Style:
        if name == "cursor":
            return self.get_component_rich_style("confusion--cursor", partial=True)
        return foreground(self, f"confusion--{name}")

    def _shade(self, style: Style, share: float, *, is_right: bool) -> Style:
        """The fuller a cell, the more of its colour behind it; mistakes are few, so they are shown stronger."""
        colour = Color.from_rich_color(style.color) if style.color is not None else Color(128, 128, 128)
        strength = STRONGEST * (share if is_right else min(1.0, 2 * math.sqrt(share)))
        behind = self.background_colors[1].blend(colour, strength)
        return Style.from_color((behind + behind.get_contrast_text()).rich_color, behind.rich_color)


def _right(text: str, width: int) -> str:
    return " " * max(0, width - cell_len(text)) + text
