"""A widget that shows a sheet of cells: drawn anew only when it must be, and repainted only where it differs."""

from __future__ import annotations

from time import monotonic
from typing import Final

from textual import errors
from textual.content import Content
from textual.dom import NoScreen
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.style import Style
from textual.timer import Timer
from textual.widget import Widget

from fashiontui.tui.charts.cells import Cells, fitted, width_of
from fashiontui.tui.charts.palette import Charset
from fashiontui.tui.charts.strips import Colours, strip

BETWEEN_S: Final = 0.25  # drawings of new data
BETWEEN_SLOW_S: Final = 1.0  # the same, over a slow line
MARKS_S: Final = 1.0  # that marks may wait for the data they come with
FRAME: Final = 4  # cells beside a title that Textual keeps within a border
OURS_IN_ASCII: Final = str.maketrans({"·": "|", "×": "!", "≤": "<", "…": "~", "─": "-", "±": "~", "╌": "-"})


class SheetWidget(Widget, can_focus=True):
    """Holds the present sheet. Subclasses say what is on it, and when that changes."""

    title: reactive[str] = reactive("", init=False, repaint=False)
    charset: reactive[Charset] = reactive("braille", init=False, repaint=False)

    def __init__(
        self,
        title: str = "",
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.set_reactive(SheetWidget.title, title)
        self._sheet: Cells | None = None
        self._strips: dict[int, Strip] = {}
        self._colours: Colours | None = None
        self._is_stale = True
        self._drawn_at = 0.0
        self._pending: Timer | None = None
        self._due = 0.0  # when that is
        self.drawings = 0  # how often it was drawn

    # What subclasses say.

    def draw_sheet(self, width: int, height: int) -> Cells:
        """What there is to see, in so many cells."""
        raise NotImplementedError

    def note(self) -> str:
        """What is said at the right of the title."""
        return ""

    # When to draw.

    def on_mount(self) -> None:
        """Draw as the app can show it."""
        self.charset = getattr(self.app, "charset", self.charset)

    def watch_charset(self) -> None:
        """All glyphs are others, the frame's too."""
        self.set_class(self.charset == "ascii", "-ascii")
        self.redraw()

    def watch_title(self) -> None:
        """It is part of the frame."""
        self._entitle()

    def on_resize(self) -> None:
        """The title's line has another length; the sheet notices by itself."""
        self._entitle()

    def redraw_soon(self, patience_s: float = 0.0) -> None:
        """There are new data: draw, but not more often than a person can follow; what has patience waits for more."""
        slow = getattr(self.app, "low_bandwidth", False)
        now = monotonic()
        due = max(self._drawn_at + (BETWEEN_SLOW_S if slow else BETWEEN_S), now + patience_s)
        if due <= now:
            self.redraw()
        elif self._pending is None or due < self._due:
            if self._pending is not None:
                self._pending.stop()
            self._due = due
            self._pending = self.set_timer(due - now, self.redraw)

    def redraw(self) -> None:
        """Draw now, if there is anyone to see it; else when there is."""
        if self._pending is not None:
            self._pending.stop()
            self._pending = None
        self._is_stale = True
        if not self._is_seen():
            self.refresh()  # whenever it is
            return
        before = self._sheet
        sheet = self._current()
        for y, start, end in sheet.changed(before):
            self._strips.pop(y, None)
            self.refresh(Region(start, y, end - start, 1))
        self._entitle()

    def _is_seen(self) -> bool:
        try:
            shines_through = self.screen.is_current and self.app.screen.styles.background.a < 1
            is_shown = self.screen.is_active or shines_through
            return bool(is_shown and self.size and self.screen.find_widget(self).visible_region)
        except (NoScreen, errors.NoWidget):
            return False

    def _current(self) -> Cells:
        width, height = self.size
        fits = self._sheet is not None and (self._sheet.width, self._sheet.height) == (width, height)
        if self._sheet is None or self._is_stale or not fits:
            if not fits:
                self._strips.clear()
            self._sheet = self.draw_sheet(width, height)
            self._is_stale = False
            self._drawn_at = monotonic()
            self.drawings += 1
        return self._sheet

    # How it is shown.

    def render_line(self, y: int) -> Strip:
        """A row of the sheet, in the theme's colours."""
        if self._is_stale:
            self._strips.clear()
        sheet = self._current()
        if y >= sheet.height:
            return Strip.blank(self.size.width)
        if y not in self._strips:
            self._colours = self._colours or Colours.of(self)
            self._strips[y] = strip(sheet.runs(y), sheet.width, self._colours)
        return self._strips[y]

    def notify_style_update(self) -> None:
        """Another theme, or the focus came or went."""
        super().notify_style_update()
        if self._colours is None or not self.is_attached:
            return
        if Colours.of(self) != self._colours:
            self._colours = None
            self._strips.clear()
        self._entitle()

    def _entitle(self) -> None:
        """The title at the left of the frame, the note at its right, and the frame between them."""
        room = self.size.width + self.styles.padding.width - FRAME
        note = fitted(self.note(), room // 2 if self.title else room)
        title = fitted(self.title, room - width_of(note) - 3 * bool(note))
        parts: list[str | tuple[str, str | Style]] = [(title, "bold $foreground")] if title else []
        if note:
            fill = room - width_of(title) - width_of(note) - bool(title) - 1
            parts += [" " * bool(title), ("─" * fill, self._of_frame()), " ", (note, "$foreground-muted")]
        content = Content.assemble(*parts)
        if self.charset == "ascii":
            content = Content(content.plain.translate(OURS_IN_ASCII), list(content.spans))
        if content.markup != (self.border_title or ""):
            self.border_title = content  # Content, so no markup is parsed

    def _of_frame(self) -> Style:
        base, _ = self.background_colors
        return Style(foreground=base + self.styles.border_top[1])
