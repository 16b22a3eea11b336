"""Where on a sheet a plot is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fashiontui.tui.charts import dots
from fashiontui.tui.charts.dots import Grid


@dataclass(frozen=True, slots=True)
class Area:
    """Where on the sheet the plot is: its first cell, and its grid of dots."""

    left: int
    top: int
    grid: Grid

    def column(self, x: float) -> int | None:
        """The sheet's column at an x; None out of view."""
        dot = self.grid.across(np.array([x]))[0]
        if not -dots.HALF <= dot < self.grid.wide - dots.HALF:
            return None
        return self.left + int(np.rint(dot)) // dots.DOTS[self.grid.charset][0]

    def row(self, y: float) -> int | None:
        """The sheet's row at a value; None out of view."""
        dot = self.grid.up(np.array([y]))[0]
        if not -dots.HALF <= dot < self.grid.tall - dots.HALF:
            return None
        return self.top + self.grid.rows - 1 - int(np.rint(dot)) // dots.DOTS[self.grid.charset][1]
