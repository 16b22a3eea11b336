"""Who is who, and what they are at the cursor: the lines of a legend."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from fashiontui.tui.charts import numbers
from fashiontui.tui.charts.cells import FAINT, MUTED, STRONG, TEXT, Cells, Ink, Tone, fitted, width_of
from fashiontui.tui.charts.curves import Curve, index_at, value_at
from fashiontui.tui.charts.palette import Charset, sign
from fashiontui.tui.fitting import fitted_apart

LONGEST_NAME: Final = 28
GAP: Final = 2
SHORTEST_NAME: Final = 4
SMOOTHED: Final = "smooth"


@dataclass(frozen=True, slots=True)
class Entry:
    """One curve's line."""

    sign: str
    colour: int
    name: str
    value: str  # as it was logged, also where the curve is smoothed
    smoothed: str = ""
    at: str = ""  # where its point is, if not at the cursor itself
    label: str = ""  # of a scatter's point


def entries(
    curves: Sequence[Curve], cursor: float | None, charset: Charset, *, smoothed: bool = False
) -> tuple[Entry, ...]:
    """A line for each curve that is not another's raw shadow: its last value as logged, or the one at the cursor.

    What the curve is there, where that is smoothed, is given at a cursor, and with `smoothed` always.
    """
    raws = {(curve.name, curve.colour, curve.marker): curve for curve in curves if curve.dim}
    solid = [curve for curve in curves if not curve.dim]
    return tuple(
        _entry(
            curve,
            raws.get((curve.name, curve.colour, curve.marker)),
            cursor,
            charset,
            smoothed=smoothed or cursor is not None,
        )
        for curve in solid
    )


def _entry(
    curve: Curve, raw: Curve | None, cursor: float | None, charset: Charset, *, smoothed: bool
) -> Entry:
    at = math.inf if cursor is None else cursor
    place = index_at(curve, at)
    entry = Entry(sign(curve.marker, charset), curve.colour, curve.name, "-" if curve.joined else "")
    if place is None or (cursor is None and not curve.joined):
        return entry
    x, value = float(curve.xs[place]), numbers.exact(float(curve.ys[place]))
    logged = None if raw is None else _logged(raw, curve, place, at)
    is_off = cursor is not None and x != cursor
    return replace(
        entry,
        value=value if logged is None else numbers.exact(logged),
        smoothed=value if smoothed and logged is not None else "",
        at=f"@{numbers.at(x, curve.x).removeprefix(curve.x).strip()}" if is_off else "",
        label=curve.labels[place] if curve.labels else "",
    )


def _logged(raw: Curve, curve: Curve, place: int, at: float) -> float | None:
    """The value behind a smoothed curve; in a long one it takes a while to find a place anew."""
    if raw.xs is curve.xs:
        return float(raw.ys[place])
    found = value_at(raw, at)
    return None if found is None else found[1]


def line(sheet: Cells, x: int, y: int, shown: Sequence[Entry], head: str) -> int:
    """All in one row, as many as there is room for; gives back how many. Smoothed values where all have room."""
    if head:
        x = sheet.put(x, y, head, STRONG) + GAP
    names = fitted_apart([entry.name for entry in shown], LONGEST_NAME)
    smooth = [
        f"{SMOOTHED} {entry.smoothed}" if entry.smoothed not in ("", entry.value) else "" for entry in shown
    ]
    wide = [_cells_of(entry, name, more) for entry, name, more in zip(shown, names, smooth, strict=True)]
    if x + sum(wide) + GAP * (len(wide) - 1) > sheet.width:
        smooth = [""] * len(smooth)
    for number, (entry, name, smoothed) in enumerate(zip(shown, names, smooth, strict=True)):
        rest = len(shown) - number - 1
        more = f"+{rest} more" if rest else ""
        needed = _cells_of(entry, name, smoothed) + bool(rest) * GAP + len(more)
        if x + needed > sheet.width:
            sheet.put(x, y, fitted(f"+{rest + 1} more", sheet.width - x), MUTED)
            return number
        x = sheet.put(x, y, entry.sign, Ink(Tone.CURVE, entry.colour)) + 1
        x = sheet.put(x, y, name, TEXT) + 1
        x = sheet.put(x, y, entry.value, STRONG)
        for part, tone in ((entry.at, FAINT), (smoothed, MUTED)):
            x = sheet.put(x + 1, y, part, tone) if part else x
        x += GAP
    return len(shown)


def _cells_of(entry: Entry, name: str, smoothed: str) -> int:
    """How wide a curve's part of a row is."""
    return 2 + width_of(name) + sum(1 + len(part) for part in (entry.value, entry.at, smoothed) if part)


@dataclass(frozen=True, slots=True)
class Table:
    """A legend as a table: how wide each of its columns is."""

    entries: tuple[Entry, ...]
    head: str
    name: int
    value: int
    smoothed: int
    at: int

    @property
    def width(self) -> int:
        """In cells."""
        return 2 + self.name + sum(1 + column for column in (self.value, self.smoothed, self.at) if column)


def table(shown: tuple[Entry, ...], head: str, width: int) -> Table:
    """The table, within a width: first smoothed values go, then names are cut, then where points are goes."""
    value = max((len(entry.value) for entry in shown), default=0)
    smoothed = max((len(entry.smoothed) for entry in shown), default=0)
    off = max((len(entry.at) for entry in shown), default=0)
    smoothed = max(smoothed, len(SMOOTHED)) if smoothed else 0
    name = min(LONGEST_NAME, max([width_of(entry.name) for entry in shown] + [width_of(head) - 2]))
    columns = ((smoothed, off, SHORTEST_NAME * 3), (0, off, SHORTEST_NAME), (0, 0, 0))
    for smoothed_kept, off_kept, least in columns:
        room = width - 2 - sum(1 + column for column in (value, smoothed_kept, off_kept) if column)
        if room >= min(name, least):
            break
    return Table(shown, head, max(SHORTEST_NAME, min(name, room)), value, smoothed_kept, off_kept)


def draw(sheet: Cells, found: Table, x: int, y: int, height: int) -> None:
    """The table at a place, in so many rows; what does not fit is counted."""
    if found.head or found.smoothed:
        sheet.put(x, y, fitted(found.head, found.width), STRONG)
        if found.smoothed:
            sheet.put(x + found.width - found.at - bool(found.at) - len(SMOOTHED), y, SMOOTHED, MUTED)
        y, height = y + 1, height - 1
    fits = len(found.entries) <= height
    shown = found.entries[: height if fits else height - 1]
    names = fitted_apart([entry.label or entry.name for entry in shown], found.name)
    for entry, name in zip(shown, names, strict=True):
        _row(sheet, found, replace(entry, name=name), x, y)
        y += 1
    if not fits and height > 0:
        sheet.put(x, y, f"+{len(found.entries) - height + 1} more", MUTED)


def _row(sheet: Cells, found: Table, entry: Entry, x: int, y: int) -> None:
    sheet.put(x, y, entry.sign, Ink(Tone.CURVE, entry.colour))
    sheet.put(x + 2, y, entry.name, TEXT)
    x += 2 + found.name + 1
    sheet.put(x, y, entry.value.rjust(found.value), STRONG)
    x += found.value + 1
    if found.smoothed:
        sheet.put(x, y, entry.smoothed.rjust(found.smoothed), MUTED)
        x += found.smoothed + 1
    if found.at:
        sheet.put(x, y, entry.at, FAINT)
