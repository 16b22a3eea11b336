"""What an experiments file offers, study by study. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from fashiontui.tui.words import setting, short_paths

if TYPE_CHECKING:
    from fashiontui.config.load import Config
    from fashiontui.config.plan import PlannedRun
    from fashiontui.config.spec import ExperimentSpec

REST: Final = ""  # the name of the group of experiments that no study has


@dataclass(frozen=True, slots=True)
class Member:
    """An experiment, or a study's variant of one, which has a folder of runs."""

    name: str  # the folder's
    label: str  # in its group
    base: str
    spec: ExperimentSpec | None  # None: the file has it no more
    same_as: str = ""  # the experiment whose settings these are, where a variant changes none
    variant: Mapping[str, object] = field(default_factory=dict)  # what its study sets


@dataclass(frozen=True, slots=True)
class Group:
    """A study and its members, or the experiments that no study has."""

    name: str
    question: str
    members: tuple[Member, ...]
    seeds: int = 1
    varies: Mapping[str, tuple[object, ...]] | None = None

    @property
    def title(self) -> str:
        """What it is called on the screen."""
        return self.name or "other experiments"

    @property
    def runs(self) -> int:
        """How many runs it stands for."""
        return len(self.members) * self.seeds


def outline_of(config: Config) -> tuple[Group, ...]:
    """All studies in the file's order, then what is in none."""
    groups = [_group(name, config) for name in config.studies]
    known = {member.name for group in groups for member in group.members}
    rest = [Member(name, name, name, spec) for name, spec in config.experiments.items() if name not in known]
    return (*groups, Group(REST, "", tuple(rest))) if rest else tuple(groups)


def _group(name: str, config: Config) -> Group:
    from fashiontui.config.plan import study_runs  # noqa: PLC0415 - pydantic: not before the first paint

    study, runs = config.studies[name], study_runs(config, name)
    bases = {run.base for run in runs}
    members = tuple(_member(run, config, len(bases)) for run in runs)
    return Group(name, study.question, members, study.seeds, study.matrix)


def _member(run: PlannedRun, config: Config, bases: int) -> Member:
    """Called by what its study varies, and by its experiment where there are several."""
    assert run.study is not None
    matrix = config.studies[run.study].matrix
    names = short_paths(matrix)
    varied = [f"{names[path]}={setting(run.variant[path])}" for path in matrix]
    words = ([run.base] if bases > 1 or not varied else []) + varied
    is_same = run.experiment != run.base and run.spec == config.experiments.get(run.base)
    return Member(
        run.experiment, " ".join(words), run.base, run.spec, run.base if is_same else "", _plain(run.variant)
    )


def _plain(variant: Mapping[str, object]) -> dict[str, object]:
    """As it is read from a run's record."""
    return {path: list(value) if isinstance(value, tuple) else value for path, value in variant.items()}
