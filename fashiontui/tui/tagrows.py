"""The list of all curves and texts of a run. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from fashiontui.tfevents.series import ScalarSeries
from fashiontui.tui.charts.numbers import exact
from fashiontui.tui.fitting import fitted_ends
from fashiontui.tui.widgets.sheet import GAP, Cell, Column, Row

VALUE_WIDTH: Final = 10
LEAST_NAME: Final = 12
TEXT: Final = "text"


def matching(tags: Sequence[str], words: str) -> list[str]:
    """Tags that contain all words, upper and lower case alike."""
    wanted = words.lower().split()
    return [tag for tag in tags if all(word in tag.lower() for word in wanted)]


def tag_columns(width: int) -> tuple[Column, ...]:
    """The name has what room there is."""
    name = max(LEAST_NAME, width - VALUE_WIDTH - GAP)
    return (Column("tag", "tag", name, right=False), Column("last", "last", VALUE_WIDTH))


def tag_rows(
    tags: Sequence[str],
    scalars: Mapping[str, ScalarSeries],
    pinned: Collection[str],
    width: int,
    *,
    is_ascii: bool,
) -> tuple[Row, ...]:
    """A row a tag, in so many cells, with its last value, or that it is a text; a sign where it is kept in the chart."""
    sign = "* " if is_ascii else "● "
    return tuple(
        (
            Cell(
                (sign if tag in pinned else "  ") + fitted_ends(tag, width - len(sign)),
                "strong" if tag in pinned else "plain",
            ),
            Cell(_last(scalars.get(tag)), "muted"),
        )
        for tag in tags
    )


def _last(series: ScalarSeries | None) -> str:
    return TEXT if series is None else "" if series.last is None else exact(series.last)
