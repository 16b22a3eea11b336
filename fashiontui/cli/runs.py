"""`fashiontui runs`: which runs there are, and how they get on."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from fashiontui.cli.columns import ABSENT, COLUMNS, STYLES, Column, note
from fashiontui.cli.registries import open_registry
from fashiontui.cli.snapshots import progress_of, with_position
from fashiontui.cli.table import Heading, Line, Row, lay_out, writer
from fashiontui.config.problems import printable
from fashiontui.errors import RunError
from fashiontui.headless.words import short_path
from fashiontui.runs.filter.filter import Filter, parse_filter
from fashiontui.runs.filter.keys import Getter
from fashiontui.runs.filter.pick import getters
from fashiontui.runs.filter.sorting import sorted_by
from fashiontui.runs.find import other_runs
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import Result, RunRecord
from fashiontui.runs.registry.entry import Entry
from fashiontui.runs.registry.present import present
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState
from fashiontui.supervisor.presence import supervisor_pid
from fashiontui.supervisor.queue import is_held

RUN: Final = COLUMNS[0]
STATE: Final = "state"
DATA: Final = "data"
FLEXIBLE: Final = "experiment"
IDENTITY: Final = ("run_id", "experiment", "study", "variant", "state")  # what an object begins with


@dataclass(frozen=True, slots=True)
class Listing:
    """Which runs are wanted, in which order, and what of them."""

    wanted: Filter
    order: str = ""  # "": oldest first, what is queued last
    limit: int | None = None  # the newest; with an order, the first
    columns: tuple[Column, ...] = COLUMNS

    @classmethod
    def of(cls, filters: str, order: str | None, limit: int | None, columns: str | None) -> Listing:
        """From options; FilterError points at what can't be read."""
        sorted_by((), order or "", _facts)
        chosen = COLUMNS if columns is None else (RUN, *_columns(columns))
        return cls(parse_filter(filters), order or "", limit, chosen)

    def pick(self, entries: Iterable[Entry], now: float) -> list[Entry]:
        """The wanted ones of all runs."""
        picked = [entry for entry in entries if self.wanted.matches(entry.facts, now)]
        if self.order:
            return sorted_by(picked, self.order, _facts)[: self.limit]
        return picked if self.limit is None else picked[max(0, len(picked) - self.limit) :]


def print_runs(
    logs: Path, listing: Listing, out: TextIO, err: TextIO, *, as_json: bool, screen: Screen
) -> None:
    """A line a run, or an object. What can't be read, and that nobody carries out the queue, is said on `err`."""
    drawn = ""
    with open_registry(logs) as registry:
        everything = registry.entries()
        now = time.time()
        entries = listing.pick((present(entry, logs, now) for entry in everything), now)
        if as_json:
            out.writelines(f"{json_object(as_facts(entry))}\n" for entry in entries)
        elif entries:
            write = writer(colours=screen.colours)
            lines = table(entries, listing.columns, screen.width)
            out.writelines(f"{write(line)}\n" for line in lines)
            drawn = synthetic(entries, lines[0])
        out.flush()
        remarks = [
            *([drawn] if drawn else []),
            *unreadable(logs, everything),
            *_nothing(logs, everything, entries),
            *unattended(registry, everything),
        ]
        err.writelines(f"{printable(remark)}\n" for remark in remarks)


@dataclass(frozen=True, slots=True)
class Screen:
    """What the table is drawn on: None for a width where it is no terminal."""

    width: int | None = None
    colours: bool = False


def table(entries: Sequence[Entry], columns: Sequence[Column], width: int | None) -> list[Line]:
    """Headings and a line a run."""
    headings = [Heading(column.title, column.rank, column.title == FLEXIBLE) for column in columns]
    titles = [column.title for column in columns]
    styled = titles.index(STATE) if STATE in titles else -1
    rows = [
        Row(tuple(column.cell(entry) for column in columns), note(entry), styled, STYLES.get(entry.state, ""))
        for entry in map(with_position, entries)
    ]
    return lay_out(headings, rows, width, ABSENT)


def synthetic(entries: Sequence[Entry], headings: Line) -> str:
    """That results are of drawn images, where no column says so, for want of room or because others were asked for."""
    kinds = {entry.is_synthetic for entry in entries}
    if True not in kinds or any(text.strip() == DATA for text, _ in headings):
        return ""
    return "in part SYNTHETIC data" if False in kinds else "SYNTHETIC data"


def as_facts(entry: Entry) -> dict[str, Any]:
    """A run as an object: what came of it and, added over time, all else that is known. Keys are never renamed."""
    facts, progress = entry.facts, progress_of(entry)
    flat = {key: value for key, value in facts.items() if "." not in key and key not in Progress.model_fields}
    result = {key: None if entry.state.is_live else facts.get(key) for key in Result.model_fields}
    return {
        **{key: facts.get(key) for key in IDENTITY},
        **flat,
        **result,
        "state": entry.state.value,
        "state_since": entry.state_since,
        "wanted": entry.wanted.value,
        "reason": entry.reason or None,
        "priority": entry.priority,
        "slot": entry.slot,
        "progress": None if progress is None else progress.model_dump(),
        "settings": {key: value for key, value in facts.items() if "." in key},
    }


def json_object(facts: dict[str, Any]) -> str:
    """One line of plain JSON: it has no NaN and no infinity, so they become null."""
    try:
        return json.dumps(facts, allow_nan=False, default=str)
    except ValueError:
        return json.dumps(_finite(facts), allow_nan=False, default=str)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def unreadable(logs: Path, entries: Iterable[Entry]) -> list[str]:
    """Why run folders are not among the runs."""
    remarks = []
    for paths in other_runs(logs, {entry.key for entry in entries}):
        try:
            RunRecord.load(paths.record)
        except RunError as error:
            remarks.append(error.message)
    return remarks


def unattended(registry: Registry, entries: Iterable[Entry]) -> list[str]:
    """That runs wait for a supervisor which is not there, and is not held back."""
    waiting = sum(entry.state is RunState.QUEUED for entry in entries)
    if not waiting or registry.read_only or is_held(registry) or supervisor_pid(registry.logs) is not None:
        return []
    count = "1 run waits" if waiting == 1 else f"{waiting} runs wait"
    return [f"{count}, and nobody carries out the queue: `fashiontui resume status:queued` sees to that"]


def _nothing(logs: Path, everything: Sequence[Entry], entries: Sequence[Entry]) -> list[str]:
    if entries:
        return []
    if everything:
        return [f"none of {len(everything)} runs is like that"]
    return [f"there are no runs in {short_path(str(logs))}"]


def _columns(text: str) -> list[Column]:
    usual = {column.title: column for column in COLUMNS}
    return [usual.get(name) or _column(name, get) for name, get in getters(text) if name != RUN.title]


def _column(name: str, get: Getter) -> Column:
    return Column(name, lambda entry: _shown(get(entry.facts, time.time())))


def _shown(value: Any) -> str:
    if value is None:
        return ABSENT
    if isinstance(value, (list, tuple)):
        return printable(",".join(map(str, value))) or ABSENT
    return printable(f"{value:.6g}" if isinstance(value, float) else str(value))


def _facts(entry: Entry) -> Any:
    return entry.facts
