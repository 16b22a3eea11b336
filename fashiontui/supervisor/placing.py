"""Runs for the queue of a logs folder: new ones, ones to go on with, ones to repeat.

Whatever can be wrong is found before any folder is made.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from fashiontui.config.plan import PlannedRun
from fashiontui.config.spec import DatasetSpec
from fashiontui.datasets.locate import find_folder, needs_files
from fashiontui.errors import RunError
from fashiontui.runs import lock
from fashiontui.runs.create import create_run
from fashiontui.runs.environment import collect_environment
from fashiontui.runs.paths import RunPaths, rising_marks
from fashiontui.runs.record import Request, RunRecord
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.reproduce import repeating

DataFolders = Callable[[str | None], Sequence[Path]]


@dataclass(frozen=True, slots=True)
class Site:
    """Where runs are made."""

    logs: Path
    project: Path  # modules of the user's own are imported from it
    data_folders: DataFolders  # where data are looked for, in order, given what `dataset.dir` says
    argv: tuple[str, ...]  # who made them, for their records

    def environment(self) -> dict[str, Any]:
        """Versions, machine, git state."""
        return collect_environment(self.project, self.argv)

    def data_dirs(self, dataset: DatasetSpec) -> tuple[str, ...]:
        """Where a run looks for its data; nowhere, where it needs no files."""
        return tuple(map(str, self.data_folders(dataset.dir))) if needs_files(dataset) else ()

    def check_data(self, datasets: Iterable[DatasetSpec]) -> None:
        """Raise DataMissingError where files of a dataset are nowhere to be found."""
        wanted = {(dataset.name, dataset.dir): dataset for dataset in datasets if needs_files(dataset)}
        for dataset in wanted.values():
            find_folder(dataset.name, self.data_folders(dataset.dir))


@dataclass(frozen=True, slots=True)
class Batch:
    """Planned runs whose data are there."""

    runs: tuple[tuple[PlannedRun, Request], ...]
    logs: Path
    environment: Mapping[str, Any]

    def place(self, registry: Registry) -> list[str]:
        """Make their folders, and queue them; their keys."""
        marks = rising_marks(len(self.runs), random.Random())
        created = [
            create(self.logs, run, request, self.environment, mark)
            for (run, request), mark in zip_longest(self.runs, marks)
        ]
        registry.enqueue(created)
        return [paths.key for paths in created]


def new_batch(
    planned: Sequence[PlannedRun], site: Site, *, device: str | None = None, threads: int | None = None
) -> Batch:
    """New runs, with what is asked of their workers."""
    site.check_data(run.spec.dataset for run in planned)
    requests = [
        Request(
            device=device or "auto",
            threads=threads,
            data_dirs=site.data_dirs(run.spec.dataset),
            import_dirs=(str(site.project),),
        )
        for run in planned
    ]
    return Batch(tuple(zip(planned, requests, strict=True)), site.logs, site.environment())


def create(
    logs: Path, run: PlannedRun, request: Request, environment: Mapping[str, Any], mark: str | None = None
) -> RunPaths:
    """The folder of a run that is made now."""
    now = datetime.now(UTC).astimezone()
    facts, rng = dict(environment), random.Random()
    return create_run(logs, run, request, environment=facts, now=now, rng=rng, mark=mark)


def resumption(
    paths: RunPaths, record: RunRecord, site: Site, asked: Mapping[str, Any], *, only_there: bool = False
) -> dict[str, Any]:
    """What changes in what is asked of a run's worker when it goes on.

    Data that were moved since are looked for in the site's places too, or only there; modules, in its project too.
    RunError where somebody works on the run.
    """
    if lock.is_held(paths.root):
        raise RunError(f"run {paths.run_id} is being worked on by process {lock.holder(paths.root)}")
    dirs = found_dirs(record.spec.dataset, () if only_there else record.request.data_dirs, site)
    given = {key: value for key, value in asked.items() if value is not None}
    return {**given, "data_dirs": dirs, "import_dirs": import_dirs(record.request, site)}


def go_on(registry: Registry, paths: RunPaths, changes: Mapping[str, Any]) -> str:
    """Queue a run again; its key. RunError where it has finished."""
    change_request(paths, changes)
    return registry.requeue(paths.key).key


def found_dirs(dataset: DatasetSpec, before: Sequence[str], site: Site) -> tuple[str, ...]:
    """Where data were looked for, and where they are looked for now; DataMissingError where they are in none."""
    dirs = tuple(dict.fromkeys((*before, *site.data_dirs(dataset))))
    if needs_files(dataset):
        find_folder(dataset.name, [Path(folder) for folder in dirs])
    return dirs


def import_dirs(request: Request, site: Site) -> tuple[str, ...]:
    """Where modules were imported from, and the project as it is now: it may have been moved since."""
    return tuple(dict.fromkeys((*request.import_dirs, str(site.project))))


def change_request(paths: RunPaths, changes: Mapping[str, Any]) -> None:
    """Write into run.json what is asked for anew."""
    with lock.hold(paths.root, as_worker=False):
        record = RunRecord.load(paths.record)
        request = record.request.model_copy(update=dict(changes))
        record.model_copy(update={"request": request}).save(paths.record)


def to_be_repeated(paths: RunPaths, site: Site) -> RunRecord:
    """A run's record, with what is asked for today; DataMissingError where its data are not here."""
    record = RunRecord.load(paths.record)
    request = repeating(record)
    dirs = found_dirs(record.spec.dataset, request.data_dirs, site)
    changes = {"data_dirs": dirs, "import_dirs": import_dirs(request, site)}
    return record.model_copy(update={"request": request.model_copy(update=changes)})


def repeat(registry: Registry, of: RunPaths, record: RunRecord, environment: Mapping[str, Any]) -> RunPaths:
    """Queue a new run like that of a record."""
    planned = PlannedRun(record.experiment, record.base, record.study, record.variant, record.spec)
    new = create(registry.logs, planned, record.request, {**environment, "rerun_of": of.key})
    registry.enqueue([new])
    return new
