"""Runs to be put into the queue: new ones by name, or one that is gone on with."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fashiontui.cli.choices import Places, RunOptions
from fashiontui.cli.missing import known_runs, missing
from fashiontui.cli.places import config_path, data_candidates, loaded_config, logs_folder, project_folder
from fashiontui.cli.reporting import warn
from fashiontui.config.overrides import parse_overrides
from fashiontui.config.plan import PlannedRun, plan_runs
from fashiontui.config.spec import ForestSpec
from fashiontui.errors import UsageError
from fashiontui.runs.find import find_run
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState
from fashiontui.supervisor.placing import Site, go_on, new_batch, resumption


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be put into the queue of a logs folder, checked as far as can be. `place` does it."""

    logs: Path
    devices: Mapping[str, int] | None  # what the config says of them; None where none was read
    place: Callable[[Registry], list[str]]  # → keys of the runs
    is_empty: bool = False  # all that was asked for is there already


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
    _tell_without_effect(options, planned)
    site = site_of(places, config.path, options.data_dir)
    if options.missing or options.missing_from:
        planned = _still_missing(planned, site, options.missing_from)
    if not planned:
        return Order(site.logs, None, lambda _: [], is_empty=True)
    batch = new_batch(planned, site, device=options.device, threads=options.threads)
    return Order(site.logs, config.devices, batch.place)


def _tell_without_effect(options: RunOptions, planned: Sequence[PlannedRun]) -> None:
    """A forest has no epochs that `--epochs` could set."""
    forests = {run.experiment: None for run in planned if isinstance(run.spec.model, ForestSpec)}
    if options.epochs is not None and forests:
        warn(f"--epochs has no effect on {', '.join(forests)}: it has trees (--set model.trees=N)")


def _still_missing(
    planned: Sequence[PlannedRun], site: Site, files: Sequence[Path]
) -> tuple[PlannedRun, ...]:
    """The runs that are not there yet; says on stderr how many are."""
    with Registry.open(site.logs, warn=warn, create=False) as registry:
        found = missing(planned, known_runs(registry, files), site.project)
    if found.left_out:
        warn(found.words())
    return found.runs


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
    site = site_of(places, config, options.data_dir)
    asked = {"device": options.device, "threads": options.threads}
    changes = resumption(paths, record, site, asked, only_there=options.data_dir is not None)
    return Order(paths.logs, None, lambda registry: [go_on(registry, paths, changes)])


def site_of(places: Places, config: Path, data_dir: Path | None = None) -> Site:
    """Where a command makes runs."""
    project = project_folder(config)

    def data_folders(configured: str | None) -> Sequence[Path]:
        return data_candidates(data_dir, configured, project)

    return Site(logs_folder(places, config), project, data_folders, tuple(sys.argv))
