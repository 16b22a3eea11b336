"""Images of a dataset, class by class, in rows that can be scrolled through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fashiontui.analysis.projection import Sample
from fashiontui.analysis.projector import class_name
from fashiontui.tui.options import Charset
from fashiontui.tui.pixels import Line, Pixels, shrunk, to_lines

SIDES: Final = (10, 14, 20, 28, 56)  # pixels of an image's longer side, as it is shown
USUAL: Final = 14


class SampleGrid(ScrollView, can_focus=True):
    """A row of images a class under its name; the cursor is on a class."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"samples--class", "samples--cursor", "samples--counts"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "class", show=False, id="samples.up"),
        Binding("down,j", "move(1)", "class", show=False, id="samples.down"),
        Binding("home,g", "end(-1)", "first", show=False, id="samples.first"),
        Binding("end,G", "end(1)", "last", show=False, id="samples.last"),
        Binding("right,l,pagedown", "turn(1)", "more images", id="samples.more"),
        Binding("left,h,pageup", "turn(-1)", "images before", show=False, id="samples.before"),
        Binding("plus,equals_sign", "enlarge(1)", "larger", id="samples.larger"),
        Binding("minus", "enlarge(-1)", "smaller", id="samples.smaller"),
    ]

    sample: reactive[Sample | None] = reactive(None, always_update=True)
    side: reactive[int] = reactive(USUAL)
    cursor: reactive[int] = reactive(0)  # a class
    page: reactive[int] = reactive(0)  # how many screens of images further on

    class ClassChosen(Message):
        """The cursor is on another class."""

        def __init__(self, label: int) -> None:
            super().__init__()
            self.label = label

    class Enlarged(Message):
        """Images are shown at another size."""

        def __init__(self, side: int) -> None:
            super().__init__()
            self.side = side

    def __init__(self, charset: Charset, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._charset: Charset = charset
        self._strips: dict[int, list[Strip]] = {}

    @property
    def _columns(self) -> int:
        """How wide an image is, in cells."""
        height, width = self._shape()
        return width if height else 1

    @property
    def _rows(self) -> int:
        """How many lines a class takes: its name, its images."""
        return 1 + (self._shape()[0] + 1) // 2

    def _shape(self) -> tuple[int, int]:
        if self.sample is None:
            return self.side, self.side
        height, width = self.sample.images.shape[1:]
        scale = self.side / max(height, width)
        return max(1, round(height * scale)), max(1, round(width * scale))

    def per_row(self) -> int:
        """How many images are beside each other."""
        return max(1, (self.size.width + 1) // (self._columns + 1))

    def watch_sample(self) -> None:
        """Begin with its first class."""
        self.page = 0
        self.cursor = self.validate_cursor(self.cursor)
        self._lay_out()

    def watch_side(self) -> None:
        """The same images, of another size."""
        self.page = self.validate_page(self.page)
        self._lay_out()
        self._keep_in_view()

    def watch_page(self) -> None:
        """Other images."""
        self._forget()

    def watch_cursor(self) -> None:
        """Mark the class, and keep it in view."""
        self._forget()
        self._keep_in_view()
        self.post_message(self.ClassChosen(self.cursor))

    def validate_cursor(self, cursor: int) -> int:
        """A class there is."""
        count = 0 if self.sample is None else len(self.sample.classes)
        return max(0, min(cursor, count - 1))

    def validate_page(self, page: int) -> int:
        """Not beyond the last image of the largest class."""
        if self.sample is None or not len(self.sample.labels):
            return 0
        most = max(int((self.sample.labels == label).sum()) for label in range(len(self.sample.classes)))
        return max(0, min(page, (most - 1) // self.per_row()))

    def on_resize(self, _event: Resize) -> None:
        """More or fewer beside each other."""
        self.page = self.validate_page(self.page)
        self._lay_out()

    def _lay_out(self) -> None:
        count = 0 if self.sample is None else len(self.sample.classes)
        self.virtual_size = Size(self.size.width, count * self._rows)
        self._forget()

    def _forget(self) -> None:
        self._strips.clear()
        self.refresh()

    def _keep_in_view(self) -> None:
        region = Region(0, self.cursor * self._rows, 1, self._rows)
        self.scroll_to_region(region, animate=False, force=True)

    def action_move(self, step: int) -> None:
        """To another class."""
        self.cursor += step

    def action_end(self, direction: int) -> None:
        """To the first or the last class."""
        self.cursor = 0 if direction < 0 or self.sample is None else len(self.sample.classes) - 1

    def action_turn(self, step: int) -> None:
        """Other images of each class."""
        self.page += step

    def action_enlarge(self, step: int) -> None:
        """Larger or smaller images."""
        place = min(range(len(SIDES)), key=lambda place: abs(SIDES[place] - self.side))
        self.side = SIDES[max(0, min(place + step, len(SIDES) - 1))]
        self.post_message(self.Enlarged(self.side))

    def on_focus(self) -> None:
        """The cursor is where keys go."""
        self._forget()

    def on_blur(self) -> None:
        """The cursor is where keys went."""
        self._forget()

    def notify_style_update(self) -> None:
        """Colours have changed."""
        self._strips.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """A line of a class's block."""
        label, row = divmod(y + self.scroll_offset.y, self._rows)
        if self.sample is None or label >= len(self.sample.classes):
            return Strip.blank(self.size.width, self.rich_style)
        if label not in self._strips:
            self._strips[label] = self._block(self.sample, label)
        return self._strips[label][row]

    def _block(self, sample: Sample, label: int) -> list[Strip]:
        chosen = sample.of_class(label)
        start = self.page * self.per_row()
        shape = self._shape()
        pictures = [
            to_lines(_scaled(image, shape), self._charset) for image in chosen[start : start + self.per_row()]
        ]
        gap = Segment(" ", self.rich_style)
        lines = [_joined([picture[row] for picture in pictures], gap) for row in range(self._rows - 1)]
        return [
            Strip(line).adjust_cell_length(self.size.width, self.rich_style)
            for line in [self._title(sample, label), *lines]
        ]

    def _title(self, sample: Sample, label: int) -> Line:
        part = "cursor" if label == self.cursor and self.has_focus else "class"
        name: Style = self.get_component_rich_style(f"samples--{part}")
        train, valid, test = sample.counts[:, label].tolist()
        drawn = "" if sample.synthetic else f"  {valid:,} valid  {test:,} test"
        counts = f"{train:,} {'drawn' if sample.synthetic else 'train'}{drawn}"
        sign = (
            "▸" if label == self.cursor and self._charset != "ascii" else ">" if label == self.cursor else " "
        )
        return [
            Segment(f"{sign} {class_name(sample.classes, label)}", name),
            Segment(f"  {counts}", self.get_component_rich_style("samples--counts")),
        ]


def _joined(lines: Sequence[Line], gap: Segment) -> Line:
    """Pieces of a line beside each other."""
    return [segment for place, line in enumerate(lines) for segment in ([gap] if place else []) + line]


def _scaled(image: Pixels, shape: tuple[int, int]) -> Pixels:
    """An image at another size: smaller ones are means, larger ones have larger pixels."""
    height, width = shape
    if height <= image.shape[0] and width <= image.shape[1]:
        return shrunk(image, height, width)
    rows, columns = (np.arange(size) * own // size for size, own in zip(shape, image.shape, strict=True))
    return np.asarray(image[rows][:, columns])
