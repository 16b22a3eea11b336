"""The tables of an experiments file → specs, and every mistake on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fashiontui.config.devices import MOST_SLOTS, is_device
from fashiontui.config.lines import line_of
from fashiontui.config.names import why_bad_name
from fashiontui.config.problems import InvalidSettingsError, Problem, nearest, shown
from fashiontui.config.settings import Raw, leaves, merged, without_shorthand
from fashiontui.config.spec import ExperimentSpec, StudySpec
from fashiontui.config.studies import SEED, expand, members
from fashiontui.config.validate import build_experiment, build_study

TABLES = ("defaults", "devices", "experiments", "studies")


class Reader:
    """Reads all of a file's tables at once; without `problems` the specs are complete and valid."""

    def __init__(self, raw: Mapping[str, Any], lines: Mapping[str, int]) -> None:
        self._raw = raw
        self._lines = lines
        self._problems: list[Problem] = []
        self._check_tables()
        self._raw_defaults = self._table("defaults")
        self.defaults = self._read_defaults()
        self.devices = dict(self._read_devices())
        self.experiments = dict(self._read_experiments())
        self._check_names()
        self.studies = dict(self._read_studies())

    @property
    def problems(self) -> list[Problem]:
        """Every mistake of the file, from its top to its end."""
        return sorted(self._problems, key=lambda problem: (problem.line is None, problem.line))

    def _add(self, problem: Problem, prefix: str = "") -> None:
        problem = problem.under(prefix) if prefix else problem
        self._problems.append(replace(problem, line=line_of(self._lines, problem.where)))

    def _check_tables(self) -> None:
        for key in self._raw:
            if key not in TABLES:
                message = f"unknown table `{key}`"
                self._add(Problem(where=key, message=message, suggestion=nearest(key, TABLES)))
        experiments = self._raw.get("experiments", {})
        if isinstance(experiments, Mapping) and not experiments:
            message = "there are none: begin one with [experiments.my-first]"
            self._add(Problem(where="experiments", message=message))

    def _table(self, where: str) -> Raw:
        value = self._raw.get(where, {})
        if isinstance(value, Mapping):
            return without_shorthand(value) if where == "defaults" else dict(value)
        problem = Problem(where=where, value=value, message="must be a table")
        if not any(known.where == where for known in self._problems):  # it is looked up more than once
            self._add(problem)
        return {}

    def _tables(self, where: str) -> Iterator[tuple[str, Raw]]:
        for name, value in self._table(where).items():
            if isinstance(value, Mapping):
                yield name, dict(value)
            else:
                self._add(Problem(where=f"{where}.{name}", value=value, message="must be a table"))

    def _read_defaults(self) -> ExperimentSpec:
        try:
            return build_experiment(self._raw_defaults)
        except InvalidSettingsError as error:
            for problem in error.problems:
                self._add(problem, "defaults")
            return ExperimentSpec()

    def _read_devices(self) -> Iterator[tuple[str, int]]:
        for name, slots in self._table("devices").items():
            where = f"devices.{name}"
            if not is_device(name):
                message = "there is no such device: they are `cpu`, `cuda`, `cuda:0`, `cuda:1`, …"
                self._add(Problem(where=where, message=message, suggestion=nearest(name, ("cpu", "cuda"))))
            elif isinstance(slots, bool) or not isinstance(slots, int) or not 0 <= slots <= MOST_SLOTS:
                message = f"must be a whole number from 0 to {MOST_SLOTS}: how many runs it takes at once"
                self._add(Problem(where=where, value=slots, message=message))
            else:
                yield name, slots

    def _read_experiments(self) -> Iterator[tuple[str, ExperimentSpec]]:
        for name, raw in self._tables("experiments"):
            try:
                yield name, build_experiment(merged(self._raw_defaults, raw))
            except InvalidSettingsError as error:
                self._add_own(name, raw, error.problems)

    def _add_own(self, name: str, raw: Raw, problems: tuple[Problem, ...]) -> None:
        """Mistakes of the defaults are told once, not again for each experiment that takes them over."""
        of_defaults = {problem.where for problem in self._problems}
        for problem in problems:
            if _has(raw, problem.where) or f"defaults.{problem.where}" not in of_defaults:
                self._add(problem, f"experiments.{name}")

    def _check_names(self) -> None:
        seen: dict[str, str] = {}
        for table in ("experiments", "studies"):
            for name in self._table(table):
                where = f"{table}.{name}"
                bad = why_bad_name(name)
                if bad:
                    self._add(Problem(where=where, message=bad))
                if name.lower() in seen:
                    self._add(Problem(where=where, message=f"has the same name as {seen[name.lower()]}"))
                seen.setdefault(name.lower(), where)

    def _read_studies(self) -> Iterator[tuple[str, StudySpec]]:
        for name, raw in self._tables("studies"):
            for key in ("matrix", "set"):
                if isinstance(raw.get(key), Mapping):
                    raw[key] = dict(leaves(raw[key]))
            try:
                study = build_study(raw)
                self._check_study(name, study)
            except InvalidSettingsError as error:
                for problem in error.problems:
                    self._add(problem, f"studies.{name}")
            else:
                yield name, study

    def _check_study(self, name: str, study: StudySpec) -> None:
        for path, values in study.matrix.items():
            for number, value in enumerate(values):
                if shown(value) in map(shown, values[:number]):
                    where = f"studies.{name}.matrix.{path}[{number}]"
                    self._add(Problem(where=where, value=value, message="is in the list already"))
        if study.seeds > 1 and SEED in study.matrix:
            message = (
                f"repeats its runs with other seeds, and {SEED} in its matrix does too: leave one of them out"
            )
            self._add(Problem(where=f"studies.{name}.seeds", value=study.seeds, message=message))
        names = list(self._table("experiments"))
        if not self.experiments.keys() >= set(members(study, names)):
            return  # what is wrong with those experiments has been told
        for variant in expand(study, self.experiments, self.defaults):
            if variant.name != variant.base and variant.name in names:
                message = f"one of its runs would be called `{variant.name}`, as an experiment is"
                self._add(Problem(where=f"studies.{name}", message=message))


def _has(raw: Raw, where: str) -> bool:
    """Whether a key path, or the list it points into, is written in a table itself."""
    table: Any = without_shorthand(raw)
    for step in where.partition("[")[0].split("."):
        if not isinstance(table, Mapping) or step not in table:
            return False
        table = table[step]
    return True
