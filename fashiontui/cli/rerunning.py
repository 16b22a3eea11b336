"""`fashiontui rerun`: a run again, from its run.json, and what is not as it was then."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from fashiontui.cli.actions import Done, act_on, chosen
from fashiontui.cli.choices import Places
from fashiontui.cli.orders import Order, site_of
from fashiontui.cli.places import config_path
from fashiontui.cli.registries import Registries
from fashiontui.cli.reporting import warn
from fashiontui.cli.run import follow
from fashiontui.datasets.locate import find_folder, needs_files
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.reproduce import Difference, Today, differences
from fashiontui.supervisor.placing import Site, to_be_repeated
from fashiontui.supervisor.placing import repeat as place_repeat
from fashiontui.supervisor.slots import count_gpus


@dataclass(frozen=True, slots=True)
class Repeat:
    """A run to be repeated: its record, with what is asked for today, and what differs."""

    of: RunPaths
    record: RunRecord
    differences: tuple[Difference, ...]


def rerun_runs(
    arguments: Sequence[str], places: Places, *, headless: bool, dry_run: bool, as_json: bool
) -> int:
    """Queue runs anew; or follow them, or only say what differs. The exit code."""
    site = site_of(places, config_path(places.config))
    logs, bench = site.logs, Bench(site)
    with Registries(logs) as registries:
        runs = chosen(arguments, registries, logs)
        if runs and not dry_run:
            logs.mkdir(parents=True, exist_ok=True)
        if runs and headless and not dry_run:
            return _followed(runs, registries.at(logs), bench, as_json=as_json)

        def repeated(paths: RunPaths) -> Done:
            repeat = bench.prepare(paths)
            if not as_json:
                _tell(repeat)
            return _done(repeat, None if dry_run else registries.at(logs), bench)

        return act_on(runs, registries, repeated, as_json=as_json)


def _followed(runs: Sequence[RunPaths], registry: Registry, bench: Bench, *, as_json: bool) -> int:
    """Queue all or, where one can't be repeated, none; and follow them to their ends."""
    repeats = [bench.prepare(paths) for paths in runs]
    for repeat in repeats:
        _tell(repeat)

    def place(queue: Registry) -> list[str]:
        return [_queue(repeat, queue, bench).key for repeat in repeats]

    return follow(registry, Order(registry.logs, None, place), as_json=as_json)


def _done(repeat: Repeat, registry: Registry | None, bench: Bench) -> Done:
    """What came of it; without a registry, nothing."""
    facts = {"rerun_of": repeat.of.key, "differences": [asdict(each) for each in repeat.differences]}
    if registry is None:
        return Done("would be repeated", changed=False, facts=facts)
    new = _queue(repeat, registry, bench)
    return Done(f"repeats {repeat.of.key}", True, registry.entry(new.key), new, facts)


class Bench:
    """What runs would be made with here and now."""

    def __init__(self, site: Site) -> None:
        self._site = site

    @cached_property
    def environment(self) -> dict[str, Any]:
        """Versions, machine, git state."""
        return self._site.environment()

    def prepare(self, paths: RunPaths) -> Repeat:
        """A run as it would be repeated; DataMissingError where its data are not here, RunError where it is no run."""
        record = to_be_repeated(paths, self._site)
        source, dataset = None, record.spec.dataset
        if needs_files(dataset):
            source = str(find_folder(dataset.name, [Path(folder) for folder in record.request.data_dirs]))
        today = Today(self.environment, _cores(), count_gpus(), source)
        return Repeat(paths, record, tuple(differences(record, today)))


def _queue(repeat: Repeat, registry: Registry, bench: Bench) -> RunPaths:
    return place_repeat(registry, repeat.of, repeat.record, bench.environment)


def _tell(repeat: Repeat) -> None:
    """What differs, on stderr."""
    if not repeat.differences:
        warn(f"{repeat.of.key}: nothing that is known of differs today")
        return
    warn(f"{repeat.of.key}: today differs from then in")
    width = max(len(each.what) for each in repeat.differences)
    for each in repeat.differences:
        warn(f"  {each.what:{width}}  {each.then} then, {each.now} now")


def _cores() -> int:
    """Those this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
