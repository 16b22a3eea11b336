"""The pane of pictures: a network's first filters, or whatever pictures were logged, through the run."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Final, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from fashiontui.config.problems import printable
from fashiontui.tfevents.points import ImagePoint
from fashiontui.tui.charts.sparkline import sparkline
from fashiontui.tui.filmstrip import Frame, Layout, changes, frame_of, laid_out
from fashiontui.tui.lines import IN_ASCII
from fashiontui.tui.screens.base import ProjectScreen
from fashiontui.tui.shownrun import ShownRun
from fashiontui.tui.widgets.frame import entitle
from fashiontui.tui.widgets.pane import Pane
from fashiontui.tui.widgets.picture import NOTHING, Picture

NOT_YET: Final = "No pictures yet: the first comes before training begins."
NONE: Final = "No pictures: this run's first layer has none to show."
FILTERS: Final = "filters/"
LEAST_CONTRAST: Final = 1.05  # that is worth a word
TREND: Final = 24  # cells
MOST_CHANGES: Final = 60  # moments whose changes are drawn: fewer than are kept decoded


class FiltersPane(Pane, can_focus=True):
    """One tag's pictures at one moment; left and right go through the run."""

    TITLE: ClassVar[str] = "filters"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "scrub(-1)", "earlier", id="filters.earlier"),
        Binding("right", "scrub(1)", "later", id="filters.later"),
        Binding("home,g", "end(-1)", "first", show=False, id="filters.first"),
        Binding("end,G", "end(1)", "newest", show=False, id="filters.last"),
        Binding("up,k", "tag(-1)", "tag before", show=False, id="filters.tag-before"),
        Binding("down,j", "tag(1)", "next tag", show=False, id="filters.tag-after"),
    ]

    place: reactive[int] = reactive(0)  # which moment
    tag: reactive[str] = reactive("")

    class Laid(Message):
        """A moment's pictures were decoded and laid out, in a thread."""

        def __init__(self, point: ImagePoint, frame: Frame, layout: Layout, trend: list[float]) -> None:
            super().__init__()
            self.point = point
            self.layout = layout
            self.total = len(frame.cells)
            self.contrast = frame.contrast
            self.trend = trend

    def __init__(self) -> None:
        super().__init__(id="filters")
        self._follows = True  # the newest moment, until another one is looked at

    def compose(self) -> ComposeResult:
        """The picture, and a line on what it is."""
        yield Picture(id="filters-picture")
        yield Static(NONE, id="filters-words", markup=False)

    def depends_on(self, run: ShownRun) -> tuple[object, ...]:
        """What was drawn."""
        return (run.view, run.is_live)

    def update_run(self, _run: ShownRun) -> None:
        """Show the newest pictures, or stay where one looks."""
        tags = self._tags()
        if self.tag not in tags:
            self.tag = next((tag for tag in tags if tag.startswith(FILTERS)), tags[0] if tags else "")
        points = self._points()
        if self._follows or self.place >= len(points):
            self.set_reactive(FiltersPane.place, max(0, len(points) - 1))
        self._draw()

    def on_resize(self) -> None:
        """Fit in."""
        self._draw()

    def watch_place(self) -> None:
        """Another moment."""
        self._draw()

    def watch_tag(self) -> None:
        """Other pictures."""
        entitle(self, printable(self.tag) or self.TITLE)

    def action_scrub(self, step: int) -> None:
        """Go to another moment."""
        self._go(self.place + step)

    def action_end(self, direction: int) -> None:
        """Go to the first or the newest moment."""
        self._go(0 if direction < 0 else len(self._points()) - 1)

    def action_tag(self, step: int) -> None:
        """Show another tag's pictures."""
        tags = self._tags()
        if tags:
            place = tags.index(self.tag) if self.tag in tags else 0
            self.tag = tags[(place + step) % len(tags)]
            self._go(min(self.place, len(self._points()) - 1))
            self._draw()

    def _go(self, place: int) -> None:
        last = max(0, len(self._points()) - 1)
        self._follows = place >= last
        self.place = max(0, min(place, last))

    def _tags(self) -> list[str]:
        return sorted(self.run.view.images) if self.run is not None else []

    def _points(self) -> tuple[ImagePoint, ...]:
        return self.run.view.images.get(self.tag, ()) if self.run is not None else ()

    def _draw(self) -> None:
        points = self._points()
        if not points:
            picture = self.query_one(Picture)
            if picture.pixels is not NOTHING:
                picture.pixels = NOTHING
            words = Text(self.why_nothing(NOT_YET, NONE))
            self.query_one("#filters-words", Static).update(words, layout=False)
        elif self.is_seen:
            work = partial(self._lay, points, self.place, self.query_one(Picture).room)
            self.run_worker(
                work, group="filters", description="filters", exclusive=True, thread=True, exit_on_error=True
            )

    def _lay(self, points: tuple[ImagePoint, ...], place: int, room: tuple[int, int]) -> None:
        point = points[place]
        frame = frame_of(point)
        trend = changes(points[-MOST_CHANGES:])
        self.post_message(self.Laid(point, frame, laid_out(frame.cells, *room), trend))

    def on_filters_pane_laid(self, event: Laid) -> None:
        """Show it, if it is still what is looked at."""
        event.stop()
        points = self._points()
        if self.place < len(points) and points[self.place] is event.point:
            self.query_one(Picture).pixels = event.layout.pixels
            self.query_one("#filters-words", Static).update(self._words(event), layout=False)

    def _may_grow(self) -> bool:
        """Whether it would have more room with the screen to itself."""
        return (
            self.outer_size.width < self.screen.size.width - 2
            or self.outer_size.height < self.screen.size.height // 2
        )

    def _words(self, event: Laid) -> Text:
        assert self.run is not None
        charset = cast("ProjectScreen", self.screen).fashion.charset
        points = self._points()
        words = [f"{self.run.when(event.point.step)}  {self.place + 1} of {len(points)}"]
        if not event.total:
            words.append("can't be shown")
        elif event.layout.shown < event.total:
            words.append(
                f"{event.layout.shown} of {event.total} filters" + ", z shows more" * self._may_grow()
            )
        if event.contrast > LEAST_CONTRAST:
            words.append(f"contrast ×{event.contrast:.1f}")
        trend = sparkline(event.trend[1:], min(TREND, len(event.trend) - 1), charset)
        if trend.strip():
            words.append(f"change {trend}")
        line = "   ".join(words)
        shown = line.translate(IN_ASCII) if charset == "ascii" else line
        return Text(shown, no_wrap=True, overflow="ellipsis")
