"""What the row under a cursor stands for, as keys see it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fashiontui.runs.state import RunState
from fashiontui.tui.actions.starting import Wish
from fashiontui.tui.actions.targets import SUITS, of_experiment, of_runs
from fashiontui.tui.outline import Group, Member
from fashiontui.tui.project import FOREIGN, ProjectSnapshot
from fashiontui.tui.queuerows import QueueRow
from fashiontui.tui.summaries import Summaries, repeats_of
from fashiontui.tui.tree import Kind, TreeRow, folder_of

if TYPE_CHECKING:
    from fashiontui.runs.registry.entry import Entry

Row = TreeRow | QueueRow


@dataclass(frozen=True, slots=True)
class Picked:
    """Runs, and what would be run anew."""

    runs: tuple[Entry, ...] = ()  # newest first
    is_experiment: bool = False  # the runs are those of one experiment, of which some keys mean the newest
    wish: Wish | None = None  # None: the file does not have it
    study: Group | None = None
    member: Member | None = None

    @property
    def where(self) -> str:
        """Key path of what the experiments file says of it, of a study's variant the study's; "" where it says nothing."""
        if self.study is not None and (self.member is None or self.member.variant):
            return f"studies.{self.study.name}"
        return f"experiments.{self.member.base}" if self.member is not None else ""

    def targets(self, action: str) -> tuple[str, ...]:
        """Keys of the runs that an action is done to."""
        return of_experiment(action, self.runs) if self.is_experiment else of_runs(action, self.runs)

    def suits(self, action: str) -> bool:
        """Whether there is any such run; there may be thousands."""
        return bool(self.targets(action)) if self.is_experiment else any(map(SUITS[action], self.runs))

    def among(self, keys: Collection[str]) -> Picked:
        """Of the runs those in there, if any are: a row may be shown for what it is, whatever runs it has."""
        runs = tuple(run for run in self.runs if run.key in keys)
        return replace(self, runs=runs) if runs else self

    def to_mark(self) -> tuple[str, ...]:
        """Keys of the runs that a mark is for: of each experiment its repeats with other seeds, or its best."""
        by_experiment: dict[str, list[Entry]] = {}
        for run in self.runs:
            by_experiment.setdefault(kin(run), []).append(run)
        return tuple(run.key for runs in by_experiment.values() for run in _to_mark(runs))


def kin(run: Entry) -> str:
    """What runs are alike by: their experiment; another program's run is like no other."""
    return run.key if run.facts.get(FOREIGN) else run.experiment


def _to_mark(runs: Sequence[Entry]) -> Sequence[Entry]:
    """Repeats, if the newest has any; else the best on validation, else the newest that has got on, has begun, is there."""
    repeats = repeats_of([run for run in runs if run.state is RunState.FINISHED])
    if len(repeats) > 1:
        return repeats
    measured = [run for run in runs if run.facts.get("valid_accuracy") is not None]
    best = max(measured, key=lambda run: float(run.facts["valid_accuracy"]), default=None)
    got_on = next((run for run in runs if run.best_valid is not None), None)
    begun = next((run for run in runs if run.attempts or run.state.is_ended), None)
    return [best or got_on or begun or runs[0]]


def picked(row: Row | None, snapshot: ProjectSnapshot, summaries: Summaries) -> Picked:
    """What a row means."""
    if row is None:
        return Picked()
    if isinstance(row, QueueRow):
        return _of_run(row.key, None, snapshot)
    if row.kind is Kind.RUN:
        return _of_run(row.name, row.group, snapshot)
    if snapshot.foreign:
        return Picked(tuple(run for run in reversed(snapshot.entries) if folder_of(run.key) == row.name))
    group = _group(row.group, snapshot)
    if row.kind is Kind.GROUP:
        members = group.members if group else ()
        runs = tuple(run for member in members for run in summaries.of(member).runs)
        wish = Wish(group.name) if group and group.name else None
        return Picked(runs, wish=wish, study=group if wish else None)
    member = _member(row.name, [group] if group else [])
    return Picked(
        (summaries.of(member) if member is not None else summaries[row.name]).runs,
        is_experiment=True,
        wish=_wish(group, member),
        study=group if group and group.name else None,
        member=member,
    )


def _of_run(key: str, group_name: str | None, snapshot: ProjectSnapshot) -> Picked:
    run = snapshot.by_key(key)
    if run is None:
        return Picked()
    groups = [group for group in snapshot.outline if group_name in (None, group.name)]
    member = _member(run.experiment, groups)
    group = next((group for group in groups if member in group.members), None)
    study = group if group and group.name else None
    return Picked((run,), wish=_wish(group, member), study=study, member=member)


def _group(name: str, snapshot: ProjectSnapshot) -> Group | None:
    return next((group for group in snapshot.outline if group.name == name), None)


def _member(name: str, groups: Sequence[Group]) -> Member | None:
    members = [member for group in groups for member in group.members]
    own = (member for member in members if member.name == name)
    return next(own, next((member for member in members if member.same_as == name), None))


def _wish(group: Group | None, member: Member | None) -> Wish | None:
    """A study's variant is run as the study says; a plain experiment for itself."""
    if group is None or member is None:
        return None
    if group.name and (group.varies or group.seeds > 1):
        return Wish(group.name, variant=member.name)
    return Wish(member.name)
