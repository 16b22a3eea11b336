"""Which runs and experiments a filter lets through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fashiontui.tui.outline import Group, Member

if TYPE_CHECKING:
    from fashiontui.runs.filter.filter import Filter
    from fashiontui.runs.registry.entry import Entry


class Wanting:
    """Asks the filter of a run only once it has changed: there may be thousands."""

    def __init__(self) -> None:
        self._filter: Filter | None = None
        self._asked: dict[str, tuple[Entry, bool]] = {}
        self._groups: Sequence[Group] = ()
        self._experiments: list[tuple[str, dict[str, object]]] = []  # of those groups, with their facts

    @property
    def filter(self) -> Filter | None:
        """That one; None where there is none."""
        return self._filter

    @property
    def is_set(self) -> bool:
        """Whether there is a filter."""
        return self._filter is not None

    def set(self, wanted: Filter | None) -> None:
        """Filter by this; None: let everything through."""
        self._filter = wanted
        self._asked.clear()

    def runs(self, entries: Sequence[Entry], now: float) -> frozenset[str] | None:
        """Keys of the runs it lets through; None where there is no filter."""
        if self._filter is None:
            return None
        return frozenset(entry.key for entry in entries if self._lets_through(entry, now))

    def experiments(self, groups: Sequence[Group], now: float) -> frozenset[str]:
        """Names of the experiments it lets through for what they are, whatever runs they have."""
        wanted = self._filter
        if wanted is None:
            return frozenset()
        if groups is not self._groups:  # the same while letters are typed
            self._groups = groups
            self._experiments = [
                (member.name, _facts(group, member))
                for group in groups
                for member in group.members
                if member.spec
            ]
        return frozenset(name for name, facts in self._experiments if wanted.matches(facts, now))

    def _lets_through(self, entry: Entry, now: float) -> bool:
        assert self._filter is not None
        known = self._asked.get(entry.key)
        if known is not None and known[0] is entry and "age" not in self._filter.keys():  # noqa: SIM118 - a method
            return known[1]
        answer = self._filter.matches(entry.facts, now)
        self._asked[entry.key] = entry, answer
        return answer


def _facts(group: Group, member: Member) -> dict[str, object]:
    """An experiment's settings, as a run of it would have them."""
    from fashiontui.config.settings import flatten  # noqa: PLC0415 - pydantic: not before the first paint

    assert member.spec is not None
    return {
        **flatten(member.spec),
        "experiment": member.name,
        "base": member.base,
        "study": group.name or None,
        "dataset": member.spec.dataset.name,
        "seed": member.spec.training.seed,
    }
