"""`fashiontui runs` and `fashiontui show`: what the run folders say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TextIO

from fashiontui.config.problems import printable
from fashiontui.errors import RunError
from fashiontui.headless.render_json import json_line
from fashiontui.headless.words import duration, number, short_path
from fashiontui.runs import lock
from fashiontui.runs.find import list_runs
from fashiontui.runs.outcome import Outcome, outcome_of
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.runs.state import RunState

STARTING_TIME: Final = timedelta(minutes=1)
HEADINGS: Final = ("run", "experiment", "state", "seed", "valid", "test", "epochs", "trained", "data")


def print_runs(logs: Path, out: TextIO, err: TextIO, *, as_json: bool) -> None:
    """All runs, oldest first: a line each, or an object each. Folders that can't be read are named on `err`."""
    outcomes: list[Outcome] = []
    for paths in list_runs(logs):
        try:
            outcomes.append(present_outcome(paths))
        except RunError as error:
            err.write(f"{printable(error.message)}\n")
    if as_json:
        out.writelines(f"{json_line(outcome)}\n" for outcome in outcomes)
    elif outcomes:
        out.write(aligned([HEADINGS, *(_row(outcome) for outcome in outcomes)]))
    else:
        err.write(f"there are no runs in {printable(short_path(str(logs)))}\n")


def print_run(paths: RunPaths, out: TextIO, *, as_json: bool) -> None:
    """All that is known of one run."""
    outcome = present_outcome(paths)
    if as_json:
        out.write(f"{json_line(outcome)}\n")
        return
    known = {key: value for key, value in outcome.items() if value not in (None, {})}
    width = max(map(len, known))
    out.writelines(f"{key:{width}}  {_shown(value)}\n" for key, value in known.items())


def present_outcome(paths: RunPaths) -> Outcome:
    """What came of a run so far; one that says it runs, but that nobody works on, is `lost`."""
    record = RunRecord.load(paths.record)
    if record.state.is_live and not _is_young(record) and not lock.is_held(paths.root):
        record = RunRecord.load(paths.record)  # it may have ended between the two looks
        if record.state.is_live:
            record = record.in_state(RunState.LOST)
    return outcome_of(paths, record)


def _is_young(record: RunRecord) -> bool:
    """Whether its worker may still be importing torch, and not have taken the lock yet."""
    return record.state is RunState.STARTING and datetime.now(UTC) - record.state_since < STARTING_TIME


def aligned(rows: list[tuple[str, ...]]) -> str:
    """Rows of text as lines with straight columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    cells = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows)
    return "".join("  ".join(row).rstrip() + "\n" for row in cells)


def _row(outcome: Outcome) -> tuple[str, ...]:
    epochs = outcome["epochs"]
    cells = (
        outcome["run_id"],
        outcome["experiment"],
        outcome["state"],
        outcome["seed"],
        number(outcome["valid_accuracy"]),
        number(outcome["test_accuracy"]),
        "-" if epochs is None else epochs,
        duration(outcome["train_seconds"]),
        outcome["dataset"],
    )
    return tuple(printable(str(cell)) for cell in cells)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return printable(", ".join(f"{key} = {item}" for key, item in value.items()))
    return printable(f"{value:.6g}" if isinstance(value, float) else str(value))
