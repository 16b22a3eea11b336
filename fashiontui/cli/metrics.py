r"""`fashiontui metrics`: the scalars of any TensorBoard log, as a table, CSV or JSON lines.

JSON, one object a line and point: run, tag, step, wall_time (seconds since 1970), value. JSON knows no NaN and no
infinity: there, value is null and a further key, text, says "nan", "inf" or "-inf". CSV has the same columns, with nan,
inf and -inf as they are. In the table and in CSV, control characters in names are spelled out (\x1b).
"""

from __future__ import annotations

import csv
import fnmatch
import json
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Literal, TextIO

import numpy as np

from fashiontui.config.problems import nearest, printable
from fashiontui.errors import EventFileError, UnknownNameError
from fashiontui.tfevents.parts import EventReader
from fashiontui.tfevents.reader import RunReader, find_runs
from fashiontui.tfevents.series import ScalarSeries

Output = Literal["table", "csv", "json"]
Writer = Callable[[str, Sequence[ScalarSeries], TextIO], None]

POINT_COLUMNS: Final = ("run", "tag", "step", "wall_time", "value")
COLUMNS: Final = ("tag", "points", "first step", "last step", "last", "min", "@ step", "max", "@ step")
TAGS_NAMED: Final = 12  # in an error
ABSENT: Final = "–"


def run_metrics(path: Path, *, tag_globs: Sequence[str], output: Output, out: TextIO, err: TextIO) -> None:
    """Print the scalars below `path` (a file, a run, or a tree of runs) to `out`; what can't be read, to `err`.

    Raises EventFileError where there is no event to read, UnknownNameError where no tag matches.
    """
    tags: set[str] = set()
    events, any_matched = 0, False
    for folder in find_runs(path):
        reader = RunReader(folder, scalars_only=True)
        reader.poll()
        err.writelines(f"{words}\n" for words in damage_words(reader, folder))
        chosen = _matching(reader, tag_globs)
        if chosen:
            if output == "csv" and not any_matched:
                csv.writer(out, lineterminator="\n").writerow(POINT_COLUMNS)
            WRITERS[output](_name(folder, path), chosen, out)
        events += reader.events
        any_matched |= bool(chosen)
        tags |= reader.scalars.keys()
    _require(path, tag_globs, events, tags, any_matched=any_matched)
    if not tags:
        err.write(f"{printable(str(path))}: no scalars in {events} events\n")


def _require(path: Path, globs: Sequence[str], events: int, tags: set[str], *, any_matched: bool) -> None:
    if not events:
        raise EventFileError(
            f"{path} holds no events that can be read", "Is it a TensorBoard log, or still empty?"
        )
    if globs and tags and not any_matched:
        near = nearest(globs[0], tags)
        known = ", ".join(printable(tag) for tag in sorted(tags)[:TAGS_NAMED])
        hint = f"Did you mean {near}?" if near else f"Tags here: {known}{', …' * (len(tags) > TAGS_NAMED)}"
        raise UnknownNameError(f"no scalar tag matches {' or '.join(map(repr, globs))}", hint)


def _name(folder: Path, path: Path) -> str:
    """The run's name: its folder below `path`."""
    return folder.resolve().name if folder == path else folder.relative_to(path).as_posix()


def damage_words(reader: EventReader, path: Path) -> Iterator[str]:
    """What of a log can't be read, and that the rest was."""
    for item in reader.damage:
        where = f"{printable(str(item.path))}: damaged at byte {item.offset}"
        yield f"{where}, {item.skipped_bytes} bytes skipped; the rest was read"
    if reader.undecodable:
        yield f"{printable(str(path))}: {reader.undecodable} records hold no event, skipped"


def _matching(reader: RunReader, globs: Sequence[str]) -> list[ScalarSeries]:
    scalars = reader.scalars
    return [
        scalars[tag]
        for tag in sorted(scalars)
        if not globs or any(tag == glob or fnmatch.fnmatchcase(tag, glob) for glob in globs)
    ]


def _points(series: ScalarSeries) -> Iterator[tuple[int, float, float]]:
    return zip(series.steps.tolist(), series.wall_times.tolist(), series.values.tolist(), strict=True)


def _write_csv(run: str, chosen: Sequence[ScalarSeries], out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    for series in chosen:
        names = printable(run), printable(series.tag)
        writer.writerows((*names, *point) for point in _points(series))


def _write_json(run: str, chosen: Sequence[ScalarSeries], out: TextIO) -> None:
    for series in chosen:
        names = {"run": run, "tag": series.tag}
        for step, wall_time, value in _points(series):
            facts: dict[str, object] = {**names, "step": step, "wall_time": _json_number(wall_time)}
            facts["value"] = _json_number(value)
            if not math.isfinite(value):
                facts["text"] = str(value)
            out.write(json.dumps(facts, allow_nan=False) + "\n")


def _json_number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _write_table(run: str, chosen: Sequence[ScalarSeries], out: TextIO) -> None:
    rows = [COLUMNS, *(_row(series) for series in chosen)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    out.write(f"{printable(run)}\n")
    for name, *numbers in rows:
        cells = [cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True)]
        out.write(f"  {'  '.join([name.ljust(widths[0]), *cells])}\n")
    out.write("\n")


def _row(series: ScalarSeries) -> tuple[str, ...]:
    steps, values = series.steps, series.values
    numbers = np.flatnonzero(~np.isnan(values))
    ends = (ABSENT,) * 4
    if len(numbers):
        low, high = numbers[values[numbers].argmin()], numbers[values[numbers].argmax()]
        ends = (_short(values[low]), str(steps[low]), _short(values[high]), str(steps[high]))
    return (
        printable(series.tag),
        str(len(series)),
        str(steps[0]),
        str(steps[-1]),
        _short(values[-1]),
        *ends,
    )


def _short(value: float) -> str:
    return f"{value:.6g}"


WRITERS: Final[dict[Output, Writer]] = {"table": _write_table, "csv": _write_csv, "json": _write_json}
