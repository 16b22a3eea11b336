"""Rows as they are shown: those alike but for their seeds as one, never across datasets."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from fashiontui.analysis.compare import Measured, Subject
from fashiontui.analysis.decisive import decisive, identity, usual_of
from fashiontui.analysis.report.looks import Look, look_at, looks_of
from fashiontui.analysis.report.rows import RunRow
from fashiontui.analysis.seeds import fold_subjects
from fashiontui.analysis.table import setting_text
from fashiontui.config.studies import SEED
from fashiontui.runs.state import RunState

FINISHED: Final = RunState.FINISHED.value
IMAGES: Final = (
    "dataset.name",
    "dataset.valid_size",
    "dataset.split_seed",
    "dataset.test_size",
    "dataset.options",
)


@dataclass(frozen=True, slots=True)
class Data:
    """The images that runs were measured on: only runs of one such can be compared."""

    name: str
    synthetic: bool
    key: str
    special: str = ""  # what of it is not as usual

    @property
    def label(self) -> str:
        """As it stands at every chart."""
        name = f"{self.name} (synthetic)" if self.synthetic and self.name != "synthetic" else self.name
        return f"{name}, {self.special}" if self.special else name


@dataclass(frozen=True, slots=True)
class Group:
    """Runs alike but for their seeds: their `rows`, and what they come to."""

    label: str
    subject: Subject  # mean ± standard deviation
    rows: tuple[RunRow, ...]  # those that count: one a seed
    look: Look
    settings: Mapping[str, Any]  # those that are not as usual

    @property
    def experiment(self) -> str:
        """As its folder is called."""
        return self.subject.experiment

    @property
    def base(self) -> str:
        """The experiment it derives from."""
        return next((row.base for row in self.rows if row.experiment == self.experiment), self.rows[0].base)

    @property
    def is_plain(self) -> bool:
        """Whether it is an experiment, and no variant of one."""
        return any(row.experiment == row.base for row in self.rows)

    @property
    def is_finished(self) -> bool:
        """Whether its numbers are final."""
        return all(row.state == FINISHED for row in self.rows)

    @property
    def run_ids(self) -> tuple[str, ...]:
        """Of all runs that count."""
        return tuple(row.run_id for row in self.rows)

    @property
    def seeds(self) -> tuple[int, ...]:
        """In order."""
        return tuple(sorted(row.seed for row in self.rows))

    @property
    def studies(self) -> frozenset[str]:
        """That any of its runs is part of."""
        return frozenset(name for row in self.rows for name in row.studies)

    def measured(self, key: str) -> Measured | None:
        """A result; None where there is none."""
        return self.subject.results.get(key)

    def value(self, key: str) -> float | None:
        """Its mean."""
        found = self.measured(key)
        return None if found is None else found.value

    def setting(self, path: str) -> Any:
        """A setting, also where it is as usual; None where the model has none such."""
        return _setting(self.rows[0], path)


def data_of(row: RunRow) -> Data:
    """Which images a run was measured on."""
    said = {
        path: value
        for path, value in decisive(row.settings).items()
        if path.startswith(IMAGES) and path != "dataset.name"
    }
    special = ", ".join(f"{_short(path)} {setting_text(value)}" for path, value in sorted(said.items()))
    return Data(row.dataset, row.synthetic, json.dumps([row.dataset, said], sort_keys=True), special)


def by_data(rows: Iterable[RunRow]) -> dict[Data, tuple[RunRow, ...]]:
    """Rows of each dataset; real ones first, then those with more runs."""
    named: defaultdict[Data, list[RunRow]] = defaultdict(list)
    for row in rows:
        named[data_of(row)].append(row)
    found = {data: part for each, mine in named.items() for data, part in _by_images(each, mine).items()}
    order = sorted(found, key=lambda data: (data.synthetic, -len(found[data])))
    return {data: tuple(found[data]) for data in order}


def _by_images(data: Data, rows: Sequence[RunRow]) -> dict[Data, list[RunRow]]:
    """Apart where one name and the same settings stand for several images, as when files of one's own have changed.

    Rows that do not tell their images are with the most.
    """
    prints: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.data_fingerprint:
            prints[_data_settings(row)].add(row.data_fingerprint)
    if all(len(each) == 1 for each in prints.values()):
        return {data: list(rows)}
    usual, _ = Counter(row.data_fingerprint for row in rows if row.data_fingerprint).most_common(1)[0]
    found: defaultdict[Data, list[RunRow]] = defaultdict(list)
    for row in rows:
        found[_with_images(data, row.data_fingerprint or usual)].append(row)
    return found


def _data_settings(row: RunRow) -> str:
    """All that is set of the images: training on fewer of them parts no dataset, and is no change of it either."""
    said = [item for item in decisive(row.settings).items() if item[0].startswith("dataset.")]
    return json.dumps(said, default=str)


def _with_images(data: Data, fingerprint: str) -> Data:
    special = ", ".join([data.special] * bool(data.special) + [f"images {fingerprint[:8]}"])
    return replace(data, key=json.dumps([data.key, fingerprint]), special=special)


def groups_of(rows: Sequence[RunRow]) -> tuple[Group, ...]:
    """Rows of one dataset, those alike but for their seeds as one, by name; experiments before variants of them.

    Unfinished runs count only where no like one has finished; of runs with one seed, the newest.
    """
    buckets: defaultdict[str, list[RunRow]] = defaultdict(list)
    for row in rows:
        if row.results.keys() & {"valid_accuracy", "test_accuracy"}:
            buckets[identity(row.settings)].append(row)
    counted = [_counted(bucket) for bucket in buckets.values()]
    names = [_experiment(group) for group in counted]
    groups = [
        Group(label, _folded(group, name), group, look_at(0), decisive(group[0].settings))
        for group, name, label in zip(counted, names, _labels(counted, names), strict=True)
    ]
    return coloured(sorted(groups, key=lambda group: (not group.is_plain, group.label)))


def coloured(groups: Sequence[Group], others: Iterable[Group] = ()) -> tuple[Group, ...]:
    """Each with a look of its own; with that of its namesake where one is among the others."""
    looks = looks_of([*(group.label for group in others), *(group.label for group in groups)])
    return tuple(replace(group, look=looks[group.label]) for group in groups)


def _counted(bucket: Sequence[RunRow]) -> tuple[RunRow, ...]:
    finished = [row for row in bucket if row.state == FINISHED]
    return tuple({row.seed: row for row in finished or bucket}.values())


def _experiment(group: Sequence[RunRow]) -> str:
    return next((row.experiment for row in group if row.experiment == row.base), group[0].experiment)


def _folded(group: Sequence[RunRow], name: str) -> Subject:
    """As `fashiontui compare --fold-seeds` folds them."""
    settings = decisive(group[0].settings)
    subjects = [
        replace(row.subject(), experiment=name, settings={**settings, SEED: row.seed}) for row in group
    ]
    (folded,) = fold_subjects(subjects)
    return replace(folded, experiment=name)


def _labels(groups: Sequence[Sequence[RunRow]], names: Sequence[str]) -> list[str]:
    """The experiment's name; where that is not enough, with the settings that tell it from its namesakes."""
    labels = []
    for group, name in zip(groups, names, strict=True):
        others = [
            decisive(other[0].settings)
            for other, its in zip(groups, names, strict=True)
            if its == name and other is not group
        ]
        mine = decisive(group[0].settings)
        paths = dict.fromkeys(
            path for other in others for path in (*mine, *other) if mine.get(path) != other.get(path)
        )
        said = ", ".join(f"{_short(path)} {setting_text(_setting(group[0], path))}" for path in sorted(paths))
        labels.append(f"{name} ({said})" if said else name)
    return labels


def _setting(row: RunRow, path: str) -> Any:
    found = row.settings.get(path)
    return usual_of(row.settings).get(path) if found is None else found


def _short(path: str) -> str:
    return path.rpartition(".")[2].replace("_", " ")
