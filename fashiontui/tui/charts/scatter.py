"""Points rather than curves: accuracy against time, images in a plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import ArrayLike
from textual.binding import Binding, BindingType

from fashiontui.tui.charts.chart import Chart
from fashiontui.tui.charts.curves import Curve
from fashiontui.tui.charts.palette import Look
from fashiontui.tui.charts.view import ChartView, XKind

OF_CURVES: Final = frozenset({"smoother", "rougher", "raw", "next_x", "clip"})

LOGARITHMS: Final = ("log_x", "log")


def points(
    name: str, xs: ArrayLike, ys: ArrayLike, look: Look, *, labels: Sequence[str] = (), kind: XKind = "value"
) -> Curve:
    """Points of one class or run, in the order of their x; `kind` "relative" where x is a duration in seconds."""
    x, y = np.asarray(xs, dtype=np.float64), np.asarray(ys, dtype=np.float64)
    order = np.argsort(x, kind="stable")
    named = tuple(labels[place] for place in order) if labels else ()
    return Curve(name, x[order], y[order], look.colour, look.marker, x=kind, joined=False, labels=named)


def steps(name: str, xs: ArrayLike, ys: ArrayLike, look: Look, *, kind: XKind = "value") -> Curve:
    """A line through points that goes on level until the next, such as a Pareto front; xs rising."""
    x, y = np.asarray(xs, dtype=np.float64), np.asarray(ys, dtype=np.float64)
    return Curve(name, np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1], look.colour, look.marker, x=kind)


class Scatter(Chart):
    """A chart of points; its x-axis may be logarithmic."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "log_x", "log x", tooltip="Linear or logarithmic x-axis", id="scatter.log_x"),
    ]

    def __init__(self, title: str = "", *, view: ChartView | None = None, **names: Any) -> None:
        super().__init__(title, view=view or ChartView(smoothing=0.0), **names)

    def action_log_x(self) -> None:
        """Linear or logarithmic x."""
        self.change_view(replace(self.view, log_x=not self.view.log_x))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Points are not smoothed nor clipped, and over one x only; coordinates below 0 have no logarithm."""
        if action in OF_CURVES or (action in LOGARITHMS and not self._may_switch(action)):
            return False
        return super().check_action(action, parameters)

    def _may_switch(self, action: str) -> bool:
        """Back to a linear axis always; to a logarithmic one where it leaves no point out."""
        is_x = action == "log_x"
        is_log = self.view.log_x if is_x else self.view.log_y
        return is_log or all(((curve.xs if is_x else curve.ys) > 0).all() for curve in self.curves)
