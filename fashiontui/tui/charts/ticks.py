"""Round places for an axis' labels, and round bounds for the axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from fashiontui.tui.charts import numbers
from fashiontui.tui.charts.numbers import DAY, HOUR, MINUTE
from fashiontui.tui.charts.view import Range, XKind

TIMES: Final = (
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0,
    MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
    HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY,
)  # fmt: skip
LOG_TIMES: Final = (
    *(10.0**power for power in range(-9, 2)), MINUTE, 10 * MINUTE, HOUR, 10 * HOUR, *(DAY * 10.0**power for power in range(9)),
)  # fmt: skip
ALMOST: Final = 1e-9
ALONE: Final = 0.1  # of a value that is the only one: the room above and below it
LARGEST: Final = 1e300
SMALLEST: Final = 1e-290
FINEST: Final = 1e-9  # of the values' size: closer ones are drawn as one
SHORTEST_S: Final = 10.0  # that a clock's axis spans: its labels are whole seconds
DECADES_FOR_POWERS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A label at a value."""

    value: float
    label: str


def step_for(width: float, count: float, *, whole: bool = False) -> float:
    """The smallest of 1, 2, 5 × 10ⁿ that divides a width into at most `count` parts."""
    wanted = max(width / max(count, 1), 1e-300)
    size = 10.0 ** math.floor(math.log10(wanted))
    step = next(factor * size for factor in (1, 2, 5, 10) if factor * size >= wanted * (1 - ALMOST))
    return max(step, 1.0) if whole else step


def time_step_for(width: float, count: float) -> float:
    """The same for seconds: whole minutes, hours and days where there are as many."""
    wanted = width / max(count, 1)
    if wanted <= TIMES[0]:
        return step_for(width, count)
    return next((step for step in TIMES if step >= wanted), DAY * step_for(width / DAY, count, whole=True))


def step_of(span: Range, count: float, kind: XKind) -> float:
    """How far apart an axis' ticks are."""
    width = span[1] - span[0]
    if kind in {"wall", "relative"}:
        return time_step_for(width, count)
    return step_for(width, count, whole=kind in {"step", "epoch"} and width > 1)


def opened(low: float, high: float, kind: XKind = "value") -> Range:
    """A range that has a width: one value has room above and below; one moment, some seconds before and after."""
    low, high = (min(max(value, -LARGEST), LARGEST) for value in (low, high))
    if kind == "wall":
        room = max(0.0, SHORTEST_S - (high - low)) / 2
        return low - room, high + room
    if high - low > max(FINEST * max(abs(low), abs(high)), SMALLEST):
        return low, high
    if max(abs(low), abs(high)) <= SMALLEST:
        return -1.0, 1.0
    room = ALONE * max(abs(low), abs(high))
    return low - room, high + room


def rounded(low: float, high: float, count: float, kind: XKind = "value") -> Range:
    """Bounds around values, at half ticks; of steps and epochs, at whole ones."""
    low, high = opened(low, high, kind)
    step = step_of((low, high), count, kind)
    whole = kind in {"step", "epoch"} and step >= 1
    half = step if whole and step % 2 else step / 2
    return math.floor(low / half + ALMOST) * half, math.ceil(high / half - ALMOST) * half


def rounded_powers(low: float, high: float) -> Range:
    """Bounds around values above 0, at 1, 2 or 5 × 10ⁿ; what is closer to 0, or larger, than floats bear is left out."""
    low, high = (min(max(value, 1 / LARGEST), LARGEST) for value in (low, high))
    if high <= low * (1 + FINEST):
        low, high = low / 2, high * 2
    return _power_below(low), 1 / _power_below(1 / high)


def _power_below(value: float) -> float:
    size = 10.0 ** math.floor(math.log10(value) + ALMOST)
    return next(factor * size for factor in (5, 2, 1) if factor * size <= value * (1 + ALMOST))


def linear(span: Range, count: float, kind: XKind = "value", zone: tzinfo | None = None) -> tuple[Tick, ...]:
    """At most about `count` ticks within a span."""
    step = step_of(span, count, kind)
    shift = _from_utc(span[0], zone) if kind == "wall" else 0.0
    first, last = math.ceil((span[0] + shift) / step - ALMOST), math.floor((span[1] + shift) / step + ALMOST)
    values = [number * step - shift for number in range(first, last + 1)]
    return tuple(map(Tick, values, _labels(values, step, kind, zone)))


def _labels(values: Sequence[float], step: float, kind: XKind, zone: tzinfo | None) -> list[str]:
    if kind == "wall":
        return [numbers.moment(value, zone, form=_form(step)) for value in values]
    if kind == "relative":
        return [numbers.duration(round(value, 9)) for value in values]
    if kind in {"step", "epoch"} and step >= 1:
        return [numbers.count(value) for value in values]
    return numbers.plain(values, step)


def _form(step: float) -> str:
    return "%d %b" if step >= DAY else "%H:%M" if step >= MINUTE else "%H:%M:%S"


def _from_utc(moment: float, zone: tzinfo | None) -> float:
    try:
        offset = datetime.fromtimestamp(moment, tz=zone).astimezone(zone).utcoffset()
    except (OverflowError, ValueError, OSError):
        return 0.0
    return offset.total_seconds() if offset else 0.0


def powers(span: Range, count: float, kind: XKind = "value") -> tuple[Tick, ...]:
    """Ticks of a logarithmic axis: whole decades where there are enough, else 1, 2 and 5, else as on a linear one.

    Of times: 1 and 10 seconds, minutes and hours, a day.
    """
    if kind == "relative":
        return _powers_of_time(span, count)
    low, high = (math.log10(bound) for bound in span)
    decades = high - low
    if decades < DECADES_FOR_POWERS and not _factors(span, (1, 2, 5))[1:]:
        return linear(span, count)
    if decades > count:
        every = max(1, math.ceil(decades / max(count, 1)))
        exponents = range(math.ceil(low / every - ALMOST) * every, math.floor(high + ALMOST) + 1, every)
        return tuple(Tick(10.0**exponent, numbers.power(10.0**exponent)) for exponent in exponents)
    chosen = next((found for f in ((1, 2, 5), (1, 3)) if len(found := _factors(span, f)) <= count), None)
    return tuple(Tick(value, numbers.power(value)) for value in chosen or _factors(span, (1,)))


def _powers_of_time(span: Range, count: float) -> tuple[Tick, ...]:
    found = [time for time in LOG_TIMES if span[0] * (1 - ALMOST) <= time <= span[1] * (1 + ALMOST)]
    every = max(1, math.ceil(len(found) / max(count, 1)))
    chosen = tuple(Tick(time, numbers.duration(time)) for time in found[::every])
    return chosen if len(chosen) > 1 else linear(span, count, "relative")


def _factors(span: Range, factors: tuple[int, ...]) -> list[float]:
    exponents = range(math.floor(math.log10(span[0]) + ALMOST), math.floor(math.log10(span[1]) + ALMOST) + 1)
    values = [factor * 10.0**exponent for exponent in exponents for factor in factors]
    return [value for value in values if span[0] * (1 - ALMOST) <= value <= span[1] * (1 + ALMOST)]
