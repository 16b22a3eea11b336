"""Who is who, and what they are at the cursor: the lines of a legend."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Entry:
    """One curve's line."""

    sign: str
    colour: int
    name: str
    value: str
    raw: str = ""  # the value as logged, where `value` is smoothed
    at: str = ""  # where its point is, if not at the cursor itself
    label: str = ""  # of a scatter's point


def entries(
    curves: Sequence[Curve], cursor: float | None, charset: Charset, *, raw: bool = False
) -> tuple[Entry, ...]:
    """A line for each curve that is not another's raw shadow: its last value, or the one at the cursor.

    The raw value of what is smoothed is given at a cursor, and with `raw` always.
    """
    raws = {(curve.name, curve.colour, curve.marker): curve for curve in curves if curve.dim}
    solid = [curve for curve in curves if not curve.dim]
    shadows = [raws.get((c.name, c.colour, c.marker)) if raw or cursor is not None else None for c in solid]
    return tuple(_entry(*pair, cursor, charset) for pair in zip(solid, shadows, strict=True))


def _entry(curve: Curve, raw: Curve | None, cursor: float | None, charset: Charset) -> Entry:
    place = index_at(curve, cursor if cursor is not None else float("inf"))
    entry = Entry(sign(curve.marker, charset), curve.colour, curve.name, "-" if curve.joined else "")
    if place is None or (cursor is None and not curve.joined):
        return entry
    x = float(curve.xs[place])
    raw_found = value_at(raw, cursor if cursor is not None else float("inf")) if raw is not None else None
    is_off = cursor is not None and x != cursor
    return replace(
        entry,
        value=numbers.exact(float(curve.ys[place])),
        raw=numbers.exact(raw_found[1]) if raw_found else "",
        at=f"@{numbers.at(x, curve.x).removeprefix(curve.x).strip()}" if is_off else "",
        label=curve.labels[place] if curve.labels else "",
    )


def line(sheet: Cells, x: int, y: int, shown: Sequence[Entry], head: str) -> int:
    """All in one row, as many as there is room for; gives back how many. Raw values where there is room for all."""
    if head:
        x = sheet.put(x, y, head, STRONG) + GAP
    names = fitted_apart([entry.name for entry in shown], LONGEST_NAME)
    raws = [f"raw {entry.raw}" if entry.raw and entry.raw != entry.value else "" for entry in shown]
    wide = [_cells_of(entry, name, raw) for entry, name, raw in zip(shown, names, raws, strict=True)]
    if x + sum(wide) + GAP * (len(wide) - 1) > sheet.width:
        raws = [""] * len(raws)
    for number, (entry, name, raw) in enumerate(zip(shown, names, raws, strict=True)):
        rest = len(shown) - number - 1
        more = f"+{rest} more" if rest else ""
        needed = _cells_of(entry, name, raw) + bool(rest) * GAP + len(more)
        if x + needed > sheet.width:
            sheet.put(x, y, fitted(f"+{rest + 1} more", sheet.width - x), MUTED)
            return number
        x = sheet.put(x, y, entry.sign, Ink(Tone.CURVE, entry.colour)) + 1
        x = sheet.put(x, y, name, TEXT) + 1
        x = sheet.put(x, y, entry.value, STRONG)
        for part, tone in ((entry.at, FAINT), (raw, MUTED)):
            x = sheet.put(x + 1, y, part, tone) if part else x
        x += GAP
    return len(shown)


def _cells_of(entry: Entry, name: str, raw: str) -> int:
    """How wide a curve's part of a row is."""
    return 2 + width_of(name) + sum(1 + len(part) for part in (entry.value, entry.at, raw) if part)


@dataclass(frozen=True, slots=True)
class Table:
    """A legend as a table: how wide each of its columns is."""

    entries: tuple[Entry, ...]
    head: str
    name: int
    value: int
    raw: int
    at: int

    @property
    def width(self) -> int:
        """In cells."""
        return 2 + self.name + sum(1 + column for column in (self.value, self.raw, self.at) if column)


def table(shown: tuple[Entry, ...], head: str, width: int) -> Table:
    """The table, within a width: first where points are goes, then raw values, then names are cut."""
    value = max((len(entry.value) for entry in shown), default=0)
    raw = max((len(entry.raw) for entry in shown), default=0)
    off = max((len(entry.at) for entry in shown), default=0)
    raw = max(raw, len("raw")) if raw else 0
    name = min(LONGEST_NAME, max([width_of(entry.name) for entry in shown] + [width_of(head) - 2]))
    for raw_kept, off_kept in ((raw, off), (raw, 0), (0, 0)):
        room = width - 2 - sum(1 + column for column in (value, raw_kept, off_kept) if column)
        if room >= min(name, SHORTEST_NAME * 3):
            break
    return Table(shown, head, max(SHORTEST_NAME, min(name, room)), value, raw_kept, off_kept)


def draw(sheet: Cells, found: Table, x: int, y: int, height: int) -> None:
    """The table at a place, in so many rows; what does not fit is counted."""
    if found.head or found.raw:
        sheet.put(x, y, fitted(found.head, found.width), STRONG)
        if found.raw:
            sheet.put(x + found.width - found.at - bool(found.at) - len("raw"), y, "raw", MUTED)
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
    if found.raw:
        sheet.put(x, y, entry.raw.rjust(found.raw), MUTED)
        x += found.raw + 1
    if found.at:
        sheet.put(x, y, entry.at, FAINT)
