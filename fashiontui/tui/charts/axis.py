"""One axis: what it spans, its scale, its ticks. Bounds stay until the values leave them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.tui.charts import ticks
from fashiontui.tui.charts.ticks import Tick
from fashiontui.tui.charts.view import Range, XKind

Floats = NDArray[np.float64]
EMPTY: Final = 0.4  # bounds of which the values fill less than this are left
NARROW: Final = 3.0  # times: a logarithmic axis within which has bounds like a linear one
NEAR_ZERO: Final = 0.3  # an axis of steps or times that begins within this share of its end begins at 0


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale from values to shares of an axis' length."""

    low: float
    high: float
    log: bool = False
    kind: XKind = "value"
    ticks: tuple[Tick, ...] = ()

    @property
    def span(self) -> Range:
        """Its bounds."""
        return self.low, self.high

    def shares(self, values: Floats) -> Floats:
        """0 at the low bound, 1 at the high one; NaN for what this scale can't show."""
        values = np.where(np.isfinite(values), values, np.nan)
        if not self.log:
            return (values - self.low) / (self.high - self.low)
        logs = np.log10(np.where(values > 0, values, np.nan))
        low, high = np.log10([self.low, self.high])
        return np.asarray((logs - low) / (high - low))

    def value(self, share: float) -> float:
        """The value at a share of the length."""
        if not self.log:
            return self.low + share * (self.high - self.low)
        return float(self.low * (self.high / self.low) ** share)

    def with_ticks(self, count: float, zone: tzinfo | None = None) -> Axis:
        """With at most about `count` ticks."""
        found = (
            ticks.powers(self.span, count, self.kind)
            if self.log
            else ticks.linear(self.span, count, self.kind, zone)
        )
        return replace(self, ticks=found)


def settled(before: Axis | None, values: Range | None, count: float, *, log: bool, kind: XKind) -> Axis:
    """An axis for values from low to high: the one before, as long as they lie within it and fill it.

    None for values means that there are none.
    """
    if values is None:
        keep = before is not None and (before.log, before.kind) == (log, kind)
        return (
            before if keep and before is not None else Axis(*((0.1, 1.0) if log else (0.0, 1.0)), log, kind)
        )
    if before is not None and (before.log, before.kind) == (log, kind) and _still_fits(before, values):
        return before
    low, high = values
    if log:
        narrow = ticks.rounded(low, high, count, kind) if high < NARROW * low else (0.0, 0.0)
        return Axis(*(narrow if narrow[0] > 0 else ticks.rounded_powers(low, high)), log=True, kind=kind)
    is_early = low <= NEAR_ZERO * high or low == high  # a first point is seen at the end of what led to it
    if kind in {"step", "epoch", "relative"} and low >= 0 and is_early:
        low = 0.0
    return Axis(*ticks.rounded(low, high, count, kind), log=False, kind=kind)


def _still_fits(axis: Axis, values: Range) -> bool:
    low, high = axis.shares(np.array(values))
    inside = low >= -ticks.ALMOST and high <= 1 + ticks.ALMOST
    return bool(inside and (high - low >= EMPTY or values[0] == values[1]))
