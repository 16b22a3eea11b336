"""`fashiontui show`: all that is known of one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any, Final, TextIO

from fashiontui.cli.registries import Registries
from fashiontui.cli.runs import as_facts, json_object
from fashiontui.cli.sections import Section, sections
from fashiontui.cli.snapshots import snapshot, unregistered
from fashiontui.cli.table import cells, padded
from fashiontui.config.problems import printable
from fashiontui.config.settings import differences
from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs.metrics import summarise
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import MetricSummary, RunRecord
from fashiontui.runs.registry.database import NAME
from fashiontui.runs.registry.entry import Entry

INDENT: Final = "  "
NARROWEST: Final = 20


def print_run(paths: RunPaths, logs: Path, out: TextIO, *, as_json: bool, width: int | None = None) -> None:
    """Sections of text, wrapped to a terminal's width, or one object. RunError where run.json can't be read."""
    entry = known_entry(paths, logs)
    record = RunRecord.load(paths.record)
    metrics = record.metrics or summarise(paths.root)
    if as_json:
        out.write(f"{json_object(everything(entry, record, paths, metrics))}\n")
        return
    blocks = sections(entry, record, paths, metrics)
    out.write("\n".join(_written(block, width) for block in blocks if block.lines))


def known_entry(paths: RunPaths, logs: Path) -> Entry:
    """A run as the registry of its logs folder has it; of another folder, that may have none, as its run.json says."""
    if paths.logs == logs or (paths.logs / NAME).exists():
        with Registries(logs) as registries:
            entry = snapshot(registries.of(paths), paths.key)
            if entry is not None:
                return entry
    return unregistered(paths)


def everything(
    entry: Entry, record: RunRecord, paths: RunPaths, metrics: Mapping[str, MetricSummary]
) -> dict[str, Any]:
    """What `runs --json` has of a run, and more."""
    changed = differences(record.spec, ExperimentSpec())
    kept = ("request", "attempts", "environment", "failure")
    dumped = record.model_dump(mode="json", include={*kept, "model", "dataset"})
    return {
        **as_facts(entry),
        "base": record.base,
        "metrics": {name: summary.to_dict() for name, summary in metrics.items()},
        "changed_settings": changed,
        **{key: dumped[key] for key in kept},
        "model": dumped["model"],
        "data": dumped["dataset"],
        "worker_pid": entry.worker.pid if entry.worker else None,
        "files": {path.name: path.stat().st_size for path in existing(paths)},
    }


def existing(paths: RunPaths) -> list[Path]:
    """The files a run has."""
    return sorted(path for path in paths.root.iterdir() if path.is_file() and not path.name.startswith("."))


def _written(section: Section, width: int | None) -> str:
    indent = INDENT if section.title else ""
    lines = _aligned(section.lines, None if width is None else width - len(indent))
    heading = [section.title] if section.title else []
    return "".join(f"{line}\n" for line in [*heading, *(indent + line for line in lines)])


def _aligned(lines: Iterable[tuple[str, ...]], width: int | None) -> list[str]:
    """Rows with straight columns; what the last one has too much of goes below it."""
    rows = [tuple(map(printable_lines, line)) for line in lines]
    columns = max(map(len, rows))
    widths = [
        max([cells(row[place]) for row in rows if len(row) > place + 1], default=0)
        for place in range(columns)
    ]
    written = []
    for *first, last in rows:
        begin = "".join(padded(cell, wide) + INDENT for cell, wide in zip(first, widths, strict=False))
        head, *more = _wrapped(last, None if width is None else width - cells(begin))
        written += [(begin + head).rstrip(), *(" " * cells(begin) + line for line in more)]
    return written


def _wrapped(text: str, width: int | None) -> list[str]:
    """Lines of a text, broken between words where they are too long for a terminal."""
    lines = text.split("\n")
    if width is None:
        return lines
    room = max(width, NARROWEST)
    parts = [wrap(line, room, break_long_words=False, break_on_hyphens=False) or [line] for line in lines]
    return [part for line in parts for part in line]


def printable_lines(text: str) -> str:
    """The text's lines without anything that steers a terminal."""
    return "\n".join(printable(line) for line in text.split("\n"))
