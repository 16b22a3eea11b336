"""Which keys a filter knows, how they may be written, and where their values are in a run's facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Any, Final

from fashiontui.config.problems import listed, nearest
from fashiontui.config.schema import ALSO_KNOWN_AS, key_paths
from fashiontui.runs.filter.mistake import Mistake
from fashiontui.runs.metrics import METRICS
from fashiontui.runs.record import MetricSummary, Result

Facts = Mapping[str, Any]
Getter = Callable[[Facts, float], Any]


class Holds(Enum):
    """What a key's value is, where that decides how it is compared."""

    ANYTHING = auto()
    TEXT = auto()  # has no greater or less
    BEGINNING = auto()  # a text that its beginning is enough to name
    STATE = auto()
    SECONDS = auto()  # a number, or a duration such as 90s or 1h30m
    AGE = auto()  # a duration
    DATE = auto()  # Unix seconds, written as a date


@dataclass(frozen=True, slots=True)
class Key:
    """A key by its full path in the facts: `model.dropout`, `test_accuracy`, `best.valid_accuracy`."""

    path: str
    holds: Holds = Holds.ANYTHING


ALIASES: Final = {
    "status": "state",
    "run": "run_id",
    "id": "run_id",
    "tag": "tags",
    "model": "model.kind",
    "optimizer": "optimizer.name",
    "test": "test_accuracy",
}
RESULTS: Final = tuple(Result.model_fields)
LIVE: Final = ("phase", "step", "epoch", "planned_steps", "planned_epochs", "eta_seconds")
SPECIAL: Final = {
    "age": Holds.AGE,
    "created": Holds.DATE,
    "state": Holds.STATE,
    "run_id": Holds.BEGINNING,
    "commit": Holds.BEGINNING,
    "weights_sha256": Holds.BEGINNING,
    **dict.fromkeys(
        (
            *("experiment", "study", "base", "dataset", "device", "device_name", "host", "tags", "error"),
            *("phase", "model.kind", "optimizer.name"),
        ),
        Holds.TEXT,
    ),
}
OWN: Final = tuple(
    dict.fromkeys(
        (
            *("run_id", "experiment", "study", "state", "age", "created", "dataset", "synthetic", "seed"),
            *("device", "device_name", "threads", "parameters", "multiply_adds"),
            *RESULTS,
            *LIVE,
            *("base", "host", "commit", "tags", "error"),
        )
    )
)
STATISTICS: Final = tuple(MetricSummary.model_fields)  # last, best, best_epoch, min, max
NAME_BY_TAG: Final = {tag: name for name, tag in METRICS.items()}
OPTIONS: Final = ("model.options.", "dataset.options.")  # of a network or dataset of the user's own
EXAMPLES: Final = "Keys are settings (dropout, training.epochs), results (test_accuracy), best.valid_accuracy, state, age, …"


@cache
def settings() -> tuple[str, ...]:
    """Key paths of all settings that a run may have."""
    tables = {"description", *(prefix.removesuffix(".") for prefix in OPTIONS)}
    return tuple(path for path in key_paths("") if path not in tables)


@cache
def short_names() -> Mapping[str, str]:
    """The shortest way to write each key, and other ways where there are, with its full path."""
    short = {name: name for name in OWN}
    for path in settings():
        parts = path.split(".")
        ends = [".".join(parts[start:]) for start in reversed(range(len(parts)))]
        short[next(end for end in ends if end not in OWN and len(_ending(end)) == 1)] = path
    metrics = (f"{statistic}.{name}" for name in METRICS for statistic in STATISTICS)
    return {**short, **ALIASES, **{path: path for path in metrics}}


def resolve(name: str, column: int) -> Key:
    """The key that a name stands for; Mistake at `column` where it stands for none, or for several."""
    path = ALIASES.get(name, name)
    if path in OWN or path in settings() or _is_option(path):
        return _key(path)
    statistic, _, metric = name.partition(".")
    if statistic in STATISTICS and metric:
        return Key(f"{statistic}.{_metric(metric, column + len(statistic) + 1)}")
    paths = _ending(name)
    if len(paths) > 1:
        raise Mistake(column, f"`{name}` may be {listed(paths, 'or')}", "Write more of the key's path.")
    if not paths:
        raise Mistake(column, f"unknown key `{name}`", did_you_mean(name, _ways_to_write()) or EXAMPLES)
    return _key(paths[0])


def getter(key: Key) -> Getter:
    """How to get a key's value from a run's facts and the time; None where the run has none."""
    statistic, _, metric = key.path.partition(".")
    if key.holds is Holds.AGE:
        return _age
    if key.path == "error":
        return _error
    if statistic in STATISTICS and metric:
        return lambda facts, now: ((facts.get("metrics") or {}).get(metric) or {}).get(statistic)  # noqa: ARG005
    path = key.path
    return lambda facts, now: facts.get(path)  # noqa: ARG005


def did_you_mean(name: str, choices: tuple[str, ...]) -> str:
    """A question that names the nearest choice; empty where none is near."""
    found = nearest(name, choices)
    return f"Did you mean `{found}`?" if found else ""


def _key(path: str) -> Key:
    usual = Holds.SECONDS if path.endswith("_seconds") else Holds.ANYTHING
    return Key(path, SPECIAL.get(path, usual))


def _is_option(path: str) -> bool:
    return any(path.startswith(prefix) and path != prefix for prefix in OPTIONS)


def _metric(name: str, column: int) -> str:
    name = NAME_BY_TAG.get(name, name)
    if name not in METRICS:
        hint = did_you_mean(name, (*METRICS, *NAME_BY_TAG))
        raise Mistake(column, f"unknown metric `{name}`", hint or f"Metrics are {listed(METRICS)}.")
    return name


def _ending(name: str) -> list[str]:
    """The settings whose paths end so, in whole steps; `lr` means `learning_rate`."""
    before, dot, last = name.rpartition(".")
    end = f"{before}{dot}{ALSO_KNOWN_AS.get(last, last)}"
    return [path for path in settings() if path == end or path.endswith(f".{end}")]


def _ways_to_write() -> tuple[str, ...]:
    return (*short_names(), *ALSO_KNOWN_AS, *settings())


def _age(facts: Facts, now: float) -> float | None:
    created = facts.get("created")
    return None if created is None else now - created


def _error(facts: Facts, now: float) -> list[Any] | None:  # noqa: ARG001 - as all getters
    error = facts.get("error")
    return [error.get("kind"), error.get("message")] if error else None
