"""`fashiontui report`: which runs are meant, what is told meanwhile, and where the report is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TextIO

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from fashiontui.analysis.compare import subjects_of
from fashiontui.analysis.report.build import report_of
from fashiontui.analysis.report.digest import Digest
from fashiontui.analysis.report.examples import Site
from fashiontui.analysis.report.gather import Tell, gather, rows_of
from fashiontui.analysis.report.keeping import Keep
from fashiontui.analysis.report.rows import (
    RunRow,
    merged,
    older_copies,
    read_rows,
    run_ids_beside,
    write_rows,
)
from fashiontui.analysis.report.studies import Study, settings_of, studies_in
from fashiontui.analysis.report.write import DIGESTS, ROWS, prepare, write
from fashiontui.cli.choices import Places
from fashiontui.cli.data import cache_folder
from fashiontui.cli.places import config_path, logs_folder, usual_data_candidates
from fashiontui.cli.project import CACHE
from fashiontui.cli.registries import open_registry
from fashiontui.cli.selection import filter_in, named_runs
from fashiontui.cli.show import known_entry
from fashiontui.cli.snapshots import snapshots
from fashiontui.config.load import load_config
from fashiontui.errors import ConfigError, RunError, RunNotFoundError
from fashiontui.headless.streams import SteadyStream, console_on
from fashiontui.runs.filter.filter import parse_filter
from fashiontui.runs.registry.entry import Entry

STEPS: Final = 10  # lines for each thing that is done, where there is no terminal


@dataclass(frozen=True, slots=True)
class Asked:
    """What was said on the command line."""

    names: tuple[str, ...]
    out: Path
    csv: Path | None = None
    data_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class Experiments:
    """What the experiments file says, as far as a report needs it."""

    studies: tuple[Study, ...] = ()
    bases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def run_report(asked: Asked, places: Places, out: TextIO, err: TextIO, *, as_json: bool) -> None:
    """Write the report, and the path of its page to `out`. RunNotFoundError where nothing fits, RunError else."""
    path = config_path(places.config)
    logs, experiments = logs_folder(places, path), _experiments(path, places, err)
    table = asked.csv or asked.out / ROWS
    old = read_rows(table)
    chosen = _chosen(asked.names, logs, experiments.studies)
    if not chosen and not old:
        raise RunNotFoundError(
            f"there are no runs in {logs}", "Is it another --logs folder? `fashiontui run NAME` makes runs."
        )
    prepare(asked.out, table)
    with _telling(SteadyStream(err)) as tell:
        found = rows_of(_with_known(chosen, logs, {row.key for row in old}), logs, experiments.studies)
        found = found.without(older_copies(old, found.rows))
        rows = merged(old, found.rows)
        if not rows:
            raise RunNotFoundError("none of these runs has begun yet", "`fashiontui runs` shows the queue.")
        keep = Keep(table.parent / DIGESTS)
        site = Site(usual_data_candidates(asked.data_dir, places), cache_folder() / CACHE, keep)
        facts, notes = gather(rows, found.folders, experiments.studies, site, tell)
        created = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        report = report_of(facts, rows, (*found.notes, *notes), created, experiments.bases)
        written = write(report, asked.out, tell)
    _save(table, rows, keep, [each for each in facts[0].digests.values() if each.run_id in found.folders])
    _say(report.notes, [*written, table], len(rows), out, err, as_json=as_json)


def _save(table: Path, rows: Sequence[RunRow], keep: Keep, digests: Sequence[Digest]) -> None:
    try:
        write_rows(table, rows)
        keep.save(digests, {row.run_id for row in rows} | run_ids_beside(table))
    except OSError as error:
        raise RunError(f"{error.filename or table} can't be written: {error.strerror}") from error


def _say(
    notes: Sequence[str], written: Sequence[Path], rows: int, out: TextIO, err: TextIO, *, as_json: bool
) -> None:
    if as_json:
        said = {
            "report": str(written[0]),
            "runs": rows,
            "files": [str(path) for path in written],
            "notes": list(notes),
        }
        out.write(json.dumps(said) + "\n")
        return
    lines = SteadyStream(err)
    for note in notes:
        lines.line(f"note: {note}")
    out.write(f"{written[0]}\n")


def _experiments(path: Path, places: Places, err: TextIO) -> Experiments:
    """Of the file at hand; one with mistakes is passed over, unless it was named."""
    try:
        config = load_config(path)
    except ConfigError as error:
        if places.config is not None:
            raise
        SteadyStream(err).line(
            f"{error.message.splitlines()[0]} studies and questions are taken from the runs alone"
        )
        return Experiments()
    return Experiments(
        studies_in(config), {name: settings_of(spec) for name, spec in config.experiments.items()}
    )


def _chosen(names: Sequence[str], logs: Path, studies: Sequence[Study]) -> list[Entry]:
    """The runs that the arguments mean: all; those that a filter fits; those of studies, experiments, ids."""
    with open_registry(logs) as registry:
        if not names:
            return snapshots(registry)
        known = {study.name: study for study in studies}
        wanted = None if all(name in known for name in names) else filter_in(names, logs)
        if wanted is not None:
            found = snapshots(registry, parse_filter(wanted))
            if not found:
                raise RunNotFoundError(f"no run fits {wanted}", "`fashiontui runs` lists all of them.")
            return found
        entries = snapshots(registry)
    settings = [subject.settings for subject in subjects_of(entries)]
    known_runs = list(zip(entries, settings, strict=True))
    chosen = {entry.key: entry for name in names for entry in _named(name, known_runs, known, logs)}
    return list(chosen.values())


def _named(
    name: str, runs: Sequence[tuple[Entry, Mapping[str, Any]]], studies: Mapping[str, Study], logs: Path
) -> list[Entry]:
    """All runs of a study, or of an experiment; else the one that is meant."""
    study = studies.get(name) or Study(name)
    found = (
        [entry for entry, settings in runs if study.has(entry.experiment, entry.facts.get("study"), settings)]
        or [entry for entry, _ in runs if entry.experiment == name]
        or [entry for entry, _ in runs if name in (entry.key, entry.run_id)]
    )
    if found:
        return found
    if name in studies:
        raise RunNotFoundError(
            f"there are no runs of the study {name} yet", f"Make them: fashiontui run {name}"
        )
    return [known_entry(paths, logs) for paths in named_runs([name], logs)]


def _with_known(chosen: Sequence[Entry], logs: Path, keys: set[str]) -> list[Entry]:
    """And those that the table has already, as far as they are in this folder: they may have gone on since."""
    found = {entry.key: entry for entry in chosen}
    with open_registry(logs) as registry:
        found |= {entry.key: entry for entry in snapshots(registry) if entry.key in keys}
    return list(found.values())


@contextmanager
def _telling(err: SteadyStream) -> Iterator[Tell]:
    """A bar on a terminal; elsewhere a line now and then."""
    if not err.isatty():
        yield _Lines(err)
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console_on(err), transient=True) as progress:
        tasks: dict[str, Any] = {}

        def tell(words: str, done: int, total: int) -> None:
            if words not in tasks:
                tasks[words] = progress.add_task(words, total=total)
            progress.update(tasks[words], completed=done)

        yield tell


class _Lines:
    """Says how far it is, at most ten times."""

    def __init__(self, err: SteadyStream) -> None:
        self._err = err
        self._said: dict[str, int] = {}

    def __call__(self, words: str, done: int, total: int) -> None:
        step = STEPS * done // max(1, total)
        if step > self._said.get(words, -1):
            self._said[words] = step
            self._err.line(f"{words}: {done} of {total}")
