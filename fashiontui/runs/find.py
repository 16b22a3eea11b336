"""Which run is meant by an id, the beginning of one, an experiment's name, or a path."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fashiontui.errors import RunNotFoundError
from fashiontui.runs.paths import RunPaths

LISTED: Final = 8  # candidates named in an error


def list_runs(logs: Path) -> list[RunPaths]:
    """All runs below a logs folder, oldest first; none where there is no such folder."""
    runs = (RunPaths(record.parent) for record in logs.glob("*/*/run.json"))
    return sorted(runs, key=lambda paths: (paths.run_id, paths.experiment))


def find_run(logs: Path, text: str) -> RunPaths:
    """The run meant by `text`: a path, an id, `experiment/id`, an experiment (its newest run), or a unique prefix.

    Raises RunNotFoundError; it lists the candidates of an ambiguous prefix, and the nearest names of an unknown one.
    """
    if (Path(text) / "run.json").is_file():
        return RunPaths(Path(text).resolve())
    runs = list_runs(logs)
    exact = [paths for paths in runs if text in (paths.run_id, f"{paths.experiment}/{paths.run_id}")]
    newest_of_experiment = [paths for paths in runs if paths.experiment == text][-1:]
    beginning = [paths for paths in runs if text and paths.run_id.startswith(text)]
    found = exact or newest_of_experiment or beginning
    if len(found) == 1:
        return found[0]
    raise _ambiguous(text, found) if found else _unknown(logs, text, runs)


def _ambiguous(text: str, found: Sequence[RunPaths]) -> RunNotFoundError:
    newest_first = [f"{paths.experiment}/{paths.run_id}" for paths in reversed(found)]
    more = f", and {len(found) - LISTED} older ones" if len(found) > LISTED else ""
    return RunNotFoundError(
        f"{text!r} is the beginning of {len(found)} runs",
        f"Which one: {', '.join(newest_first[:LISTED])}{more}?",
    )


def _unknown(logs: Path, text: str, runs: Sequence[RunPaths]) -> RunNotFoundError:
    if not runs:
        return RunNotFoundError(
            f"no run {text!r}: there are no runs in {logs}", "Is it another --logs folder?"
        )
    names = {paths.experiment for paths in runs} | {paths.run_id for paths in runs}
    nearest = difflib.get_close_matches(text, sorted(names), n=3, cutoff=0.5)
    newest = runs[-1]
    hint = (
        f"Did you mean {' or '.join(nearest)}?"
        if nearest
        else f"The newest run is {newest.experiment}/{newest.run_id}."
    )
    return RunNotFoundError(f"no run {text!r} in {logs}", hint)
