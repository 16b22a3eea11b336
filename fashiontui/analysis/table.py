"""A comparison in words: the text of each value, of its Δ and of its mark, the same wherever it is shown."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, Final

from fashiontui.analysis.compare import Cell, Comparison, Row
from fashiontui.analysis.numbers import four_digits
from fashiontui.config.problems import printable

ABSENT: Final = "–"
BEST: Final = "▲"
BASELINE: Final = "★"
CSV_COLUMNS: Final = ("kind", "key", "better", "run", "value", "std", "delta", "best", "runs")
COMMIT: Final = 9  # of its digits
MINUTE: Final = 60
HOUR: Final = 3600


def duration(seconds: float) -> str:
    """`8.3s`, `41s`, `2m 05s`, `1h 02m`: short, and the same width for like times."""
    if round(seconds, 1) < 10:  # noqa: PLR2004 - where tenths matter
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole}s"
    if whole < HOUR:
        return f"{whole // MINUTE}m {whole % MINUTE:02}s"
    minutes = round(seconds / MINUTE)
    return f"{minutes // MINUTE}h {minutes % MINUTE:02}m"


def number_text(value: float, unit: str) -> str:
    """A result in the digits and the unit that suit it."""
    if unit == "seconds":
        return duration(value)
    if unit == "count":
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
    if unit == "rate":
        return f"{value:,.0f}/s"
    return four_digits(value)


def delta_text(delta: float | None, unit: str) -> str:
    """By how much it differs, with its sign; empty for the baseline and where nothing is known."""
    if delta is None:
        return ""
    size = number_text(abs(delta), unit)
    is_none = size == number_text(0.0, unit)  # as far as is told
    return f"{'±' if is_none else '-' if delta < 0 else '+'}{size}"


def setting_text(value: Any) -> str:
    """A setting as a person would say it; without control characters."""
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(setting_text(each) for each in value) or "none"
    if isinstance(value, float):
        return f"{value:g}"
    return printable(value if isinstance(value, str) else json.dumps(value, default=str))


def value_text(row: Row, cell: Cell) -> str:
    """A cell's value, how much it varies between seeds, and how many of them have it, where not all do."""
    if row.kind != "result" or cell.value is None:
        text = setting_text(cell.value)
        return text[:COMMIT] if row.key == "commit" else text
    is_fixed = cell.std is None or (
        row.unit == "count" and not cell.std
    )  # parameters are as many for every seed
    spread = "" if is_fixed else f" ±{number_text(cell.std or 0.0, row.unit)}"
    of = f" ({cell.runs} of {cell.runs + cell.lacking})" if cell.lacking else ""
    return f"{number_text(cell.value, row.unit)}{spread}{of}"


def headings(comparison: Comparison) -> list[str]:
    """The subjects' names; the baseline's with its star."""
    return [
        f"{BASELINE} {printable(subject.label)}" if index == comparison.baseline else printable(subject.label)
        for index, subject in enumerate(comparison.subjects)
    ]


def markdown(comparison: Comparison, rows: Sequence[Row]) -> str:
    """As a Markdown table: the best in bold, Δ in brackets."""
    lines = [
        ["", *map(_escaped, headings(comparison))],
        ["---", *("---:" for _ in comparison.subjects)],
        *([_escaped(row.title), *(_markdown_cell(row, cell) for cell in row.cells)] for row in rows),
    ]
    notes = [f"{note}  " for note in map(_escaped, comparison.notes)]
    table = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([*table, *([""] if notes else []), *notes]) + "\n"


def _markdown_cell(row: Row, cell: Cell) -> str:
    text = _escaped(value_text(row, cell))
    delta = delta_text(cell.delta, row.unit)
    bold = f"**{text}**" if cell.is_best else text
    return f"{bold} ({delta})" if delta else bold


def comparison_csv(comparison: Comparison, rows: Sequence[Row]) -> str:
    """A line for each value of each subject; of results also Δ, whether it is the best, and of how many runs it is."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(CSV_COLUMNS)
    for row in rows:
        for subject, cell in zip(comparison.subjects, row.cells, strict=True):
            value = cell.value if row.kind == "result" or cell.value is None else setting_text(cell.value)
            names = row.kind, printable(row.key), row.better or "", printable(subject.label)
            runs = cell.runs if row.kind == "result" and cell.value is not None else ""
            lines.writerow((*names, value, cell.std, cell.delta, "yes" if cell.is_best else "", runs))
    return out.getvalue()


def _escaped(text: str) -> str:
    """So that a name stays a name in Markdown."""
    return "".join(f"\\{char}" if char in r"\`*_[]<>|#~" else char for char in printable(text))
