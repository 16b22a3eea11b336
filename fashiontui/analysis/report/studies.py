"""Which study a run is part of, what a study varies, and which of its runs are still to be made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fashiontui.analysis.report.groups import Group, decisive
from fashiontui.analysis.report.model import Missing
from fashiontui.config.load import Config
from fashiontui.config.plan import PlannedRun, study_runs
from fashiontui.config.settings import flatten
from fashiontui.config.spec import ExperimentSpec

NAMED = 6  # variants, in one sentence


@dataclass(frozen=True, slots=True)
class Planned:
    """A variant of a study, before its seeds."""

    name: str
    settings: Mapping[str, Any]  # decisive ones


@dataclass(frozen=True, slots=True)
class Study:
    """A question of the experiments file. One that is only known from runs has no question and nothing planned."""

    name: str
    question: str = ""
    axes: tuple[str, ...] = ()
    planned: tuple[Planned, ...] = ()
    seeds: int = 1

    def has(self, experiment: str, study: str | None, settings: Mapping[str, Any]) -> bool:
        """Whether a run is part of it: made for it, or called as one of its variants, or alike."""
        if study == self.name:
            return True
        mine = decisive(settings)
        return any(experiment == each.name or mine == each.settings for each in self.planned)


def studies_in(config: Config) -> tuple[Study, ...]:
    """All studies of a file, in its order."""
    return tuple(
        Study(
            name,
            study.question,
            tuple(study.matrix),
            tuple(_planned(run) for run in study_runs(config, name)),
            study.seeds,
        )
        for name, study in config.studies.items()
    )


def _planned(run: PlannedRun) -> Planned:
    return Planned(run.experiment, decisive(settings_of(run.spec)))


def settings_of(spec: ExperimentSpec) -> dict[str, Any]:
    """By key path, lists as lists, as rows have them."""
    return {path: list(v) if isinstance(v, tuple) else v for path, v in flatten(spec).items()}


def known_studies(studies: Iterable[Study], groups: Iterable[Group]) -> tuple[Study, ...]:
    """Those of the file, and those that only runs tell of."""
    found = {study.name: study for study in studies}
    for group in groups:
        for name in sorted(group.studies):
            found.setdefault(name, Study(name))
    return tuple(found.values())


def axes_of(study: Study, groups: Sequence[Group]) -> tuple[str, ...]:
    """What its runs differ in by plan; where no file tells, the settings they differ in, the one with most values first.

    Runs of many models that no file tells of differ in no axis.
    """
    if study.planned:
        return study.axes
    if len({group.base for group in groups}) > 1 or len(groups) < 2:  # noqa: PLR2004 - a difference
        return ()
    paths = dict.fromkeys(path for group in groups for path in group.settings)
    values = {path: len({repr(group.setting(path)) for group in groups}) for path in paths}
    return tuple(sorted((path for path in paths if values[path] > 1), key=lambda path: -values[path]))


def still_missing(study: Study, groups: Sequence[Group], dataset: str) -> tuple[Missing, ...]:
    """The variants of a study without a finished run on a dataset, or with fewer seeds than it asks for."""
    done = [
        group
        for group in groups
        if group.is_finished and any(_stands_for(group, each) for each in study.planned)
    ]
    absent = [each for each in study.planned if not any(_stands_for(group, each) for group in done)]
    said: list[Missing] = []
    option = "" if not groups or _is_usual(study, dataset) else f" --dataset {dataset}"
    if absent:
        names = ", ".join(each.name for each in absent[:NAMED])
        more = f" and {len(absent) - NAMED} more" if len(absent) > NAMED else ""
        what = f"{len(absent)} of {len(study.planned)} variants have no finished run: {names}{more}"
        said.append(Missing(what, f"fashiontui run {study.name} --headless --missing{option}"))
    elif any(len(group.seeds) < study.seeds for group in done):
        few = sum(len(group.seeds) < study.seeds for group in done)
        what = f"{few} of {len(done)} variants have fewer than {study.seeds} seeds"
        said.append(
            Missing(what, f"fashiontui run {study.name} --headless --missing --seeds {study.seeds}{option}")
        )
    return tuple(said)


def _stands_for(group: Group, planned: Planned) -> bool:
    names = {row.experiment for row in group.rows}
    return planned.name in names or _comparable(group.settings) == _comparable(planned.settings)


def _comparable(settings: Mapping[str, Any]) -> str:
    """Also where it was run for fewer epochs, or on other images."""
    kept = {
        path: value
        for path, value in settings.items()
        if not path.startswith("dataset.") and path not in ("training.epochs", "training.patience")
    }
    return json.dumps(kept, sort_keys=True, default=str)


def _is_usual(study: Study, dataset: str) -> bool:
    names = {each.settings.get("dataset.name", "fashion-mnist") for each in study.planned}
    return dataset in names
