"""The tree of studies, their experiments and the runs of those."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.cells import cell_len
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message

from fashiontui.tui.fitting import fitted_settings
from fashiontui.tui.lines import fitted
from fashiontui.tui.options import Charset
from fashiontui.tui.tree import CLOSED, OPEN, Kind, TreeRow
from fashiontui.tui.widgets.rowlist import RowList
from fashiontui.tui.words import ABSENT

INDENTS: Final = {Kind.GROUP: 0, Kind.EXPERIMENT: 2, Kind.RUN: 6}
SCORE_WIDTH: Final = 8
TIME_WIDTH: Final = 8
NOTE_MOST: Final = 12
NOTE_LEAST: Final = 4
MARKS: Final = {"braille": "✓", "block": "✓", "ascii": "@"}


class ExperimentTree(RowList[TreeRow]):
    """What is opened and closed is kept by whoever makes the rows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "fold('open')", "open", show=False, id="tree.open"),
        Binding("left,h", "fold('closed')", "close", show=False, id="tree.close"),
    ]

    class FoldAsked(Message):
        """What is beneath a row is to be seen, or no more."""

        def __init__(self, row: TreeRow, *, is_open: bool) -> None:
            super().__init__()
            self.row = row
            self.is_open = is_open

    def __init__(self, charset: Charset, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._charset = charset
        self.in_ascii = charset == "ascii"

    def action_fold(self, how: str) -> None:
        """Open or close what is beneath the row; of one that is closed, go to the row above it."""
        row = self.row
        if row is None:
            return
        if how == "closed" and not row.is_open:
            self._go_up(row)
        elif row.is_open is not None:
            self.post_message(self.FoldAsked(row, is_open=how == "open"))

    def _go_up(self, row: TreeRow) -> None:
        above = (
            place
            for place in range(self.cursor, -1, -1)
            if INDENTS[self.rows[place].kind] < INDENTS[row.kind]
        )
        self.cursor = next(above, self.cursor)

    def draw(self, row: TreeRow, width: int) -> Text:
        """`  ▸ ● cnn1      0.9257  9m 02s ▶`."""
        left = self._left(row, row.label)
        right = self._right(row)
        if left.cell_len >= width - right.cell_len:
            right = self._right(row, NOTE_LEAST)
        if (
            row.score in ("", ABSENT) and left.cell_len >= width - right.cell_len
        ):  # no number to make room for
            right = Text(f"{row.time} ".lstrip(), self.style_of("muted")).append(
                f"{row.active:1}", self.style_of("live")
            )
        room = max(1, width - right.cell_len - 1)
        if row.kind is Kind.EXPERIMENT and left.cell_len > room:
            left = self._left(row, fitted_settings(row.label, room - left.cell_len + cell_len(row.label)))
        left.truncate(room, overflow="ellipsis", pad=True)
        return left.append(" ").append_text(right)

    def _left(self, row: TreeRow, label: str) -> Text:
        text = Text(" " * INDENTS[row.kind], no_wrap=True, end="")
        if row.kind is not Kind.RUN:
            fold = {True: OPEN, False: CLOSED}.get(bool(row.is_open)) if row.is_open is not None else None
            text.append(f"{fold[self._charset]} " if fold else "  ", self.style_of("muted"))
        if row.sign:
            text.append(f"{row.sign} ", self.style_of(row.tone))
        if row.is_marked:
            text.append(f"{MARKS[self._charset]} ", self.style_of("live"))
        return text.append(label, self.style_of("strong" if row.kind is Kind.GROUP else "plain"))

    def _right(self, row: TreeRow, note_width: int = NOTE_MOST) -> Text:
        if row.kind is Kind.GROUP:
            return Text(f"{row.time}  ", self.style_of("muted"))
        note = fitted(row.note, min(len(row.note), note_width))  # a name needs the room more
        text = Text(f"{note} " if note else "", self.style_of("warning"))
        text.append(row.score.rjust(SCORE_WIDTH), self.style_of("plain"))
        text.append(row.time.rjust(TIME_WIDTH), self.style_of("muted"))
        return text.append(f" {row.active:1}", self.style_of("live"))
