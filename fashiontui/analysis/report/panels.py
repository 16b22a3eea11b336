"""Curves and points on axes side by side: data, and how matplotlib draws them. Nothing is smoothed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.analysis.report.looks import INK
from fashiontui.analysis.report.model import WIDTH

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure as Canvas

Floats = NDArray[np.float64]

PANEL_HEIGHT: Final = 2.7
LEGEND_ROW: Final = 0.24
LEGEND_LETTERS: Final = 88  # of a line
BAND: Final = 0.18  # opacity
MARK_STEP: Final = 0.12  # of an axis: names of neighbouring lines are at three heights


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Points, joined or not; the deviation of single points is always drawn as bars."""

    label: str  # "" where the legend has it already
    xs: Floats
    ys: Floats
    colour: str
    marker: str = ""
    dashed: bool = False
    joined: bool = True
    std: Floats | None = None
    bars: bool = False  # for the deviation, rather than a band
    x_std: float | None = None  # of a single point, along x
    between: tuple[tuple[Floats, Floats], ...] = ()  # (low, high) of bands, the widest first


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical line at a place."""

    x: float
    label: str
    colour: str


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One pair of axes."""

    title: str
    x: str
    y: str
    curves: tuple[Curve, ...]
    log_x: bool = False
    log_y: bool = False
    marks: tuple[Mark, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()  # names along x, where it is no number
    texts: tuple[tuple[float, float, str], ...] = ()  # beside points


@dataclass(frozen=True, slots=True, eq=False)
class Panels:
    """Axes side by side, under one legend."""

    panels: tuple[Panel, ...]
    columns: int = 2
    share_y: bool = False

    @property
    def labels(self) -> list[str]:
        """Of the legend."""
        return list(dict.fromkeys(c.label for panel in self.panels for c in panel.curves if c.label))

    @property
    def legend_columns(self) -> int:
        """As many as fit beside each other."""
        longest = max((len(label) for label in self.labels), default=1) + 5
        return max(1, min(len(self.labels), LEGEND_LETTERS // longest))

    @property
    def size(self) -> tuple[float, float]:
        """Inches."""
        rows = math.ceil(len(self.panels) / self.columns)
        legend = math.ceil(len(self.labels) / self.legend_columns) if len(self.labels) > 1 else 0
        height = PANEL_HEIGHT if self.columns < 3 else PANEL_HEIGHT * 0.8  # noqa: PLR2004 - narrow ones are low
        return WIDTH, rows * height + legend * LEGEND_ROW + 0.2

    def draw(self, canvas: Canvas) -> None:
        """Draw all axes, then the legend below them."""
        rows = math.ceil(len(self.panels) / self.columns)
        grid = canvas.subplots(rows, self.columns, squeeze=False, sharey=self.share_y)
        axes: list[Axes] = list(grid.flat)
        for panel, each in zip(self.panels, axes, strict=False):
            _draw_panel(panel, each)
        for unused in axes[len(self.panels) :]:
            unused.set_visible(False)
        handles: dict[str, Artist] = {}
        for each in axes[: len(self.panels)]:
            artists, labels = each.get_legend_handles_labels()
            handles |= dict(zip(labels, artists, strict=True))
        if len(handles) > 1:
            canvas.legend(
                list(handles.values()), list(handles), loc="outside lower center", ncols=self.legend_columns
            )


def _draw_panel(panel: Panel, axes: Axes) -> None:
    for curve in panel.curves:
        _draw_curve(curve, axes)
    for place, mark in enumerate(sorted(panel.marks, key=lambda mark: mark.x)):
        axes.axvline(mark.x, color=mark.colour, linewidth=0.9, linestyle=":")
        axes.annotate(
            mark.label, (mark.x, 1 - MARK_STEP * (place % 3)), xycoords=("data", "axes fraction"), xytext=(1, -2), textcoords="offset points",
            rotation=90, va="top", fontsize=6, color=INK,
        )  # fmt: skip
    for x, y, text in panel.texts:
        axes.annotate(text, (x, y), xytext=(5, 4), textcoords="offset points", fontsize=7.5, color=INK)
    if panel.log_x:
        axes.set_xscale("log")
        _plain_numbers(axes.xaxis)
    if panel.log_y and any((curve.ys > 0).any() for curve in panel.curves):
        axes.set_yscale("log")
        _plain_numbers(axes.yaxis)
    if panel.ticks:
        axes.set_xticks([place for place, _ in panel.ticks], [name for _, name in panel.ticks])
        axes.minorticks_off()
        if sum(len(name) for _, name in panel.ticks) > 40:  # noqa: PLR2004 - letters that fit
            axes.tick_params(axis="x", labelrotation=30)
    elif panel.x == "epoch" and not panel.log_x:
        _whole_numbers(axes.xaxis)
    if panel.texts:
        axes.margins(x=0.14, y=0.12)
    axes.set(title=panel.title, xlabel=panel.x, ylabel=panel.y)


def _whole_numbers(axis: Axis) -> None:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - only who draws needs it

    axis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True))


def _plain_numbers(axis: Axis) -> None:
    """0.001, 0.002, 0.005 along a logarithmic axis, as many as there is room for."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter  # noqa: PLC0415 - only who draws needs it

    low, high = axis.get_view_interval()
    decades = math.log10(high / low)
    steps = (1.0, 2.0, 3.0, 5.0, 7.0) if decades < 1 else (1.0, 2.0, 5.0) if decades < 2 else (1.0,)  # noqa: PLR2004
    axis.set_major_locator(LogLocator(subs=steps, numticks=8))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def _draw_curve(curve: Curve, axes: Axes) -> None:
    for low, high in curve.between:
        axes.fill_between(curve.xs, low, high, color=curve.colour, alpha=BAND, linewidth=0)
    label = curve.label or "_"
    if (curve.std is not None or curve.x_std is not None) and not curve.joined:
        axes.errorbar(
            curve.xs, curve.ys, curve.std, curve.x_std, fmt=curve.marker or "o", color=curve.colour, label=label,
            capsize=3,
        )  # fmt: skip
        return
    if curve.std is not None:
        low, high = curve.ys - curve.std, curve.ys + curve.std
        if curve.bars:
            axes.errorbar(curve.xs, curve.ys, curve.std, fmt="none", ecolor=curve.colour, capsize=3)
        else:
            axes.fill_between(curve.xs, low, high, color=curve.colour, alpha=BAND, linewidth=0)
    style = ("--" if curve.dashed else "-") if curve.joined else "none"
    few = max(1, len(curve.xs) // 6)
    axes.plot(
        curve.xs, curve.ys, color=curve.colour, linestyle=style, marker=curve.marker or None, label=label,
        markevery=few if len(curve.xs) > 16 else 1,  # noqa: PLR2004 - markers that can be told apart
    )  # fmt: skip
