"""The columns of the table of runs: what is in them, and which give way first on a narrow terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fashiontui.config.problems import printable
from fashiontui.headless.words import clock, number
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.state import RunState

STYLES: Final[Mapping[RunState, str]] = {
    RunState.STARTING: "green",
    RunState.RUNNING: "green",
    RunState.PAUSED: "yellow",
    RunState.STOPPED: "yellow",
    RunState.FAILED: "red",
    RunState.LOST: "red",
}
PHASES: Final = {"loading": "loading data", "evaluating": "evaluating", "testing": "testing"}
ASKED: Final = {Wanted.PAUSE: "pausing", Wanted.STOP: "stopping", Wanted.KILL: "being killed"}
TEN_THOUSAND: Final = 10_000
ABSENT: Final = "-"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and how to fill a cell; of those with a `rank`, the highest goes first where there is no room."""

    title: str
    cell: Callable[[Entry], str]
    rank: int = 0  # 0: stays


def note(entry: Entry) -> str:
    """What there is to say of a run besides its numbers: pace and time left, why it waits, why it failed."""
    if entry.state is RunState.QUEUED:
        return printable(entry.reason)
    if entry.state.is_live:
        return ", ".join(part for part in _pace(entry) if part)
    error = entry.facts.get("error")
    return printable(str(error["message"]).partition("\n")[0]) if error else ""


def _pace(entry: Entry) -> tuple[str, ...]:
    facts = entry.facts
    left = facts.get("eta_seconds")
    now = PHASES.get(str(facts.get("phase")), "" if left is None else f"{clock(left)} left")
    return ASKED.get(entry.wanted, ""), now, rate(facts.get("samples_per_second"))


def _epoch(entry: Entry) -> str:
    facts = entry.facts
    if "epoch" in facts or entry.state.is_live:
        return f"{facts.get('epoch', 0)}/{entry.planned or '?'}"
    return _shown(facts.get("epochs"))


def _best(entry: Entry) -> str:
    """The best validation accuracy so far and its epoch."""
    if entry.best_valid is None:
        return ABSENT
    best, epoch = entry.best_valid
    return f"{best:.4f}" + ("" if epoch is None else f"@{epoch}")


def _last(entry: Entry) -> str:
    last = _valid_accuracy(entry).get("last")
    return number(entry.facts.get("last_valid_accuracy") if last is None else last)


def _valid_accuracy(entry: Entry) -> Mapping[str, Any]:
    metrics: Mapping[str, Mapping[str, Any]] = entry.facts.get("metrics") or {}
    return metrics.get("valid_accuracy", {})


def _data(entry: Entry) -> str:
    facts = entry.facts
    name = str(facts.get("dataset"))
    is_plain = not entry.is_synthetic or name == "synthetic"
    return printable(name if is_plain else f"{name} (synthetic)")


def _trained(entry: Entry) -> str:
    seconds = entry.facts.get("train_seconds")
    return ABSENT if seconds is None or entry.state.is_live else clock(seconds)


def _shown(value: Any) -> str:
    return ABSENT if value is None else printable(str(value))


COLUMNS: Final = (
    Column("run", lambda entry: printable(entry.run_id)),
    Column("experiment", lambda entry: printable(entry.experiment)),
    Column("state", lambda entry: entry.state.value),
    Column("epoch", _epoch, 1),
    Column("best valid", _best, 2),
    Column("last valid", _last, 5),
    Column("test", lambda entry: number(entry.facts.get("test_accuracy")), 3),
    Column("trained", _trained, 4),
    Column("seed", lambda entry: _shown(entry.facts.get("seed")), 6),
    Column("data", _data, 7),
)


def rate(samples_per_second: float | None) -> str:
    """A pace in little room: `912/s`, `34.3k/s`; empty where unknown."""
    if samples_per_second is None:
        return ""
    if samples_per_second >= TEN_THOUSAND:
        return f"{samples_per_second / 1000:,.1f}k/s"
    return f"{samples_per_second:,.0f}/s"
