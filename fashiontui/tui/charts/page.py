"""A scene on a page: lines, areas, texts in pixels, for whatever writes them to a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from fashiontui.config.problems import printable
from fashiontui.tfevents.downsample import minmax
from fashiontui.tui.charts import axis, extent
from fashiontui.tui.charts.axis import Axis
from fashiontui.tui.charts.curves import Curve
from fashiontui.tui.charts.notes import note_of
from fashiontui.tui.charts.palette import hues
from fashiontui.tui.charts.plot import Scene
from fashiontui.tui.charts.shapes import is_hollow, outline

Floats = NDArray[np.float64]
Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

WIDTH: Final = 960
HEIGHT: Final = 540  # with a legend of a few rows; a longer one makes the page longer
LEFT: Final = 76
RIGHT: Final = 24
TOP: Final = 72
BOTTOM: Final = 48
LEGEND_ROW: Final = 20
FEW_ROWS: Final = 6
LEGEND_COLUMN: Final = 220
TEXT_SIZE: Final = 14
SPOT: Final = 3.0  # radius of a point
SIGN: Final = 4.5  # of a marker on a curve
SIGNS: Final = 8  # of them on each
MARK_SIZE: Final = 12  # of the words beside a line that marks a place
MARK_LETTER: Final = 7.5  # how wide their letters are at most, about
TICKS: Final = (9, 8)
PAPER: Final = {True: "#15181c", False: "#ffffff"}
PEN: Final = {True: "#e4e6e8", False: "#1c1f23"}
GRID: Final = {True: "#31363d", False: "#e3e5e8"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points."""

    points: tuple[Point, ...]
    colour: str
    width: float = 1.0
    opacity: float = 1.0
    dashed: bool = False
    within: bool = True  # the plot: it ends there


@dataclass(frozen=True, slots=True)
class Patch:
    """A filled outline."""

    points: tuple[Point, ...]
    colour: str
    opacity: float = 1.0
    within: bool = True


@dataclass(frozen=True, slots=True)
class Words:
    """A text; y is its baseline."""

    x: float
    y: float
    text: str
    colour: str
    anchor: Anchor = "start"
    size: float = TEXT_SIZE
    bold: bool = False


Item = Line | Patch | Words


@dataclass(frozen=True, slots=True)
class Page:
    """All there is to draw, in its order."""

    width: int
    height: int
    background: str
    items: tuple[Item, ...]
    plot: tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the plot is on the page, and its axes."""

    x: Axis
    y: Axis
    top: float
    height: int  # of the page
    dark: bool

    @property
    def bottom(self) -> float:
        """Where the plot ends."""
        return self.height - BOTTOM

    def across(self, xs: Floats) -> Floats:
        return LEFT + self.x.shares(xs) * (WIDTH - LEFT - RIGHT)

    def down(self, ys: Floats) -> Floats:
        return self.bottom - self.y.shares(ys) * (self.bottom - self.top)


def page(scene: Scene, title: str, *, dark: bool = False) -> Page:
    """The scene as it is in view, with a title, what was done to it, and a legend."""
    solid = [curve for curve in scene.curves if not curve.dim]
    per_row = (WIDTH - LEFT - RIGHT) // LEGEND_COLUMN
    rows = -(-len(solid) // per_row) if len(solid) > 1 else 0
    top, height = TOP + LEGEND_ROW * (rows - 1), HEIGHT + LEGEND_ROW * max(0, rows - FEW_ROWS)
    frame = _Frame(*_axes(scene), top, height, dark)
    items: list[Item] = [*_rulers(frame, scene)]
    for curve in sorted(scene.curves, key=lambda curve: not curve.dim):
        items += _curve(frame, curve)
    items += [item for mark in scene.marks for item in _mark(frame, mark.x, mark.label)]
    items.append(Words(LEFT, 28, printable(title), PEN[dark], size=18, bold=True))
    items.append(Words(WIDTH - RIGHT, 28, note_of(scene.curves, scene.view), PEN[dark], "end"))
    if len(solid) > 1:
        items += [
            item for place, curve in enumerate(solid) for item in _legend(curve, place, per_row, dark=dark)
        ]
    return Page(WIDTH, height, PAPER[dark], tuple(items), (LEFT, top, WIDTH - RIGHT, frame.bottom))


def _axes(scene: Scene) -> tuple[Axis, Axis]:
    view, kind = scene.view, scene.kind
    log_x = view.log_x and kind in {"value", "relative"}
    found = extent.across(scene.curves, log=log_x)
    x = axis.settled(None, found, TICKS[0], log=log_x, kind=kind)
    if view.window is not None:
        x = replace(x, low=view.window[0], high=view.window[1])
    y = axis.settled(None, extent.up(scene.curves, view), TICKS[1], log=view.log_y, kind="value")
    return x.with_ticks(TICKS[0], scene.zone), y.with_ticks(TICKS[1])


def _rulers(frame: _Frame, scene: Scene) -> Iterator[Item]:
    pen, grid = PEN[frame.dark], GRID[frame.dark]
    bottom, right = frame.bottom, WIDTH - RIGHT
    for tick in frame.y.ticks:
        y = float(frame.down(np.array([tick.value]))[0])
        yield Line(((LEFT, y), (right, y)), grid)
        yield Words(LEFT - 8, y + 5, tick.label, pen, "end")
    for tick in frame.x.ticks:
        x = float(frame.across(np.array([tick.value]))[0])
        yield Line(((x, frame.top), (x, bottom)), grid)
        yield Words(x, bottom + 20, tick.label, pen, "middle")
    yield Words(right, frame.height - 10, printable(scene.name_of_x), pen, "end")


def _curve(frame: _Frame, curve: Curve) -> Iterator[Item]:
    known = hues(dark=frame.dark)
    colour = known[curve.colour % len(known)]
    if curve.lows is not None and curve.highs is not None:
        xs = np.r_[frame.across(curve.xs), frame.across(curve.xs)[::-1]]
        ys = np.r_[frame.down(curve.lows), frame.down(curve.highs)[::-1]]
        yield Patch(_pairs(xs, ys), colour, 0.2)
    if not curve.joined:
        for spot in _pairs(frame.across(curve.xs), frame.down(curve.ys)):
            yield _sign(curve.marker, spot, SPOT, colour, 0.8)
        return
    xs, ys = minmax(*_in_view(curve, frame.x), WIDTH)
    across, down = frame.across(xs), frame.down(ys)
    shown = np.isfinite(across) & np.isfinite(down)
    for part in np.split(np.arange(len(xs)), np.flatnonzero(~shown)):
        part = part[shown[part]]  # noqa: PLW2901
        if len(part):
            points = _pairs(across[part], down[part])
            lone = ((points[0][0] - 1, points[0][1]), (points[0][0] + 1, points[0][1]))
            yield Line(
                points if len(points) > 1 else lone,
                colour,
                1.0 if curve.dim else 2.0,
                0.4 if curve.dim else 1.0,
            )
    if not curve.dim:
        seen = np.flatnonzero(shown & (across >= LEFT) & (across <= WIDTH - RIGHT))
        every = np.linspace(0, len(seen) - 1, min(SIGNS, len(seen))).round().astype(np.int64)
        for spot in _pairs(across[seen[every]], down[seen[every]]):
            yield _sign(curve.marker, spot, SIGN, colour)


def _in_view(curve: Curve, x: Axis) -> tuple[Floats, Floats]:
    """What of a curve is between the ends of the axis, and the points next to that; all of one whose clock was set back."""
    if not (curve.xs[1:] >= curve.xs[:-1]).all():
        return curve.xs, curve.ys
    low, high = np.searchsorted(curve.xs, x.low, "left"), np.searchsorted(curve.xs, x.high, "right")
    seen = slice(max(0, int(low) - 1), int(high) + 1)
    return curve.xs[seen], curve.ys[seen]


def _sign(
    marker: str, spot: Point, radius: float, colour: str, opacity: float = 1.0, *, within: bool = True
) -> Line | Patch:
    """So that a curve or a class is told from others without its colour."""
    corners = outline(marker, *spot, radius)
    if is_hollow(marker):
        return Line((*corners, corners[0]), colour, 1.2, opacity, within=within)
    return Patch(corners, colour, opacity, within=within)


def _mark(frame: _Frame, at: float, label: str) -> Iterator[Item]:
    x = float(frame.across(np.array([at]))[0])
    if LEFT <= x <= WIDTH - RIGHT:
        yield Line(((x, frame.top), (x, frame.bottom)), PEN[frame.dark], 1.0, 0.6, dashed=True)
        text = printable(label)
        fits = x + 5 + MARK_LETTER * cell_len(text) <= WIDTH
        anchor: Anchor = "start" if fits else "end"
        yield Words(x + 5 if fits else x - 5, frame.top + 14, text, PEN[frame.dark], anchor, size=MARK_SIZE)


def _legend(curve: Curve, place: int, per_row: int, *, dark: bool) -> Iterator[Item]:
    known = hues(dark=dark)
    x, y = LEFT + LEGEND_COLUMN * (place % per_row), 52 + LEGEND_ROW * (place // per_row)
    colour = known[curve.colour % len(known)]
    if curve.joined:
        yield Line(((x, y - 5), (x + 18, y - 5)), colour, 2.0, within=False)
    yield _sign(curve.marker, (x + 9, y - 5), SIGN, colour, within=False)
    name = printable(curve.name)
    yield Words(x + 26, y, name if len(name) <= 24 else name[:23] + "…", PEN[dark])  # noqa: PLR2004


def _pairs(xs: Floats, ys: Floats) -> tuple[Point, ...]:
    known = np.isfinite(xs) & np.isfinite(ys)
    return tuple(zip(xs[known].round(2).tolist(), ys[known].round(2).tolist(), strict=True))
