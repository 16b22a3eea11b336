"""Lines of a log: wrapped, followed while one looks at the end, with what is searched for marked."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fashiontui.config.problems import printable
from fashiontui.runs.workerlog import LogLines
from fashiontui.tui.widgets.tones import foreground

CUT: Final = "… older lines are in the file"
LEAST_WIDTH: Final = 10


def wrapped(line: str, width: int) -> list[str]:
    """A line in pieces that fit."""
    if len(line) <= width and line.isascii():
        return [line]
    return chop_cells(line, width) if cell_len(line) > width else [line]


def found_in(lines: tuple[str, ...], words: str) -> list[int]:
    """Numbers of the lines that contain words; upper and lower case alike where the words are all lower case."""
    if not words:
        return []
    if words == words.lower():
        return [number for number, line in enumerate(lines) if words in line.lower()]
    return [number for number, line in enumerate(lines) if words in line]


class LogView(ScrollView, can_focus=True):
    """Stays at the end as lines come, unless one has scrolled back."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"log-view--found", "log-view--here", "log-view--muted"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_lines(-1)", "up", show=False, id="log.up"),
        Binding("down,j", "scroll_lines(1)", "down", show=False, id="log.down"),
        Binding("pageup", "scroll_pages(-1)", "page up", show=False, id="log.page-up"),
        Binding("pagedown,space", "scroll_pages(1)", "page down", show=False, id="log.page-down"),
        Binding("home,g", "scroll_far(-1)", "beginning", show=False, id="log.first"),
        Binding("end,G", "scroll_far(1)", "end, follow", id="log.follow"),
    ]

    follows: reactive[bool] = reactive(True)
    empty_words: reactive[str] = reactive("")

    class Scrolled(Message):
        """One looks at another place; `words` say which."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._log = LogLines()
        self._rows: list[tuple[int, str]] = []  # number of the line, and a piece of it
        self._words = ""
        self._found: list[int] = []
        self._here = -1  # which of those found

    @property
    def lines(self) -> tuple[str, ...]:
        """As they were read."""
        return self._log.lines

    def show(self, log: LogLines) -> None:
        """Show other lines."""
        self._log = log
        self._found = found_in(log.lines, self._words)
        self._here = min(self._here, len(self._found) - 1)
        self._lay()

    def search(self, words: str) -> None:
        """Mark the lines that contain words, and go to the last of them."""
        self._words = words
        self._found = found_in(self._log.lines, words)
        self._here = len(self._found)
        self.go_to_found(-1)
        self.refresh()

    def go_to_found(self, step: int) -> None:
        """Go to another place where it was found; from the last on to the first."""
        if self._found:
            self._here = (self._here + step) % len(self._found)
            self.follows = False
            row = next(row for row, (number, _) in enumerate(self._rows) if number == self._found[self._here])
            self.scroll_to(y=max(0, row - self.size.height // 2), animate=False, force=True)
            self.refresh()
        self._say()

    def on_resize(self) -> None:
        """Wrap anew."""
        self._lay()

    def action_scroll_lines(self, step: int) -> None:
        """Scroll."""
        self._scroll(self.scroll_offset.y + step)

    def action_scroll_pages(self, direction: int) -> None:
        """Scroll by what is in view."""
        self._scroll(self.scroll_offset.y + direction * max(1, self.size.height - 1))

    def action_scroll_far(self, direction: int) -> None:
        """Go to the beginning, or to the end and stay there."""
        self._scroll(0 if direction < 0 else self._last_scroll)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll back."""
        event.stop()
        self._scroll(self.scroll_offset.y - 3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll on."""
        event.stop()
        self._scroll(self.scroll_offset.y + 3)

    @property
    def _last_scroll(self) -> int:
        return max(0, len(self._rows) - self.size.height)

    def _scroll(self, y: int) -> None:
        self.follows = y >= self._last_scroll
        self.scroll_to(y=max(0, min(y, self._last_scroll)), animate=False, force=True)
        self._say()

    def _lay(self) -> None:
        width = max(LEAST_WIDTH, self.scrollable_content_region.width)
        self._rows = [
            (number, piece) for number, line in enumerate(self._log.lines) for piece in wrapped(line, width)
        ]
        if self._log.is_cut:
            self._rows.insert(0, (-1, CUT))
        self.virtual_size = Size(0, len(self._rows))
        if self.follows:
            self.scroll_to(y=self._last_scroll, animate=False, force=True)
        self.refresh()
        self._say()

    def _say(self) -> None:
        if self._words:
            words = f"{self._here + 1} of {len(self._found)} found" if self._found else "not found"
        elif self.follows:
            words = "following" if self._rows else ""
        else:
            words = f"line {self.scroll_offset.y + 1:,} of {len(self._rows):,}, G follows"
        self.post_message(self.Scrolled(words))

    def render_line(self, y: int) -> Strip:
        """A piece of a line."""
        row = self.scroll_offset.y + y
        if row >= len(self._rows):
            words = printable(self.empty_words) if not self._rows and y == 0 else ""
            muted = foreground(self, "log-view--muted")
            segments = [Segment(words, muted)]
        else:
            segments = self._marked(*self._rows[row])
        return Strip(segments).adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def _marked(self, number: int, piece: str) -> list[Segment]:
        if number < 0:
            return [Segment(piece, foreground(self, "log-view--muted"))]
        if not self._words:
            return [Segment(piece)]
        is_here = 0 <= self._here < len(self._found) and self._found[self._here] == number
        style = self.get_component_rich_style(f"log-view--{'here' if is_here else 'found'}", partial=True)
        text, words = (
            (piece.lower(), self._words) if self._words == self._words.lower() else (piece, self._words)
        )
        if len(text) != len(piece):  # a letter that is longer in lower case
            return [Segment(piece)]
        segments: list[Segment] = []
        start = 0
        while (place := text.find(words, start)) >= 0:
            segments += [Segment(piece[start:place]), Segment(piece[place : place + len(words)], style)]
            start = place + len(words)
        return [*segments, Segment(piece[start:])]
