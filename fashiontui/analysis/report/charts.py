"""Charts other than curves: data, and how matplotlib draws them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.analysis.report.looks import FAINT, INK, look_at
from fashiontui.analysis.report.model import WIDTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

Floats = NDArray[np.float64]

GAP: Final = 0.06  # between pictures, of a place
LINE: Final = 0.13  # inches of words above a picture
MOST_CELLS: Final = 30  # of a row or column, with numbers in them
TALLEST: Final = 1.1 + 0.36 * MOST_CELLS  # inches
LEAST_WIDTH: Final = 5.2  # or labels are cut


@dataclass(frozen=True, slots=True)
class Dot:
    """A line of a dot chart."""

    label: str
    value: float
    std: float | None
    colour: str
    marker: str = "o"
    beside: float | None = None  # another one's value for the same


@dataclass(frozen=True, slots=True)
class Dots:
    """Values with their deviation, one a line; hollow diamonds are `beside_label`."""

    dots: tuple[Dot, ...]
    x: str
    beside_label: str = ""

    @property
    def size(self) -> tuple[float, float]:
        """Inches."""
        return WIDTH, 0.28 * len(self.dots) + 1.0

    def draw(self, canvas: Canvas) -> None:
        """Draw from top to bottom."""
        axes = canvas.subplots()
        for place, dot in enumerate(self.dots):
            axes.errorbar(dot.value, place, xerr=dot.std or None, fmt=dot.marker, color=dot.colour, capsize=3)
            if dot.beside is not None:
                axes.plot(dot.beside, place, marker="D", color=FAINT, fillstyle="none", linestyle="none")
        axes.set_yticks(range(len(self.dots)), [dot.label for dot in self.dots])
        axes.invert_yaxis()
        title = f"◇ {self.beside_label}" if self.beside_label else ""
        axes.set(xlabel=self.x)
        axes.set_title(title, fontsize=8)


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """A matrix of numbers in words, darker where there is more; the diagonal may be left uncoloured.

    One that is too large for words is colours alone, on one page.
    """

    values: Floats  # (rows, columns); NaN: nothing there
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    x: str
    y: str
    form: str = "{:.0f}"
    skip_diagonal: bool = False
    low: float | None = None  # what the palest colour stands for; None: the smallest value there is
    high: float | None = None  # and the darkest; None: the largest

    @property
    def size(self) -> tuple[float, float]:
        """Inches."""
        height = min(1.1 + 0.36 * len(self.rows), TALLEST)
        return min(WIDTH, max(LEAST_WIDTH, 2.2 + 0.56 * len(self.columns))), height

    @property
    def has_words(self) -> bool:
        """Whether there is room for a number in each cell."""
        return max(len(self.rows), len(self.columns)) <= MOST_CELLS

    def draw(self, canvas: Canvas) -> None:
        """Cells and their numbers."""
        axes = canvas.subplots()
        shown = self.values.copy()
        if self.skip_diagonal:
            np.fill_diagonal(shown, np.nan)
        image = axes.imshow(shown, cmap="Blues", aspect="auto", vmin=self.low, vmax=self.high)
        low, high = image.get_clim()
        across, down = (
            range(0, len(names), -(-len(names) // MOST_CELLS)) for names in (self.columns, self.rows)
        )
        axes.set_xticks(across, [self.columns[place] for place in across], rotation=40, ha="right")
        axes.set_yticks(down, [self.rows[place] for place in down])
        axes.grid(visible=False)
        axes.set(xlabel=self.x, ylabel=self.y)
        if not self.has_words:
            canvas.colorbar(image, ax=axes, shrink=0.6)
            return
        for (row, column), value in np.ndenumerate(self.values):
            if np.isfinite(value):
                dark = np.isfinite(shown[row, column]) and shown[row, column] > (low + high) / 2
                pale = np.isfinite(shown[row, column]) and not dark
                colour = "#ffffff" if dark else "#10151a" if pale else INK
                axes.text(
                    column, row, self.form.format(value), ha="center", va="center", fontsize=7, color=colour
                )


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Points on a plane by class, each class's name in the legend."""

    points: Floats  # (n, 2)
    labels: NDArray[np.uint8]
    classes: tuple[str, ...]
    x: str
    y: str

    @property
    def size(self) -> tuple[float, float]:
        """Inches."""
        return WIDTH, 5.4

    def draw(self, canvas: Canvas) -> None:
        """One colour and one marker a class."""
        axes = canvas.subplots()
        for place, name in enumerate(self.classes):
            mine, look = self.points[self.labels == place], look_at(place)
            axes.scatter(
                mine[:, 0], mine[:, 1], s=7, marker=look.marker, color=look.colour, label=name, alpha=0.75,
                linewidths=0, rasterized=True,
            )  # fmt: skip
        axes.set(xlabel=self.x, ylabel=self.y)
        canvas.legend(loc="outside right center", markerscale=2)


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Grey or coloured images in a grid, each with a line or two above it."""

    images: tuple[NDArray[np.uint8], ...]
    titles: tuple[str, ...]
    columns: int = 8

    @property
    def size(self) -> tuple[float, float]:
        """Inches."""
        rows = math.ceil(len(self.images) / self.columns)
        return WIDTH, rows * self._pitch * WIDTH / self.columns + 0.1

    @property
    def _tallest(self) -> float:
        """Height of an image of width 1."""
        return float(max(image.shape[0] / image.shape[1] for image in self.images))

    @property
    def _pitch(self) -> float:
        """From row to row, where an image and the gap beside it have width 1."""
        lines = max((title.count("\n") + 1 for title in self.titles if title), default=0)
        return self._tallest * (1 - GAP) + GAP + lines * LINE * self.columns / WIDTH

    def draw(self, canvas: Canvas) -> None:
        """Row by row, on one pair of axes: as many as there are images would take seconds."""
        axes = canvas.subplots()
        axes.set_axis_off()
        for place, (image, title) in enumerate(zip(self.images, self.titles, strict=True)):
            row, left = divmod(place, self.columns)
            bottom = (row + 1) * self._pitch - GAP
            top = bottom - (1 - GAP) * image.shape[0] / image.shape[1]
            axes.imshow(
                image,
                cmap="gray",
                vmin=0,
                vmax=255,
                interpolation="nearest",
                extent=(left, left + 1 - GAP, bottom, top),
            )
            axes.text(left + (1 - GAP) / 2, top - 0.03, title, ha="center", va="bottom", fontsize=6.5)
        rows = math.ceil(len(self.images) / self.columns)
        axes.set(xlim=(0, self.columns - GAP), ylim=(rows * self._pitch, 0), aspect="equal")
