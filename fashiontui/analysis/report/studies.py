"""Which study a run is part of, what a study varies, and which of its runs are still to be made."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fashiontui.analysis.decisive import UNDECISIVE, decisive
from fashiontui.analysis.report.groups import IMAGES, Group
from fashiontui.analysis.report.model import Missing
from fashiontui.analysis.report.words import listed, set_word
from fashiontui.config.load import Config
from fashiontui.config.names import why_bad_name
from fashiontui.config.plan import PlannedRun, study_runs
from fashiontui.config.settings import flatten, leaves, nested
from fashiontui.config.spec import ExperimentSpec, StudySpec
from fashiontui.config.studies import SEED
from fashiontui.runs.sources import SOURCE


@dataclass(frozen=True, slots=True)
class Planned:
    """A variant of a study, before its seeds."""

    name: str
    settings: Mapping[str, Any]  # decisive ones
    seed: int | None = None  # where the study varies it


@dataclass(frozen=True, slots=True)
class Study:
    """A question of the experiments file. One that is only known from runs has no question and nothing planned."""

    name: str
    question: str = ""
    axes: tuple[str, ...] = ()  # full key paths, those alone in which its variants differ
    planned: tuple[Planned, ...] = ()
    seeds: int = 1

    @property
    def file(self) -> str:
        """How its figures' names begin: tables that others send may have names of any kind, such as `../../x`."""
        if why_bad_name(self.name) is None:
            return self.name
        return f"study-{hashlib.sha256(self.name.encode(errors='replace')).hexdigest()[:8]}"

    def has(self, experiment: str, study: str | None, settings: Mapping[str, Any]) -> bool:
        """Whether a run is part of it: made for it, or called as one of its variants, or alike."""
        if study == self.name:
            return True
        mine = _without(decisive(settings), (SOURCE,))
        return any(experiment == each.name or mine == each.settings for each in self.planned)


def studies_in(config: Config) -> tuple[Study, ...]:
    """All studies of a file, in its order."""
    return tuple(
        Study(
            name,
            study.question,
            _axes(study, study_runs(config, name)),
            tuple(_planned(run, study) for run in study_runs(config, name)),
            study.seeds,
        )
        for name, study in config.studies.items()
    )


def _paths(study: StudySpec) -> dict[str, None]:
    """What its matrix says, in full: `model.kind` for `model`."""
    return dict.fromkeys(
        path
        for axis, values in study.matrix.items()
        for each in values
        for path, _ in leaves(nested({axis: each}))
    )


def _axes(study: StudySpec, runs: Sequence[PlannedRun]) -> tuple[str, ...]:
    """Without what tells no runs apart."""
    specs = [settings_of(run.spec) for run in runs]
    return tuple(
        path
        for path in _paths(study)
        if not path.startswith(UNDECISIVE) and _differ(settings.get(path) for settings in specs)
    )


def _differ(values: Iterable[Any]) -> bool:
    return len({repr(value) for value in values}) > 1


def _planned(run: PlannedRun, study: StudySpec) -> Planned:
    settings = settings_of(run.spec)
    return Planned(run.experiment, decisive(settings), settings[SEED] if SEED in _paths(study) else None)


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
    """What its runs differ in, of what is planned; where no file tells, all that they differ in, most values first.

    Runs of many models that no file tells of differ in no axis.
    """
    if study.planned:
        return tuple(path for path in study.axes if _differ(group.setting(path) for group in groups))
    if len({group.base for group in groups}) > 1 or len(groups) < 2:  # noqa: PLR2004 - a difference
        return ()
    paths = dict.fromkeys(path for group in groups for path in group.settings)
    values = {path: len({repr(group.setting(path)) for group in groups}) for path in paths}
    return tuple(sorted((path for path in paths if values[path] > 1), key=lambda path: -values[path]))


def told_apart(study: Study, groups: Sequence[Group]) -> tuple[tuple[Group, ...], tuple[str, ...]]:
    """Groups of which no two are at one place of a table, and the axes they are at.

    Where several are, as after a trial with fewer epochs, those as planned count; where none is, the settings they
    differ in are axes as well.
    """
    axes = axes_of(study, groups)
    if not axes:
        return tuple(groups), ()
    places: defaultdict[tuple[str, ...], list[Group]] = defaultdict(list)
    for group in groups:
        places[(group.base, *(repr(group.setting(path)) for path in axes))].append(group)
    shared = [_as_planned(study, found) for found in places.values()]
    paths = [path for found in shared for path in _differing(found) if path not in axes]
    kept = {group.run_ids for found in shared for group in found}
    return tuple(group for group in groups if group.run_ids in kept), (*axes, *dict.fromkeys(paths))


def _as_planned(study: Study, groups: Sequence[Group]) -> Sequence[Group]:
    """Of several, those with just the settings of a variant, if there are any; on whichever images."""
    planned = [_without(each.settings, IMAGES) for each in study.planned]
    found = [group for group in groups if _without(group.settings, (*IMAGES, SOURCE)) in planned]
    return found if found and len(groups) > 1 else groups


def _differing(groups: Sequence[Group]) -> list[str]:
    paths = sorted({path for group in groups for path in group.settings})
    return [path for path in paths if _differ(group.setting(path) for group in groups)]


def _without(settings: Mapping[str, Any], beginnings: tuple[str, ...]) -> dict[str, Any]:
    return {path: value for path, value in settings.items() if not path.startswith(beginnings)}


def still_missing(study: Study, groups: Sequence[Group], dataset: str) -> tuple[Missing, ...]:
    """The variants of a study without a finished run on a dataset, or with fewer seeds than it asks for."""
    planned = _on_these_images(study, groups)
    finished = [group for group in groups if group.is_finished]
    done = {
        each.name: [group for group in finished if _stands_for(group, each, study.axes)] for each in planned
    }
    absent = [name for name, found in done.items() if not found]
    few = sum(max((len(group.seeds) for group in found), default=0) < study.seeds for found in done.values())
    option = "".join(f" {shlex.quote(word)}" for word in _options(study, groups, dataset))
    again = f"fashiontui run {study.name} --headless --missing"
    if absent:
        what = f"{len(absent)} of {len(done)} variants have no finished run: {listed(absent)}"
        return (Missing(what, f"{again}{option}"),)
    if few:
        what = f"{few} of {len(done)} variants have fewer than {study.seeds} seeds"
        return (Missing(what, f"{again} --seeds {study.seeds}{option}"),)
    return ()


def _on_these_images(study: Study, groups: Sequence[Group]) -> list[Planned]:
    """Without the variants on other images: where a study varies those, each has a section of its own."""
    images = [path for path in study.axes if path.startswith(IMAGES)]
    here = [[group.settings.get(path) for path in images] for group in groups]
    return [
        each for each in study.planned if not groups or [each.settings.get(path) for path in images] in here
    ]


def _stands_for(group: Group, planned: Planned, axes: Sequence[str]) -> bool:
    """Whether it is a run of the variant, by name or settings: never where it differs in what the study varies."""
    if planned.seed is not None and planned.seed not in group.seeds:
        return False
    if any(group.settings.get(path) != planned.settings.get(path) for path in axes):
        return False
    is_named = any(row.experiment == planned.name for row in group.rows)
    return is_named or _comparable(group.settings) == _comparable(planned.settings)


def _comparable(settings: Mapping[str, Any]) -> str:
    """Also where it was run for fewer epochs, or on other images."""
    kept = _without(settings, ("dataset.", "training.epochs", "training.patience", SOURCE))
    return json.dumps(kept, sort_keys=True, default=str)


def _options(study: Study, groups: Sequence[Group], dataset: str) -> Iterator[str]:
    """What makes runs on the images of these groups, where the file's would be on others."""
    if not groups:
        return
    names = {each.settings.get("dataset.name", "fashion-mnist") for each in study.planned}
    if dataset not in names:
        yield from ("--dataset", dataset)
    paths = dict.fromkeys(path for path in groups[0].settings if path.startswith("dataset."))
    for path in paths:
        value = groups[0].settings[path]
        is_common = all(group.settings.get(path) == value for group in groups)
        is_planned = any(each.settings.get(path) == value for each in study.planned)
        if path != "dataset.name" and path not in study.axes and is_common and not is_planned:
            yield from ("--set", set_word(path, value))
