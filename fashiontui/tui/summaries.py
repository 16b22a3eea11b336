"""What is known of each experiment's runs together: the best, the latest, those under way. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from fashiontui.runs.registry.entry import Entry
from fashiontui.runs.state import RunState
from fashiontui.tui.outline import Member

if TYPE_CHECKING:
    from typing import Any

URGENCY: Final = (
    RunState.RUNNING,
    RunState.STARTING,
    RunState.QUEUED,
    RunState.PAUSED,
)


@dataclass(frozen=True, slots=True)
class Spread:
    """Test accuracies of repeats with other seeds."""

    mean: float
    deviation: float
    seeds: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The runs of one folder."""

    runs: tuple[Entry, ...]  # newest first
    best: Entry | None  # of the finished ones, the best on validation: the test set picks nothing
    latest: Entry | None  # finished last
    active: Entry | None  # the most urgent that has not ended, or may go on soon
    spread: Spread | None  # of the latest's repeats

    @property
    def newest(self) -> Entry:
        """Made last."""
        return self.runs[0]


NO_RUNS: Final = Summary((), None, None, None, None)


class Summaries:
    """Summaries by experiment; those whose runs have not changed are not made anew."""

    def __init__(self) -> None:
        self._of: dict[str, Summary] = {}

    def __getitem__(self, experiment: str) -> Summary:
        return self._of.get(experiment, NO_RUNS)

    def of(self, member: Member) -> Summary:
        """Its own runs; where it has none, those of the experiment that it is the same as.

        Best is one with the settings that the file gives it, where there is any.
        """
        own = self[member.name]
        return as_in_file(own if own.runs else self[member.same_as], member)

    def experiments(self) -> tuple[str, ...]:
        """Those that have runs."""
        return tuple(self._of)

    def update(self, entries: Sequence[Entry]) -> None:
        """Take in the runs there are now."""
        runs: dict[str, list[Entry]] = {}
        for entry in entries:
            runs.setdefault(entry.experiment, []).append(entry)
        self._of = {name: self._summary(name, found) for name, found in runs.items()}

    def _summary(self, experiment: str, entries: list[Entry]) -> Summary:
        before = self._of.get(experiment, NO_RUNS)
        runs = tuple(sorted(entries, key=_age, reverse=True))
        is_same = len(runs) == len(before.runs) and all(map(_is, runs, before.runs))
        return before if is_same else summarise(runs)


def summarise(runs: tuple[Entry, ...]) -> Summary:
    """What runs of one folder, the newest first, come to."""
    finished = [run for run in runs if run.state is RunState.FINISHED]
    active = [run for run in runs if run.state in URGENCY]
    return Summary(
        runs=runs,
        best=max(finished, key=_valid_accuracy, default=None),
        latest=finished[0] if finished else None,
        active=min(active, key=lambda run: URGENCY.index(run.state), default=None),
        spread=spread_of(finished),
    )


def is_as_in_file(run: Entry, member: Member) -> bool:
    """Whether its settings are those of the file, but for the seed; a plain experiment's run differs in none."""
    expected = member.variant if run.experiment == member.name else {}
    return (run.facts.get("variant") or {}) == expected


def as_in_file(summary: Summary, member: Member) -> Summary:
    """What comes of the runs with the settings of the file; of all, where there is none of these."""
    if summary.best is None or member.spec is None:
        return summary
    finished = [run for run in summary.runs if run.state is RunState.FINISHED]
    own = [run for run in finished if is_as_in_file(run, member)]
    if not own or len(own) == len(finished):
        return summary
    return replace(summary, best=max(own, key=_valid_accuracy), spread=spread_of(own))


def spread_of(finished: Sequence[Entry]) -> Spread | None:
    """Over the seeds of the newest's repeats; None where there is but one."""
    values = [run.facts["test_accuracy"] for run in repeats_of(finished)]
    if len(values) < 2:  # noqa: PLR2004 - one value has no spread
        return None
    return Spread(statistics.fmean(values), statistics.stdev(values), len(values))


def repeats_of(finished: Sequence[Entry]) -> tuple[Entry, ...]:
    """Of runs of one folder, the newest first: those like the newest but for the seed, the newest of each seed."""
    by_seed: dict[Any, Entry] = {}
    for run in finished:
        if run.facts.get("test_accuracy") is not None and run.facts.get("variant") == finished[0].facts.get(
            "variant"
        ):
            by_seed.setdefault(run.facts.get("seed"), run)
    return tuple(by_seed.values())


def _valid_accuracy(run: Entry) -> float:
    value = run.facts.get("valid_accuracy")
    return -1.0 if value is None else value


def _age(run: Entry) -> tuple[float, str]:
    return run.created, run.run_id


def _is(one: Entry, other: Entry) -> bool:
    return one is other
