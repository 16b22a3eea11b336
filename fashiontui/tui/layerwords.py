"""The table of layers: which columns there is room for, and what stands in them. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

from fashiontui.analysis.health import Health, Verdict
from fashiontui.analysis.tracks import Track
from fashiontui.config.problems import printable
from fashiontui.tui.charts.palette import Charset
from fashiontui.tui.charts.sparkline import sparkline
from fashiontui.tui.widgets.sheet import GAP, Cell, Column, Row

WARNING: Final = {"braille": "⚠", "block": "⚠", "ascii": "!"}
ABSENT: Final = {"braille": "–", "block": "–", "ascii": "-"}
NAME_WIDTHS: Final = (12, 24)
SPARK_WIDTHS: Final = (8, 40)


@dataclass(frozen=True, slots=True)
class Statistic:
    """A column of numbers."""

    key: str
    title: str
    width: int


STATISTICS: Final = (
    Statistic("mean", "mean", 8),
    Statistic("std", "std", 7),
    Statistic("norm", "norm", 7),
    Statistic("gradient_norm", "grad norm", 9),
    Statistic("update_ratio", "upd/weight", 10),
    Statistic("distance_from_init", "from init", 9),
    Statistic("dead_units", "dead", 5),
)
BY_IMPORTANCE: Final = (
    "update_ratio", "gradient_norm", "dead_units", "norm", "mean", "std", "distance_from_init",
)  # fmt: skip
HEALTH: Final = "health"
TREND: Final = "trend"


def usual(tracks: Sequence[Track]) -> str:
    """The statistic whose trend is shown unless the cursor is in another column: the most telling that was measured."""
    known = {key for track in tracks for key in track.values}
    return next((key for key in BY_IMPORTANCE if key in known), BY_IMPORTANCE[0])


def layer_columns(tracks: Sequence[Track], width: int, shown: str) -> tuple[Column, ...]:
    """All columns: in their usual order where there is room for all, else the telling ones first.

    `shown` is the statistic whose trend is drawn.
    """
    names = [cell_len(printable(track.name)) for track in tracks]
    name = Column("name", "parameter", min(max(NAME_WIDTHS[0], *names, 0), NAME_WIDTHS[1]), right=False)
    health = Column(HEALTH, "health", 11, right=False)
    known = {key for track in tracks for key in track.values}
    numbers = {each.key: Column(each.key, each.title, each.width) for each in STATISTICS if each.key in known}
    taken = sum(column.width + GAP for column in (name, health, *numbers.values()))
    spare = width - taken
    size = max(SPARK_WIDTHS[0], min(spare, SPARK_WIDTHS[1]))
    trend = Column(TREND, _trend_title(shown, size), size)
    if spare >= SPARK_WIDTHS[0]:
        return (name, *numbers.values(), trend, health)
    ordered = [numbers[key] for key in BY_IMPORTANCE if key in numbers]
    return (name, health, *ordered[:2], trend, *ordered[2:])


def _trend_title(shown: str, width: int) -> str:
    title = next((f"{each.title} so far" for each in STATISTICS if each.key == shown), "")
    return title if 0 < len(title) <= width else "so far"


def layer_rows(
    tracks: Sequence[Track],
    verdicts: Mapping[str, Verdict],
    columns: Sequence[Column],
    shown: str,
    charset: Charset,
) -> tuple[Row, ...]:
    """A row for each parameter."""
    return tuple(
        tuple(_cell(track, verdicts.get(track.name), column, shown, charset) for column in columns)
        for track in tracks
    )


def _cell(track: Track, verdict: Verdict | None, column: Column, shown: str, charset: Charset) -> Cell:
    if column.key == "name":
        return Cell(printable(track.name))
    if column.key == HEALTH:
        return health_cell(verdict, charset)
    if column.key == TREND:
        return Cell(sparkline(track.series(shown), column.width, charset), "muted")
    value = track.last(column.key)
    text = number(column.key, value, charset)
    return Cell(f"≈{text}" if track.is_estimated and charset != "ascii" else text)


def health_cell(verdict: Verdict | None, charset: Charset) -> Cell:
    """The word, and a sign where someone should look."""
    if verdict is None or verdict.health is Health.UNKNOWN:
        return Cell(ABSENT[charset], "muted")
    if verdict.health.is_bad:
        return Cell(f"{verdict.health.value} {WARNING[charset]}", "bad")
    return Cell(verdict.health.value, "good" if verdict.health is Health.LEARNING else "muted")


def number(statistic: str, value: float, charset: Charset = "braille") -> str:
    """A value in the digits that suit its statistic."""
    if math.isnan(value):
        return ABSENT[charset]
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if statistic == "dead_units":
        return f"{value:.0%}"
    if statistic in ("gradient_norm", "update_ratio"):
        return f"{value:.1e}"
    size = abs(value)
    if size and not 1e-4 <= size < 1e4:  # noqa: PLR2004 - what fits the column
        return f"{value:.1e}"
    return f"{value:.{4 if size < 1 else 2}f}"
