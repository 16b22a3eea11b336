"""A comparison written out: a table for people, JSON lines for scripts.

JSON, one object a run: `name` tells it from the others; `settings`, `setup` and `results` hold what differs (all, with
--all); `std` and `runs` are there where seeds were folded; `delta` is to the baseline's result; `best` lists the
results in which no other run is better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from fashiontui.analysis.compare import Cell, Comparison, Row
from fashiontui.analysis.table import BEST, delta_text, headings, value_text
from fashiontui.cli.table import Line, cells, padded
from fashiontui.config.problems import printable

GAP: Final = "  "


def lines(comparison: Comparison, rows: Sequence[Row], width: int | None) -> list[Line]:
    """The table; where not all runs fit beside each other, the others follow below. None: as wide as need be."""
    if not rows:
        return [((note, "dim"),) for note in map(printable, comparison.notes)]
    titles = ["", *(printable(row.title) for row in rows)]
    names = _padded_all(titles)
    columns = [_column(comparison, rows, place) for place in range(len(comparison.subjects))]
    written: list[Line] = []
    while columns:
        taken = _fitting(columns, None if width is None else width - cells(names[0]))
        block, columns = columns[:taken], columns[taken:]
        written += [] if not written else [()]
        written += _block(names, block, rows)
    return [*written, *(((note, "dim"),) for note in map(printable, comparison.notes))]


Column = list[tuple[tuple[str, str], ...]]  # a heading and a cell for each row, all of them equally wide


def _column(comparison: Comparison, rows: Sequence[Row], place: int) -> Column:
    values = _padded_all([value_text(row, row.cells[place]) for row in rows])
    deltas = _padded_all([delta_text(row.cells[place].delta, row.unit) for row in rows], right=True)
    marks = [BEST if row.cells[place].is_best else " " for row in rows]
    if not deltas[0]:
        deltas, gap = [""] * len(rows), ""
    else:
        gap = GAP
    texts = [f"{value}{gap}{delta} " for value, delta in zip(values, deltas, strict=True)]
    heading, width = headings(comparison)[place], cells(texts[0]) + 1
    wide = max(width, cells(heading))
    column: Column = [((padded(heading, wide), "bold"),)]
    for text, mark in zip(texts, marks, strict=True):
        style = "green" if mark == BEST else ""
        column.append(((text + mark, style), (" " * (wide - width), "")))
    return column


def _fitting(columns: Sequence[Column], room: int | None) -> int:
    """How many columns there is room for; at least one."""
    if room is None:
        return len(columns)
    taken = 0
    for column in columns:
        room -= len(GAP) + sum(cells(text) for text, _ in column[0])
        if room < 0:
            break
        taken += 1
    return max(1, taken)


def _block(names: Sequence[str], columns: Sequence[Column], rows: Sequence[Row]) -> Iterator[Line]:
    """Headings, settings, setup and results, with a blank line between them."""
    for place, name in enumerate(names):
        if place > 1 and rows[place - 1].kind != rows[place - 2].kind:
            yield ()
        parts = [part for column in columns for part in ((GAP, ""), *column[place])]
        yield _without_blanks_behind([(name, ""), *parts])


def _without_blanks_behind(parts: list[tuple[str, str]]) -> Line:
    while parts and not parts[-1][0].strip():
        parts.pop()
    return (*parts[:-1], (parts[-1][0].rstrip(), parts[-1][1])) if parts else ()


def _padded_all(texts: Sequence[str], *, right: bool = False) -> list[str]:
    width = max(map(cells, texts))
    return [" " * (width - cells(text)) + text if right else padded(text, width) for text in texts]


def objects(comparison: Comparison, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """One a subject, with what the rows hold of it."""
    for place, subject in enumerate(comparison.subjects):
        cells_by_key = {kind: _of_kind(rows, kind, place) for kind in ("setting", "setup", "result")}
        results = cells_by_key["result"]
        yield {
            "key": subject.key,
            "name": subject.label,
            "experiment": subject.experiment,
            **({"runs": subject.members} if subject.members else {}),
            "baseline": place == comparison.baseline,
            "settings": {key: cell.value for key, cell in cells_by_key["setting"].items()},
            "setup": {key: cell.value for key, cell in cells_by_key["setup"].items()},
            "results": {key: cell.value for key, cell in results.items()},
            "std": {key: cell.std for key, cell in results.items() if cell.std is not None},
            "delta": {key: cell.delta for key, cell in results.items() if cell.delta is not None},
            "best": [key for key, cell in results.items() if cell.is_best],
            **_partial(results),
        }


def _partial(results: Mapping[str, Cell]) -> dict[str, dict[str, int]]:
    """How many of the subject's runs a mean is of, where it is not of all."""
    partial = {key: cell.runs for key, cell in results.items() if cell.value is not None and cell.lacking}
    return {"partial": partial} if partial else {}


def _of_kind(rows: Sequence[Row], kind: str, place: int) -> dict[str, Cell]:
    return {row.key: row.cells[place] for row in rows if row.kind == kind}
