"""Which runs a key means, by the row it is pressed on. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.state import RunState

Suits = Callable[[Entry], bool]


def _goes(run: Entry) -> bool:
    """Whether it is queued or live, and nothing was asked of it."""
    return not run.state.is_ended and run.wanted is Wanted.RUN


def _may_go_on(run: Entry) -> bool:
    return run.state.can_resume or (run.state.is_live and run.wanted is not Wanted.RUN)


def _is_under_way(run: Entry) -> bool:
    return not run.state.is_ended


def _has_ended(run: Entry) -> bool:
    return run.state.is_ended


def _waits(run: Entry) -> bool:
    return run.state is RunState.QUEUED


SUITS: Final[dict[str, Suits]] = {
    "stop": _is_under_way,
    "kill": _is_under_way,
    "pause": _goes,
    "resume": _may_go_on,
    "rerun": _has_ended,
    "delete": lambda run: not run.state.is_live,
    "earlier": _waits,
    "later": _waits,
}
ONE: Final = ("resume", "rerun", "delete")  # of an experiment's runs, these are done to the newest alone
WHY_NONE: Final = {
    "stop": "nothing of this is running or waits",
    "kill": "nothing of this is running or waits",
    "pause": "nothing of this is running or waits",
    "resume": "nothing of this can go on: there is nothing paused, stopped, failed or lost",
    "rerun": "nothing of this can be repeated: there is no run that has ended",
    "delete": "nothing of this can be deleted: there is no run, or it has not ended",
    "earlier": "only what waits has a place in the queue",
    "later": "only what waits has a place in the queue",
}


def of_runs(action: str, runs: Iterable[Entry]) -> tuple[str, ...]:
    """Keys of those it may be done to."""
    return tuple(run.key for run in runs if SUITS[action](run))


def of_experiment(action: str, runs: Iterable[Entry]) -> tuple[str, ...]:
    """Of an experiment's runs, the newest first, keys of those it is done to."""
    keys = of_runs(action, runs)
    return keys[:1] if action in ONE else keys


def pause_or_resume(runs: Iterable[Entry]) -> str:
    """What one key for both does: what runs is paused first."""
    return "pause" if any(map(_goes, runs)) else "resume"
