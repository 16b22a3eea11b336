"""Names and options of a command line → the runs to make, each with its whole spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fashiontui.config.load import Config
from fashiontui.config.overrides import apply_overrides
from fashiontui.config.problems import nearest, printable
from fashiontui.config.settings import differences, flatten, leaves, nested
from fashiontui.config.spec import HIGHEST_SEED, ExperimentSpec
from fashiontui.config.studies import SEED, expand, is_glob, names_like
from fashiontui.errors import UnknownNameError, UsageError

MOST_SEEDS = 1000


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A run that could begin now.

    `experiment` is its folder's name, `base` the experiment in the file it derives from. `variant` holds what
    its study varies and what else differs from `base`, but for the seed: runs of one variant are repeats.
    """

    experiment: str
    base: str
    study: str | None
    variant: Mapping[str, Any]
    spec: ExperimentSpec


def plan_runs(
    config: Config,
    names: Sequence[str],
    *,
    overrides: Mapping[str, Any] | None = None,
    seed: int | None = None,
    seeds: int | None = None,
    epochs: int | None = None,
    dataset: str | None = None,
) -> tuple[PlannedRun, ...]:
    """The runs that experiments, studies and globs over experiments stand for, in that order, each once.

    `overrides` are key paths and values (see `parse_overrides`); `seed`, `epochs` and `dataset` go over them.
    Each run is repeated with `seeds` seeds, from its own upwards; None: as often as its study says.
    Raises UnknownNameError, or UsageError where the settings make no experiment.
    """
    if seeds is not None and not 1 <= seeds <= MOST_SEEDS:
        raise UsageError(f"--seeds {seeds}: give a number from 1 to {MOST_SEEDS}")
    options = {SEED: seed, "training.epochs": epochs, "dataset": dataset}
    settings = {**(overrides or {}), **{path: value for path, value in options.items() if value is not None}}
    unique: dict[tuple[str, str], PlannedRun] = {}
    for run, repeats in _selected(config, names):
        changed = _changed(config, run, settings)
        if run.study is not None and seeds is not None and seeds > 1:
            _check_clash(run, run.study, config.studies[run.study].matrix, {SEED: seeds})
        for repeat in _repeated(changed, seeds or repeats):
            key = (repeat.experiment, repeat.spec.model_dump_json())
            first = unique.get(key, repeat)
            unique[key] = replace(first, study=first.study or repeat.study)
    return tuple(unique.values())


def study_runs(config: Config, study: str) -> tuple[PlannedRun, ...]:
    """The runs of a study in the file, before they are repeated with its seeds."""
    variants = expand(config.studies[study], config.experiments, config.defaults)
    return tuple(
        PlannedRun(
            experiment=variant.name,
            base=variant.base,
            study=study,
            variant=variant.settings,
            spec=variant.spec,
        )
        for variant in variants
    )


def _selected(config: Config, names: Sequence[str]) -> Iterator[tuple[PlannedRun, int]]:
    """Runs, and how often each is to be repeated."""
    _check_names(config, names)
    for name in names:
        if name in config.studies:
            for run in study_runs(config, name):
                yield run, config.studies[name].seeds
        else:
            for experiment in names_like(name, list(config.experiments)):
                spec = config.experiments[experiment]
                yield PlannedRun(experiment, experiment, None, {}, spec), 1


def _check_names(config: Config, names: Sequence[str]) -> None:
    known = [*config.experiments, *config.studies]
    unknown = [
        name
        for name in names
        if name not in config.studies and not names_like(name, list(config.experiments))
    ]
    if not unknown:
        return
    message = "; ".join(
        f"no experiment matches `{printable(name)}`"
        if is_glob(name)
        else f"there is no experiment or study `{printable(name)}`"
        for name in unknown
    )
    meant = [found for name in unknown if (found := nearest(name, known))]
    hint = f"Did you mean {', '.join(meant)}? " if meant else ""
    raise UnknownNameError(message, f"{hint}`fashiontui list` shows all of {config.path}.")


def _changed(config: Config, run: PlannedRun, settings: Mapping[str, Any]) -> PlannedRun:
    """The run with settings from the command line, which must not undo what its study varies."""
    if run.study is not None:
        _check_clash(run, run.study, config.studies[run.study].matrix, settings)
    spec = apply_overrides(run.experiment, run.spec, settings, config.defaults)
    base = config.experiments[run.base]
    differing = {path: value for path, value in differences(spec, base).items() if path != SEED}
    kept = {path: value for path, value in run.variant.items() if path not in settings}
    gone = sorted(_paths(kept) - flatten(spec).keys())
    if gone:
        raise UsageError(
            f"{run.experiment} has no {', '.join(gone)} with {_written(settings)}: "
            f"what the study {run.study} compares would be all the same",
        )
    return replace(run, spec=spec, variant={**differing, **kept})


def _check_clash(run: PlannedRun, study: str, matrix: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    varied = _paths({path: values[0] for path, values in matrix.items()})
    clash = sorted(varied & _paths(settings))
    if clash:
        raise UsageError(
            f"the study {study} varies {', '.join(clash)}: setting it would make its runs alike",
            f"Run its experiment instead: fashiontui run {run.base} --set …",
        )


def _written(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{path}={value}" for path, value in settings.items())


def _paths(settings: Mapping[str, Any]) -> set[str]:
    """The full key paths, also of what was written in short, as `dataset` for `dataset.name`."""
    return {path for path, _ in leaves(nested(settings))}


def _repeated(run: PlannedRun, seeds: int) -> Iterator[PlannedRun]:
    first = run.spec.training.seed
    if first + seeds - 1 > HIGHEST_SEED:
        raise UsageError(
            f"{run.experiment} with {seeds} seeds from {first:,} on: the highest seed is {HIGHEST_SEED:,}",
            "Give a lower --seed, or fewer --seeds.",
        )
    for seed in range(first, first + seeds):
        training = run.spec.training.model_copy(update={"seed": seed})
        yield replace(run, spec=run.spec.model_copy(update={"training": training}))
