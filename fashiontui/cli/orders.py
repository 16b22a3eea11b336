"""Runs to be put into the queue: new ones by name, or one that is gone on with."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fashiontui.cli.options import Places, RunOptions
from fashiontui.cli.places import (
    config_path,
    data_candidates,
    loaded_config,
    logs_folder,
    needs_files,
    project_folder,
)
from fashiontui.config.overrides import parse_overrides
from fashiontui.config.plan import PlannedRun, plan_runs
from fashiontui.config.spec import DatasetSpec
from fashiontui.datasets.locate import find_folder
from fashiontui.errors import RunError, UsageError
from fashiontui.runs import lock
from fashiontui.runs.create import create_run
from fashiontui.runs.environment import collect_environment
from fashiontui.runs.find import find_run
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import Request, RunRecord
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be put into the queue of a logs folder, checked as far as can be. `place` does it."""

    logs: Path
    devices: Mapping[str, int]  # what the config says of them
    place: Callable[[Registry], list[str]]  # → keys of the runs


def new_runs(options: RunOptions, places: Places) -> Order:
    """The planned runs; names, settings and data are checked here, before any folder is made."""
    config = loaded_config(places)
    planned = plan_runs(
        config,
        options.names,
        overrides=parse_overrides(options.settings),
        seed=options.seed,
        seeds=options.seeds,
        epochs=options.epochs,
        dataset=options.dataset,
    )
    project = project_folder(config.path)
    check_data([run.spec.dataset for run in planned], options.data_dir, project)
    environment = collect_environment(project, sys.argv)
    logs = logs_folder(places, config.path)

    def place(registry: Registry) -> list[str]:
        created = [_create(run, options, logs, project, environment) for run in planned]
        registry.enqueue(created)
        return [paths.key for paths in created]

    return Order(logs, config.devices, place)


def _create(
    run: PlannedRun, options: RunOptions, logs: Path, project: Path, environment: dict[str, Any]
) -> RunPaths:
    request = Request(
        device=options.device or "auto",
        threads=options.threads,
        data_dirs=_data_dirs(options.data_dir, run.spec.dataset, project),
        import_dirs=(str(project),),
    )
    now = datetime.now(UTC).astimezone()
    return create_run(logs, run, request, environment=environment, now=now, rng=random.Random())


def resumed_run(options: RunOptions, places: Places) -> Order:
    """The run to go on with; UsageError where it has ended for good, RunError where it is under way."""
    assert options.resume is not None
    config = config_path(places.config)
    paths = find_run(logs_folder(places, config), options.resume)
    record = RunRecord.load(paths.record)
    if record.state is RunState.FINISHED:
        raise UsageError(
            f"run {paths.run_id} is finished: there is nothing to go on with",
            f"To train it anew: fashiontui run {record.base} --headless",
        )
    if lock.is_held(paths.root):
        raise RunError(f"run {paths.run_id} is being worked on by process {lock.holder(paths.root)}")
    changes = _changes(options, record, project_folder(config))

    def place(registry: Registry) -> list[str]:
        change_request(paths, changes)
        return [registry.requeue(paths.key).key]

    return Order(paths.logs, {}, place)


def _changes(options: RunOptions, record: RunRecord, project: Path) -> dict[str, Any]:
    """What of the request is said anew; data that was moved since is looked for in the usual places too."""
    dataset, before = record.spec.dataset, record.request.data_dirs
    dirs = _data_dirs(options.data_dir, dataset, project)
    if options.data_dir is None:
        dirs = tuple(dict.fromkeys((*before, *dirs)))
    if needs_files(dataset):
        find_folder(dataset.name, [Path(folder) for folder in dirs])
    asked = {"device": options.device, "threads": options.threads}
    return {**{key: value for key, value in asked.items() if value is not None}, "data_dirs": dirs}


def change_request(paths: RunPaths, changes: Mapping[str, Any]) -> None:
    """Write into run.json what is asked for anew."""
    with lock.hold(paths.root, as_worker=False):
        record = RunRecord.load(paths.record)
        request = record.request.model_copy(update=changes)
        record.model_copy(update={"request": request}).save(paths.record)


def check_data(datasets: Sequence[DatasetSpec], given: Path | None, project: Path) -> None:
    """Raise DataMissingError where files of a dataset are nowhere to be found."""
    wanted = {(dataset.name, dataset.dir): dataset for dataset in datasets if needs_files(dataset)}
    for dataset in wanted.values():
        find_folder(dataset.name, data_candidates(given, dataset.dir, project))


def _data_dirs(given: Path | None, dataset: DatasetSpec, project: Path) -> tuple[str, ...]:
    if not needs_files(dataset):
        return ()
    return tuple(str(folder) for folder in data_candidates(given, dataset.dir, project))
