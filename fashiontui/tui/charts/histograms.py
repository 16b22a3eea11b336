"""A widget for the histograms of one tag over time, as a heat map or a ridge."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from textual.reactive import reactive

from fashiontui.tfevents.points import HistogramPoint
from fashiontui.tui.charts import density, heatmap, ridge
from fashiontui.tui.charts.cells import Cells, width_of
from fashiontui.tui.charts.sheet import SheetWidget
from fashiontui.tui.charts.view import Range, XKind

Mode = Literal["heat map", "ridge"]
BESIDE: Final = 6  # cells of a frame that a title and a note have around them
MODES: Final[tuple[Mode, ...]] = ("heat map", "ridge")


class HistogramChart(SheetWidget):
    """Which tag, and over what, is its owner's to say: `show`."""

    mode: reactive[Mode] = reactive("heat map", init=False, repaint=False)
    values: reactive[Range | None] = reactive(
        None, init=False, repaint=False
    )  # to compare: the same for several

    def __init__(
        self,
        title: str = "",
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(title, name=name, id=id, classes=classes)
        self._points: tuple[HistogramPoint, ...] = ()
        self._xs: NDArray[np.float64] = np.empty(0)
        self._kind: XKind = "step"
        self._nothing = density.NOTHING

    def say_nothing(self, words: str) -> None:
        """What is said where there are no histograms."""
        if words != self._nothing:
            self._nothing = words
            self.redraw_soon()

    def show(
        self, points: tuple[HistogramPoint, ...], xs: NDArray[np.float64] | None = None, kind: XKind = "step"
    ) -> None:
        """Histograms at `xs` (n,), rising; without them, over their steps."""
        is_same = len(points) == len(self._points) and all(
            a is b for a, b in zip(points, self._points, strict=True)
        )
        given = np.array([point.step for point in points], dtype=np.float64) if xs is None else xs
        if is_same and kind == self._kind and np.array_equal(given, self._xs):
            return
        self._points, self._xs, self._kind = points, given, kind
        self.redraw_soon()

    def draw_sheet(self, width: int, height: int) -> Cells:
        """The heat map or the ridge."""
        draw = heatmap.draw if self.mode == "heat map" else ridge.draw
        return draw(
            self._points,
            self._xs,
            width,
            height,
            kind=self._kind,
            charset=self.charset,
            values=self.values,
            nothing=self._nothing,
        )

    def note(self) -> str:
        """How they are shown, and how many; a title needs the room more."""
        words = f"{self.mode} · {len(self._points)}"
        return words if width_of(self.title) + len(words) + BESIDE <= self.size.width else ""

    def watch_mode(self) -> None:
        """The other way to show them."""
        self.redraw()

    def watch_values(self) -> None:
        """Another scale."""
        self.redraw()
