"""Tables of runs side by side: what differs between them, and what their layers are like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from rich.cells import cell_len

from fashiontui.analysis.compare import Comparison
from fashiontui.analysis.compare import Row as Compared
from fashiontui.analysis.table import ABSENT, BEST, delta_text, headings, value_text
from fashiontui.config.problems import printable
from fashiontui.tui.charts.palette import Charset, Look, sign
from fashiontui.tui.charts.sparkline import sparkline
from fashiontui.tui.comparing.shown import Shown
from fashiontui.tui.fitting import fitted_apart, fitted_ends
from fashiontui.tui.widgets.sheet import Cell, Column, Row

WIDEST_NAME: Final = 30
WIDEST_CELL: Final = 48
FEW: Final = 3  # runs, whose long settings are seen whole
WIDEST_RUN: Final = 22  # of a name; values have what they need
SIGN: Final = 2  # cells before a run's name
SPARK: Final = 12
PREFIX: Final = "layer_"
STATISTICS: Final = (
    "norm", "gradient_norm", "update_ratio", "distance_from_init", "mean", "std", "min", "max", "dead_units",
)  # fmt: skip


def comparison_sheet(
    comparison: Comparison, rows: Sequence[Compared], looks: Sequence[Look], charset: Charset
) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """A row a setting or result, a column a run; the best with its mark, Δ beside the value."""
    names = [Cell(printable(row.title), "muted" if row.kind != "result" else "plain") for row in rows]
    subjects = range(len(comparison.subjects))
    most = WIDEST_CELL if len(comparison.subjects) <= FEW else WIDEST_RUN
    texts = [_texts(rows, place, most) for place in subjects]
    widths = [max(WIDEST_RUN, _wide(text, WIDEST_CELL)) for text in texts]
    titles = fitted_apart(headings(comparison), min(widths, default=WIDEST_RUN) - SIGN)
    heads = [f"{sign(look.marker, charset)} {title}" for look, title in zip(looks, titles, strict=True)]
    columns = [Column("", "", _wide([cell.text for cell in names], WIDEST_NAME), right=False)]
    columns += [
        Column(
            comparison.subjects[place].key,
            heads[place],
            max(_wide([heads[place]], WIDEST_CELL), _wide(texts[place], WIDEST_CELL)),
            right=False,
        )
        for place in subjects
    ]
    cells = [
        (
            name,
            *(
                Cell(texts[place][number], "good" if row.cells[place].is_best else "plain")
                for place in subjects
            ),
        )
        for number, (name, row) in enumerate(zip(names, rows, strict=True))
    ]
    return tuple(columns), tuple(cells)


def _texts(rows: Sequence[Compared], place: int, most: int) -> list[str]:
    """A run's cells: value, Δ and mark stand below each other; what is no result has so many columns at most."""
    values = [value_text(row, row.cells[place]) for row in rows]
    deltas = [delta_text(row.cells[place].delta, row.unit) for row in rows]
    is_result = [row.kind == "result" for row in rows]
    wide = max(
        [cell_len(value) for value, result in zip(values, is_result, strict=True) if result], default=0
    )
    widest = max(map(len, deltas), default=0)
    gap = "  " if widest else ""
    return [
        f"{value}{' ' * (wide - cell_len(value))}{gap}{delta:>{widest}} {BEST if row.cells[place].is_best else ''}".rstrip()
        if row.kind == "result"
        else fitted_ends(value, min(most, cell_len(value)))
        for row, value, delta in zip(rows, values, deltas, strict=True)
    ]


def _wide(texts: Sequence[str], most: int) -> int:
    return min(most, max(map(cell_len, texts), default=0))


def statistics_of(shown: Sequence[Shown]) -> tuple[str, ...]:
    """The layer statistics that any of the runs has logged."""
    found = {
        tag.removeprefix(PREFIX).partition("/")[0]
        for run in shown
        for tag in run.view.scalars
        if tag.startswith(PREFIX)
    }
    return tuple(name for name in STATISTICS if name in found) + tuple(sorted(found - set(STATISTICS)))


def layer_sheet(
    shown: Sequence[Shown], statistic: str, charset: Charset
) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """A row a parameter, a column a run: its last value, and how it came to it."""
    begin = f"{PREFIX}{statistic}/"
    names = dict.fromkeys(
        tag.removeprefix(begin) for run in shown for tag in run.view.scalars if tag.startswith(begin)
    )
    labels = fitted_apart([run.label for run in shown], max(11 + SPARK, WIDEST_RUN) - SIGN)
    heads = [f"{sign(run.look.marker, charset)} {label}" for run, label in zip(shown, labels, strict=True)]
    columns = [
        Column(
            "",
            statistic.replace("_", " "),
            _wide([*map(printable, names), statistic], WIDEST_NAME),
            right=False,
        )
    ]
    columns += [
        Column(run.key, head, max(11 + SPARK, cell_len(head)), right=False)
        for run, head in zip(shown, heads, strict=True)
    ]
    rows = [
        (Cell(printable(name)), *(_layer_cell(run, begin + name, charset) for run in shown)) for name in names
    ]
    return tuple(columns), tuple(rows)


def _layer_cell(run: Shown, tag: str, charset: Charset) -> Cell:
    series = run.view.scalars.get(tag)
    if series is None:
        return Cell(ABSENT, "muted")
    finite = series.values[np.isfinite(series.values)]
    last = f"{series.values[-1]:.3g}" if len(series) else ABSENT
    return Cell(f"{last:>9}  {sparkline(finite, SPARK, charset)}")
