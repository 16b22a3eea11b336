"""Which run is meant by an id, the beginning of one, an experiment's name, or a path.

Names of folders tell: no run.json is read for it, so it takes 10,000 runs as well as ten, and a registry that is
damaged, missing or not ours to write hides no run.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from fashiontui.errors import RunNotFoundError
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.registry.watch import subfolders
from fashiontui.runs.trash import trashed

LISTED: Final = 8  # candidates named in an error


Name = tuple[str, str]  # run id, experiment: so they sort by time


def list_runs(logs: Path) -> list[RunPaths]:
    """All runs below a logs folder, oldest first; none where there is no such folder."""
    return list(_with_record(logs, _names(logs)))


def other_runs(logs: Path, known: Container[str]) -> Iterator[RunPaths]:
    """Runs below a logs folder whose keys are not among the `known`."""
    return _with_record(logs, (name for name in _names(logs) if _key(name) not in known))


def run_at(text: str, logs: Path) -> RunPaths | None:
    """The run in the folder `text` is a path of, named as `logs` is where it is in there; None if there is none."""
    try:
        if not (Path(text) / "run.json").is_file():
            return None
    except OSError:  # it is too long for a path, or not ours to look at
        return None
    paths = RunPaths(Path(text).resolve())
    return RunPaths.of(logs, paths.experiment, paths.run_id) if paths.logs == logs.resolve() else paths


def find_run(logs: Path, text: str) -> RunPaths:
    """The run meant by `text`: a path, an id, `experiment/id`, an experiment (its newest run), a unique prefix,
    or the last part of an id, as lists show it.

    Raises RunNotFoundError; it lists the candidates of an ambiguous prefix, and the nearest names of an unknown one.
    """
    at_path = run_at(text, logs)
    if at_path is not None:
        return at_path
    names = _names(logs)
    newest = next(_with_record(logs, (name for name in reversed(names) if name[1] == text)), None)
    found = (
        list(_with_record(logs, (name for name in names if text in (name[0], _key(name)))))
        or [paths for paths in (newest,) if paths]
        or list(_with_record(logs, (name for name in names if text and _begins(name, text))))
        or list(_with_record(logs, (name for name in names if text and _ends(name, text))))
    )
    if not found:
        raise _unknown(logs, text, names)
    return _only(text, found)


def _names(logs: Path) -> list[Name]:
    return sorted(
        (run, experiment) for experiment in subfolders(logs) for run in subfolders(logs / experiment)
    )


def _key(name: Name) -> str:
    return f"{name[1]}/{name[0]}"


def _begins(name: Name, text: str) -> bool:
    return _key(name).startswith(text) if "/" in text else name[0].startswith(text)


def _ends(name: Name, text: str) -> bool:
    """Whether it is the mark that lists show of a run: what its id ends in."""
    experiment, _, mark = text.rpartition("/")
    return name[0].rpartition("-")[2] == mark and experiment in ("", name[1])


def _with_record(logs: Path, names: Iterable[Name]) -> Iterator[RunPaths]:
    runs = (RunPaths.of(logs, experiment, run) for run, experiment in names)
    return (paths for paths in runs if paths.record.is_file())


def _only(text: str, found: Sequence[RunPaths]) -> RunPaths:
    if len(found) == 1:
        return found[0]
    newest_first = [paths.key for paths in reversed(found)]
    more = f", and {len(found) - LISTED} older ones" if len(found) > LISTED else ""
    raise RunNotFoundError(
        f"{text!r} is the beginning of {len(found)} runs",
        f"Which one: {', '.join(newest_first[:LISTED])}{more}?",
    )


def _unknown(logs: Path, text: str, names: Sequence[Name]) -> RunNotFoundError:
    deleted = trashed(logs, text)
    if deleted:
        home = logs / deleted[0].parent.name
        return RunNotFoundError(
            f"run {text!r} was deleted: it is in the trash",
            f"To have it again: {shlex.join(['mkdir', '-p', str(home)])} && {shlex.join(['mv', str(deleted[0]), str(home)])}",
        )
    newest = next(_with_record(logs, reversed(names)), None)
    if newest is None:
        return RunNotFoundError(
            f"no run {text!r}: there are no runs in {logs}", "Is it another --logs folder?"
        )
    choices = {part for name in names for part in name}
    nearest = difflib.get_close_matches(text, sorted(choices), n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(nearest)}?" if nearest else f"The newest run is {newest.key}."
    return RunNotFoundError(f"no run {text!r} in {logs}", hint)
