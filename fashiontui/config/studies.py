"""A study's runs: each of its experiments, with every combination of its matrix."""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from fashiontui.config.names import NAME_LENGTH
from fashiontui.config.problems import InvalidSettingsError, Problem, nearest
from fashiontui.config.settings import with_settings
from fashiontui.config.spec import ExperimentSpec, StudySpec

MOST_COMBINATIONS = 1000
SEED = "training.seed"

Experiments = Mapping[str, ExperimentSpec]


@dataclass(frozen=True, slots=True)
class Variant:
    """One run of a study, before its seeds: `name` is its folder's, `settings` what the study sets."""

    name: str
    base: str
    settings: Mapping[str, Any]
    spec: ExperimentSpec


def is_glob(name: str) -> bool:
    """Whether it may stand for several names."""
    return any(char in name for char in "*?[")


def names_like(pattern: str, names: Sequence[str]) -> list[str]:
    """The names that a name or glob stands for, in their order."""
    return [name for name in names if name == pattern or fnmatchcase(name, pattern)]


def members(study: StudySpec, names: Sequence[str]) -> list[str]:
    """The experiments a study is about, each once; InvalidSettingsError names what is not there."""
    found: dict[str, None] = {}
    problems: list[Problem] = []
    wanted = [("base", study.base)] if study.base else []
    wanted += [(f"experiments[{number}]", pattern) for number, pattern in enumerate(study.experiments)]
    for where, pattern in wanted:
        matching = names_like(pattern, names)
        found |= dict.fromkeys(matching)
        if not matching:
            what = "no experiment matches this" if is_glob(pattern) else "there is no such experiment"
            problems.append(
                Problem(where=where, message=what, value=pattern, suggestion=nearest(pattern, names))
            )
    if problems:
        raise InvalidSettingsError(problems)
    return list(found)


def expand(study: StudySpec, experiments: Experiments, defaults: ExperimentSpec) -> tuple[Variant, ...]:
    """All variants of a study, its first experiment's first.

    Raises InvalidSettingsError with every mistake of every combination, at the study's own key paths.
    """
    count = math.prod(len(values) for values in study.matrix.values())
    if count > MOST_COMBINATIONS:
        message = f"{count:,} combinations, at most {MOST_COMBINATIONS:,} can be run"
        raise InvalidSettingsError([Problem(where="matrix", message=message)])
    problems: dict[str, Problem] = {}
    variants: list[Variant] = []
    for base in members(study, list(experiments)):
        for chosen in _combinations(study):
            settings = {**study.set, **chosen}
            try:
                spec = with_settings(experiments[base], settings, defaults)
            except InvalidSettingsError as error:
                seen = (_in_study(study, base, chosen, problem) for problem in error.problems)
                problems |= {str(problem): problem for problem in seen}
            else:
                variants.append(Variant(_variant_name(base, chosen or study.set), base, settings, spec))
    if problems:
        raise InvalidSettingsError(problems.values())
    return _uniquely_named(variants)


def _combinations(study: StudySpec) -> Iterator[dict[str, Any]]:
    for values in itertools.product(*study.matrix.values()):
        yield dict(zip(study.matrix, values, strict=True))


def _in_study(study: StudySpec, base: str, chosen: Mapping[str, Any], problem: Problem) -> Problem:
    """The problem at the place in the study's matrix or `set` that brings it about."""
    message = problem.message if base == study.base else f"for {base}: {problem.message}"
    for path, value in chosen.items():
        if _overlap(path, problem.where):
            return replace(
                problem, where=f"matrix.{path}[{study.matrix[path].index(value)}]", message=message
            )
    for path in study.set:
        if _overlap(path, problem.where):
            return replace(problem, where=f"set.{path}", message=message)
    return replace(problem, where="", message=f"{problem.where}: {message}")


def _overlap(path: str, other: str) -> bool:
    """Whether one key path leads to the other."""
    other = other.partition("[")[0]
    return f"{path}.".startswith(f"{other}.") or f"{other}.".startswith(f"{path}.")


def _variant_name(base: str, settings: Mapping[str, Any], steps: int = 1) -> str:
    """Such as `cnn1-dropout-0.3`: the last `steps` of each key path, and the value."""
    words = [base]
    for path, value in settings.items():
        words += [*path.split(".")[-steps:], *_words(value)]
    return re.sub(r"[^A-Za-z0-9._-]+", "-", "-".join(words)).rstrip("-.")


def _words(value: Any) -> list[str]:
    if isinstance(value, list | tuple):
        return [word for item in value for word in _words(item)]
    if isinstance(value, Mapping):
        return [word for item in value.values() for word in _words(item)]
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def _uniquely_named(variants: Sequence[Variant]) -> tuple[Variant, ...]:
    """No two names alike, also not in upper and lower case, and none too long: those end in a short hash."""
    counts: dict[str, int] = {}
    for variant in variants:
        counts[variant.name.lower()] = counts.get(variant.name.lower(), 0) + 1
    return tuple(
        _renamed(variant) if counts[variant.name.lower()] > 1 or len(variant.name) > NAME_LENGTH else variant
        for variant in variants
    )


def _renamed(variant: Variant) -> Variant:
    mark = hashlib.sha256(f"{variant.name} {sorted(variant.settings.items())!r}".encode()).hexdigest()[:6]
    name = f"{variant.name[: NAME_LENGTH - 7].rstrip('-.')}-{mark}"
    return replace(variant, name=name)
