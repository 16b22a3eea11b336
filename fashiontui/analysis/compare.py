"""What runs are compared by: the settings they differ in, what they ran on, and what came of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeGuard

from fashiontui.config.schema import MODELS, TABLES
from fashiontui.runs.metrics import Direction, direction
from fashiontui.runs.registry.entry import Entry
from fashiontui.runs.state import RunState

Kind = Literal["setting", "setup", "result"]
Unit = Literal["", "count", "seconds", "rate"]

SETTINGS: Final = ("model", *TABLES)  # the tables that settings are in
HARDWARE: Final = ("device_name", "threads")  # of what runs are set up on, what decides how long they take
TIMES: Final = ("seconds", "rate")  # units
SETUP: Final = ("state", "synthetic", "device", "device_name", "threads", "host", "commit")


@dataclass(frozen=True, slots=True)
class Measure:
    """A result that runs are compared by; which way is better is None where neither is."""

    key: str  # among a run's facts
    title: str
    better: Direction | None
    unit: Unit = ""
    live: tuple[str, str] | None = None  # the metric and statistic that stand for it before a run has ended


def _judged(key: str, title: str, unit: Unit = "", live: tuple[str, str] | None = None) -> Measure:
    return Measure(key, title, direction(key), unit, live)


MEASURES: Final = (
    Measure("parameters", "parameters", None, "count"),
    Measure("multiply_adds", "multiply-adds", None, "count"),
    _judged("valid_accuracy", "best valid accuracy", live=("valid_accuracy", "best")),
    _judged("valid_loss", "valid loss, best model"),
    _judged("test_accuracy", "test accuracy"),
    _judged("test_loss", "test loss"),
    _judged("train_accuracy", "train accuracy, best model"),
    _judged("generalisation_gap", "generalisation gap"),
    Measure("best_epoch", "best epoch", None, "count", ("valid_accuracy", "best_epoch")),
    _judged("last_valid_accuracy", "last valid accuracy", live=("valid_accuracy", "last")),
    _judged("last_valid_loss", "last valid loss", live=("valid_loss", "last")),
    Measure("epochs", "epochs", None, "count"),
    Measure("steps", "steps", None, "count"),
    _judged("train_seconds", "training time", "seconds"),
    _judged("total_seconds", "total time", "seconds"),
    _judged("samples_per_second", "samples per second", "rate", ("samples_per_second", "last")),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """A number, or the mean of several with their standard deviation."""

    value: float
    std: float | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Subject:
    """A run, or several that are alike but for their seeds, as it is compared."""

    key: str
    experiment: str
    label: str  # tells it from the others
    settings: Mapping[str, Any]
    setup: Mapping[str, Any] = field(default_factory=dict)
    results: Mapping[str, Measured] = field(default_factory=dict)
    members: tuple[str, ...] = ()  # keys of the runs, where it is more than one


@dataclass(frozen=True, slots=True)
class Cell:
    """What one subject has in a row."""

    value: Any  # None: nothing
    std: float | None = None
    delta: float | None = None  # to the baseline's
    is_best: bool = False
    runs: int = 1  # whose mean it is
    lacking: int = 0  # runs of the subject that have no such value


@dataclass(frozen=True, slots=True)
class Row:
    """A setting, a circumstance or a result of all subjects."""

    kind: Kind
    key: str
    title: str
    cells: tuple[Cell, ...]  # one a subject
    differs: bool
    better: Direction | None = None
    unit: Unit = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Subjects side by side."""

    subjects: tuple[Subject, ...]
    baseline: int
    rows: tuple[Row, ...]
    notes: tuple[str, ...]  # what to keep in mind when reading it

    def chosen(self, *, everything: bool) -> tuple[Row, ...]:
        """All rows that say something, or only those that differ."""
        return tuple(row for row in self.rows if everything or row.differs)


def subjects_of(entries: Sequence[Entry]) -> list[Subject]:
    """Runs as they are compared, in that order."""
    named = labels([entry.key for entry in entries])
    return [_subject(entry, label) for entry, label in zip(entries, named, strict=True)]


def _subject(entry: Entry, label: str) -> Subject:
    facts = entry.facts
    setup = {key: facts.get(key) for key in SETUP}
    return Subject(
        key=entry.key,
        experiment=entry.experiment,
        label=label,
        settings={path: value for path, value in facts.items() if is_setting(path)},
        setup={**setup, "state": entry.state.value},
        results=dict(_results(entry)),
    )


def is_setting(path: str) -> bool:
    """Whether a key path is one of an experiment's settings."""
    table, dot, _ = path.partition(".")
    return bool(dot) and table in SETTINGS


def _results(entry: Entry) -> Iterator[tuple[str, Measured]]:
    metrics: Mapping[str, Mapping[str, Any]] = entry.facts.get("metrics") or {}
    for measure in MEASURES:
        value = entry.facts.get(measure.key)
        if measure.live is not None and (value is None or entry.state is not RunState.FINISHED):
            metric, statistic = measure.live
            value = metrics.get(metric, {}).get(statistic, value)
        if _is_number(value):
            yield measure.key, Measured(value)


def labels(keys: Sequence[str]) -> list[str]:
    """The shortest names that tell runs apart: `cnn1`, `cnn1 k3f`, else the whole key."""
    parts = [key.partition("/") for key in keys]
    experiments = Counter(experiment for experiment, _, _ in parts)
    short = [f"{experiment} {run_id.rpartition('-')[2]}" for experiment, _, run_id in parts]
    shorts = Counter(short)
    return [
        experiment if experiments[experiment] == 1 else name if shorts[name] == 1 else key
        for key, name, (experiment, _, _) in zip(keys, short, parts, strict=True)
    ]


def compare(
    subjects: Sequence[Subject], baseline: int = 0, measures: Sequence[Measure] = MEASURES
) -> Comparison:
    """Put subjects side by side; the results' Δ are to the subject at `baseline`."""
    times = times_comparable(subjects)
    rows = [
        *_plain_rows("setting", [subject.settings for subject in subjects]),
        *_plain_rows("setup", [subject.setup for subject in subjects]),
        *(_result_row(measure, subjects, baseline, rank_times=times) for measure in measures),
    ]
    kept = tuple(row for row in rows if any(cell.value is not None for cell in row.cells))
    return Comparison(tuple(subjects), baseline, kept, tuple(_notes(subjects)))


def _plain_rows(kind: Kind, tables: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    paths = dict.fromkeys(path for table in tables for path in table)
    for path in sorted(paths, key=_place_of_table):
        cells = tuple(Cell(table.get(path)) for table in tables)
        differs = _setting_differs if kind == "setting" else _known_differ
        yield Row(kind, path, path, cells, differs=differs(tables, path))


def _known_differ(tables: Sequence[Mapping[str, Any]], path: str) -> bool:
    """Of where a run was made: one that waits has been made nowhere yet, which is no difference."""
    return _differ(table[path] for table in tables if table.get(path) is not None)


def _setting_differs(tables: Sequence[Mapping[str, Any]], path: str) -> bool:
    """Whether it is not the same in all that have it; or where some have it not, not as usual in one that does.

    So `model.activation` does not differ only because a logistic regression has none.
    """
    having = [table for table in tables if path in table]
    if _differ(table[path] for table in having):
        return True
    return len(having) < len(tables) and not all(_is_usual(table, path) for table in having)


def _is_usual(table: Mapping[str, Any], path: str) -> bool:
    """Whether a setting of a model is what models of its kind have where nothing is said."""
    head, _, key = path.partition(".")
    kind = str(table.get("model.kind"))
    field = MODELS[kind].model_fields.get(key) if head == "model" and kind in MODELS else None
    if field is None or field.is_required():
        return False
    usual = field.get_default(call_default_factory=True)
    return bool(table[path] == (list(usual) if isinstance(usual, tuple) else usual))


def _place_of_table(path: str) -> int:
    """The model's settings first; all others of one table together."""
    table = path.partition(".")[0]
    return SETTINGS.index(table) if table in SETTINGS else len(SETTINGS)


def _result_row(measure: Measure, subjects: Sequence[Subject], baseline: int, *, rank_times: bool) -> Row:
    found = [subject.results.get(measure.key) for subject in subjects]
    values = [None if each is None else each.value for each in found]
    best = best_of(values, measure.better if rank_times or measure.unit not in TIMES else None)
    cells = tuple(
        Cell(
            value,
            None if each is None else each.std,
            None if index == baseline else _delta(value, values[baseline]),
            index in best,
            *(() if each is None else (each.count, max(0, len(subjects[index].members) - each.count))),
        )
        for index, (value, each) in enumerate(zip(values, found, strict=True))
    )
    differs = any(value != values[0] for value in values)
    return Row("result", measure.key, measure.title, cells, differs, measure.better, measure.unit)


def _delta(value: float | None, base: float | None) -> float | None:
    return None if value is None or base is None else value - base


def best_of(values: Sequence[float | None], better: Direction | None) -> set[int]:
    """Where the best values are: none where there is nothing to choose between."""
    known = {index: value for index, value in enumerate(values) if _is_number(value)}
    if better is None or len(set(known.values())) < 2:  # noqa: PLR2004 - a choice
        return set()
    best = min(known.values()) if better == "min" else max(known.values())
    return {index for index, value in known.items() if value == best}


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _notes(subjects: Sequence[Subject]) -> Iterator[str]:
    synthetic = [subject.setup.get("synthetic") is True for subject in subjects]
    if any(synthetic):
        yield "synthetic data" + ("" if all(synthetic) else ", in some of them")
    if _differ(_data(subject.settings) for subject in subjects):
        yield "different data: accuracies can't be compared as they are"
    if not times_comparable(subjects):
        yield "different devices or threads: times can't be compared as they are"
    unfinished = [subject.label for subject in subjects if not _is_finished(subject.setup.get("state"))]
    if unfinished:
        yield f"not finished: {', '.join(unfinished)}"


def times_comparable(subjects: Sequence[Subject]) -> bool:
    """Whether all runs that were made, also those of one subject, were made on the same hardware with as many threads."""
    setups = [subject.setup for subject in subjects]
    is_mixed = any(isinstance(setup.get(path), tuple) for setup in setups for path in HARDWARE)
    return not is_mixed and not any(_known_differ(setups, path) for path in HARDWARE)


UNFINISHED: Final = {state.value for state in RunState if state is not RunState.FINISHED}


def _is_finished(states: Any) -> bool:
    """Of several runs, that all of them are."""
    return not UNFINISHED.intersection(states if isinstance(states, tuple) else (states,))


def _data(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What decides which images a run is measured on."""
    decisive = ("name", "valid_size", "split_seed", "test_size", "options")
    return {
        path: value
        for path, value in settings.items()
        if path.startswith("dataset.") and path.split(".")[1] in decisive
    }


def _differ(values: Iterable[Any]) -> bool:
    known = list(values)
    return any(value != known[0] for value in known)
