"""`fashiontui metrics`: the scalars of any TensorBoard log, as a table, CSV or JSON lines."""

from __future__ import annotations

import csv
import fnmatch
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, TextIO

import numpy as np

from fashiontui.config.problems import nearest
from fashiontui.errors import UnknownNameError
from fashiontui.tfevents.reader import RunReader, find_runs
from fashiontui.tfevents.series import ScalarSeries

Output = Literal["table", "csv", "json"]
COLUMNS = ("tag", "points", "first step", "last step", "last", "lowest", "at step", "highest", "at step")


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement; `run` is the folder, relative to the path asked for."""

    run: str
    tag: str
    step: int
    wall_time: float
    value: float


def run_metrics(path: Path, *, tag_globs: Sequence[str], output: Output, out: TextIO, err: TextIO) -> None:
    """Print the scalars below `path` (a file, a run, or a tree of runs) to `out`; what can't be read, to `err`.

    Raises EventFileError where there are no event files, UnknownNameError where no tag matches.
    """
    runs = {_name(folder, path): _read(folder, err) for folder in find_runs(path)}
    chosen = {name: _matching(reader, tag_globs) for name, reader in runs.items()}
    if tag_globs and not any(chosen.values()):
        raise _no_such_tag(tag_globs, runs.values())
    if output == "table":
        for name, series in chosen.items():
            _print_table(name, series, out)
    elif output == "csv":
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(Point.__slots__)
        writer.writerows(asdict(point).values() for point in _points(chosen))
    else:
        out.writelines(json.dumps(_json_facts(point)) + "\n" for point in _points(chosen))


def _name(folder: Path, path: Path) -> str:
    if folder == path:
        return folder.name
    return str(folder.relative_to(path))


def _read(folder: Path, err: TextIO) -> RunReader:
    reader = RunReader(folder)
    while reader.poll():
        pass
    err.writelines(
        f"{printable(str(item.path))}: damaged at byte {item.damage.offset}, "
        f"{item.damage.size_bytes} bytes skipped; the rest was read\n"
        for item in reader.damage
    )
    if reader.unreadable_records:
        err.write(f"{printable(str(folder))}: {reader.unreadable_records} records hold no events, skipped\n")
    return reader


def _matching(reader: RunReader, globs: Sequence[str]) -> list[ScalarSeries]:
    tags = sorted(reader.scalars)
    if globs:
        tags = [tag for tag in tags if any(fnmatch.fnmatchcase(tag, glob) for glob in globs)]
    return [reader.scalars[tag] for tag in tags]


def _no_such_tag(globs: Sequence[str], readers: Iterable[RunReader]) -> UnknownNameError:
    tags = sorted({tag for reader in readers for tag in reader.scalars})
    near = nearest(globs[0], tags)
    hint = f"Did you mean {near}?" if near else f"Tags here: {', '.join(map(printable, tags[:12]))}"
    return UnknownNameError(f"no scalar tag matches {' or '.join(map(repr, globs))}", hint)


def _points(chosen: dict[str, list[ScalarSeries]]) -> Iterator[Point]:
    for run, all_series in chosen.items():
        for series in all_series:
            rows = zip(series.steps.tolist(), series.wall_times.tolist(), series.values.tolist(), strict=True)
            for step, wall_time, value in rows:
                yield Point(run, series.tag, step, wall_time, value)


def _json_facts(point: Point) -> dict[str, object]:
    """JSON has no NaN and no infinity: `value` is null there, and `text` says which it was."""
    facts: dict[str, object] = asdict(point)
    if not math.isfinite(point.value):
        facts.update(value=None, text=str(point.value))
    return facts


def _print_table(run: str, chosen: list[ScalarSeries], out: TextIO) -> None:
    rows = [COLUMNS, *(_row(series) for series in chosen if len(series))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    out.write(f"{printable(run)}\n")
    for row in rows:
        first, *numbers = row
        cells = [
            first.ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True)),
        ]
        out.write("  " + "  ".join(cells).rstrip() + "\n")
    out.write("\n")


def _row(series: ScalarSeries) -> tuple[str, ...]:
    steps, values = series.steps, series.values
    known = np.flatnonzero(np.isfinite(values))
    ends = ("–", "–", "–", "–")
    if len(known):
        low, high = known[values[known].argmin()], known[values[known].argmax()]
        ends = (_number(values[low]), str(steps[low]), _number(values[high]), str(steps[high]))
    return (
        printable(series.tag),
        str(len(series)),
        str(steps[0]),
        str(steps[-1]),
        _number(values[-1]),
        *ends,
    )


def _number(value: float) -> str:
    return f"{value:.6g}"


def printable(text: str) -> str:
    """Text from a file, with whatever could move the cursor or colour the screen made visible instead."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
