"""How a person wants to see a chart: x-axis, scales, smoothing, the part in view, the cursor."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

XKind = Literal["step", "epoch", "wall", "relative", "value"]
X_KINDS: Final[tuple[XKind, ...]] = ("epoch", "step", "relative", "wall")  # "value": what a scatter has

SMOOTHINGS: Final = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99)
ZOOM: Final = 0.5
PAN: Final = 0.25
CLOSEST: Final = 1e-6  # of the whole range

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ChartView:
    """A view of curves. Its methods return changed copies."""

    x: XKind = "epoch"  # where a run does not say its epochs, its curves are over steps
    log_x: bool = False  # of a scatter
    log_y: bool = False
    smoothing: float = 0.6  # as TensorBoard's: 0 none, below 1
    clip_outliers: bool = False
    window: Range | None = None  # None: everything
    cursor: float | None = None
    maximised: bool = False

    def next_x(self) -> ChartView:
        """Over the next kind of x; the part in view and the cursor mean nothing there."""
        place = X_KINDS.index(self.x) if self.x in X_KINDS else -1
        return replace(self, x=X_KINDS[(place + 1) % len(X_KINDS)], window=None, cursor=None)

    def smoother(self) -> ChartView:
        """Smoothed one level more."""
        return replace(self, smoothing=next((s for s in SMOOTHINGS if s > self.smoothing), SMOOTHINGS[-1]))

    def rougher(self) -> ChartView:
        """Smoothed one level less."""
        return replace(self, smoothing=next((s for s in SMOOTHINGS[::-1] if s < self.smoothing), 0.0))

    def zoomed(self, whole: Range, *, closer: bool) -> ChartView:
        """Half or twice as much in view, around the cursor, else around the middle; at most `whole`."""
        low, high = self.window or whole
        wide = (high - low) * (ZOOM if closer else 1 / ZOOM)
        if wide >= whole[1] - whole[0]:
            return replace(self, window=None)
        if wide < CLOSEST * (whole[1] - whole[0]):
            return self
        in_view = self.cursor is not None and low <= self.cursor <= high
        centre = self.cursor if in_view and self.cursor is not None else low / 2 + high / 2
        start = centre - (centre - low) * wide / (high - low)
        return replace(self, window=_within((start, start + wide), whole))

    def panned(self, whole: Range, direction: int) -> ChartView:
        """A quarter of what is in view further on (1) or back (-1)."""
        if self.window is None:
            return self
        low, high = self.window
        shift = direction * PAN * (high - low)
        return replace(self, window=_within((low + shift, high + shift), whole))

    def pointed(self, cursor: float | None) -> ChartView:
        """With the cursor at an x; what is in view follows it."""
        if cursor is None or self.window is None or self.window[0] <= cursor <= self.window[1]:
            return replace(self, cursor=cursor)
        low, high = self.window
        shift = cursor - high if cursor > high else cursor - low
        return replace(self, cursor=cursor, window=(low + shift, high + shift))

    def remembered(self) -> dict[str, Any]:
        """What is worth keeping until the next time, of whatever curves, ready for JSON."""
        kept = asdict(self)
        for passing in ("window", "cursor", "maximised"):
            del kept[passing]
        return kept

    def place(self, of: object) -> dict[str, Any]:
        """Where one is in some curves; `of` says in which. Ready for JSON."""
        return {"of": of, "window": self.window, "cursor": self.cursor}

    def placed(self, kept: object, of: object) -> ChartView:
        """Where one was in those curves; in others, everything is in view."""
        place = kept if isinstance(kept, dict) and kept.get("of") == of else {}
        return replace(self, window=_window(place.get("window")), cursor=_number(place.get("cursor")))

    @classmethod
    def recalled(cls, kept: Mapping[str, Any]) -> ChartView:
        """The view that was remembered; what makes no sense in it is as at first."""
        view = cls()
        flags = {
            name: kept[name]
            for name in ("log_x", "log_y", "clip_outliers")
            if isinstance(kept.get(name), bool)
        }
        x = next((kind for kind in X_KINDS if kind == kept.get("x")), view.x)
        smoothing = next((level for level in SMOOTHINGS if level == kept.get("smoothing")), view.smoothing)
        return replace(view, x=x, smoothing=smoothing, **flags)


def _window(kept: object) -> Range | None:
    ends = [_number(end) for end in kept] if isinstance(kept, list) else []
    match ends:
        case [float(low), float(high)] if low < high:
            return low, high
    return None


def _number(kept: object) -> float | None:
    if not isinstance(kept, int | float) or isinstance(kept, bool):
        return None
    try:
        return float(kept) if math.isfinite(kept) else None
    except OverflowError:  # a whole number beyond all floats
        return None


def _within(window: Range, whole: Range) -> Range:
    """The window, moved so that it does not leave the whole; as wide as it was."""
    low, high = window
    shift = max(0.0, whole[0] - low) - max(0.0, high - whole[1])
    return (low + shift, high + shift) if math.isfinite(shift) else whole
