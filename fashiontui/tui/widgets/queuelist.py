"""The queue: a line a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.text import Text
from textual.binding import Binding, BindingType

from fashiontui.tui.fitting import fitted_name
from fashiontui.tui.lines import fitted
from fashiontui.tui.options import Charset
from fashiontui.tui.queuerows import QueueRow
from fashiontui.tui.widgets.rowlist import RowList

NAME_MOST: Final = 26  # columns, on a wide line a quarter of it
BAR_LEAST: Final = 8
PERCENT_WIDTH: Final = 6
# Columns of figures and how wide they are; where there is no room, the first ones go first.
FIGURES: Final = {"seed": 8, "slot": 8, "valid": 14, "rate": 14, "epoch": 15, "left": 14}
BEFORE_BAR: Final = ("seed", "slot")
BARS: Final = {"braille": ("━", "╸", "─"), "block": ("━", "╸", "─"), "ascii": ("=", ">", ".")}


class QueueList(RowList[QueueRow]):
    """Live values keep their columns."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("less_than_sign", "screen.reorder(-1)", "earlier", show=True, id="queue.earlier"),
        Binding("greater_than_sign", "screen.reorder(1)", "later", show=True, id="queue.later"),
    ]

    def __init__(self, charset: Charset, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._charset = charset
        self.in_ascii = charset == "ascii"
        self._longest = 0  # name
        self._has_seeds = False

    def show(self, rows: Sequence[QueueRow]) -> None:
        """Show these, in columns that suit all of them."""
        before = self._longest, self._has_seeds
        self._longest = max((cell_len(row.name) for row in rows), default=0)
        self._has_seeds = any(row.seed for row in rows)
        super().show(rows)
        if before != (self._longest, self._has_seeds):
            self.forget_strips()

    def draw(self, row: QueueRow, width: int) -> Text:
        """`▶ cnn1  k3f  seed 2  ━━━━━━━╸─────  62 %  epoch 31/50  2,914 img/s  valid 0.9266  3m 21s left`."""
        text = Text(no_wrap=True, end="")
        text.append(f"{row.sign} ", self.style_of(row.tone))
        name_width = min(max(NAME_MOST, width // 4), self._longest)
        text.append(fitted(fitted_name(row.name, name_width), name_width) + "  ")
        text.append(fitted(row.mark, 3) + "  ", self.style_of("muted"))
        if row.share is None:
            words = "  ".join(filter(None, (row.seed, row.words)))
            return text.append(fitted(words, max(1, width - text.cell_len)), self.style_of("muted"))
        shown = self._figures(width - text.cell_len)
        for name in BEFORE_BAR:
            if name in shown:
                text.append(fitted(getattr(row, name), FIGURES[name]), self.style_of("muted"))
        tail = sum(FIGURES[name] for name in shown if name not in BEFORE_BAR)
        self._draw_bar(text, row.share, width - text.cell_len - tail - PERCENT_WIDTH)
        text.append(f"{row.share:>{PERCENT_WIDTH - 2}.0%} ".replace("%", " %"))
        for name in ("epoch", "rate", "valid", "left"):
            if name in shown:
                text.append(fitted(getattr(row, name), FIGURES[name], right=True))
        return text

    def _draw_bar(self, text: Text, share: float, width: int) -> None:
        full, tip, rest = BARS[self._charset]
        halves = round(max(0.0, min(1.0, share)) * 2 * width)
        done = full * (halves // 2) + tip * (halves % 2)
        text.append(done, self.style_of("live"))
        text.append(rest * (width - len(done)), self.style_of("muted"))

    def _figures(self, room: int) -> list[str]:
        names = [name for name in FIGURES if name != "seed" or self._has_seeds]
        while names and room - sum(FIGURES[name] for name in names) - PERCENT_WIDTH < BAR_LEAST:
            names.pop(0)
        return names
