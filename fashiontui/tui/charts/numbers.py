"""Numbers, durations and moments, as charts write them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final

from fashiontui.tui.charts.view import XKind

MINUTE: Final = 60.0
HOUR: Final = 3600.0
DAY: Final = 86400.0
LARGE: Final = 1e5
SMALL: Final = 1e-3
SHORT: Final = 6  # digits up to which a label is not worth an exponent
MOST_DIGITS: Final = 15
ALMOST: Final = 1e-12
SUFFIXES: Final = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def exact(value: float) -> str:
    """A value in a table: four digits that matter, at most ten characters."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    size = abs(value)
    if size and (size >= LARGE or size < SMALL):
        return f"{value:.3e}"
    if value == int(value) and size >= 1:
        return f"{value:.0f}"
    return f"{value:.{max(0, min(4, 4 - len(str(int(size)))) if size >= 10 else 4)}f}"  # noqa: PLR2004


def plain(values: Sequence[float], step: float) -> list[str]:
    """Labels of a linear axis with ticks every `step`: as many digits as tell them apart, in one way for all."""
    decimals = min(MOST_DIGITS, max(0, -math.floor(math.log10(step) + ALMOST)))
    fixed = [_unsigned_zero(f"{value:.{decimals}f}") for value in values]
    if max(map(_size, fixed), default=0) <= SHORT:
        return fixed
    return min(
        fixed, [_scientific(value, step) for value in values], key=lambda labels: max(map(_size, labels))
    )


def _size(label: str) -> int:
    return len(label.lstrip("-"))


def _unsigned_zero(label: str) -> str:
    return label if float(label) else label.lstrip("-")


def _scientific(value: float, step: float) -> str:
    if abs(value) < step / 2:
        return "0"
    exponent = math.floor(math.log10(abs(value)) + ALMOST)
    decimals = min(MOST_DIGITS, max(0, exponent - math.floor(math.log10(step) + ALMOST)))
    mantissa, _, power_of_ten = f"{value:.{decimals}e}".partition("e")
    return f"{mantissa}e{int(power_of_ten)}"


def power(value: float) -> str:
    """A label of a logarithmic axis."""
    if SMALL <= value < LARGE / 10:
        return f"{value:g}"
    mantissa, _, exponent = f"{value:e}".partition("e")
    return f"{float(mantissa):g}e{int(exponent)}"


def count(value: float) -> str:
    """A label of whole numbers: 500, 1.5k, 20k, 2.5M."""
    for unit, suffix in SUFFIXES:
        if abs(value) >= unit and math.isclose(round(value / unit, 2) * unit, value, rel_tol=ALMOST):
            return f"{value / unit:.2f}".rstrip("0").rstrip(".") + suffix
    return _unsigned_zero(f"{value:.0f}")


def duration(seconds: float) -> str:
    """A length of time, in its two largest units: 45s, 3m 20s, 2h 5m, 3d 4h."""
    if seconds < 0:
        return "-" + duration(-seconds)
    if seconds < MINUTE:
        return f"{seconds:.3g}s"
    for size, name, below, below_name in (
        (DAY, "d", HOUR, "h"), (HOUR, "h", MINUTE, "m"), (MINUTE, "m", 1.0, "s")
    ):  # fmt: skip
        if seconds >= size:
            rest = int(seconds % size // below)
            return f"{int(seconds // size)}{name}" + (f" {rest}{below_name}" if rest else "")
    raise AssertionError(seconds)


def moment(seconds: float, zone: tzinfo | None = None, *, form: str = "%d %b %H:%M:%S") -> str:
    """A time since 1970, on this machine's clock unless a zone is named."""
    try:
        return datetime.fromtimestamp(seconds, tz=zone).strftime(form).lstrip("0" if form[1] == "d" else "")
    except (OverflowError, ValueError, OSError):
        return f"{seconds:.3g}s"


def at(x: float, kind: XKind, zone: tzinfo | None = None) -> str:
    """Where the cursor is: `epoch 27`, `step 13400`, `3m 20s`."""
    if kind == "wall":
        return moment(x, zone)
    if kind == "relative":
        return duration(round(x, 1) if x < MINUTE else round(x))
    digits = (
        f"{x:.0f}" if x == round(x) else f"{x:.2f}".rstrip("0").rstrip(".") if abs(x) < LARGE else f"{x:.0f}"
    )
    return f"{kind} {digits}" if kind != "value" else exact(x)
