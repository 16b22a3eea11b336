"""The recipes meant to be the best: what is special about them, and what they reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean

from fashiontui.analysis.report.facts import Facts
from fashiontui.analysis.report.groups import Group
from fashiontui.analysis.report.model import Part, Section, Table
from fashiontui.analysis.report.sections.common import (
    COST,
    accuracy_key,
    place_of,
    results_table,
    title_of,
    told,
)
from fashiontui.analysis.table import duration, setting_text

NAME = "best"
QUESTION = "Which recipe is the best found?"
KEYS = (
    "test_accuracy",
    "test_loss",
    "valid_accuracy",
    "best_epoch",
    "train_seconds",
    "total_seconds",
    "parameters",
)


def section(facts: Facts) -> Section | None:
    """Experiments called `best…`."""
    groups = [group for group in facts.plain if group.experiment.startswith(NAME)]
    if not groups:
        return None
    return Section(
        "best", "The best recipes", QUESTION, tuple(_paragraphs(facts, groups)), tuple(_parts(groups))
    )


def _paragraphs(facts: Facts, groups: Sequence[Group]) -> Iterator[str]:
    key = accuracy_key(groups)
    for group in groups:
        words = next((each.description for each in facts.digests_of(group) if each.description), "")
        yield (
            f"{group.label}{f' ({words})' if words else ''}: {title_of(key)} {told(group, key)}"
            f"{', and'.join(_times(group))}."
        )


def _times(group: Group) -> Iterator[str]:
    """How long training took on each machine: never one time for several."""
    places: dict[str, list[float]] = {}
    for row in group.rows:
        found = places.setdefault(place_of(row.machine), [])
        if COST in row.results:
            found.append(row.results[COST])
    for place, times in places.items():
        seconds = f" in {duration(fmean(times))} of training" if times else ""
        if seconds or place:
            yield f"{seconds}{f' on {place}' if place else ''}"


def _parts(groups: Sequence[Group]) -> Iterator[Part]:
    yield results_table(groups, "Results", KEYS, first="recipe")
    paths = list(dict.fromkeys(path for group in groups for path in group.settings))
    lines = tuple((path, *(setting_text(group.setting(path)) for group in groups)) for path in paths)
    yield Table(
        "Settings that are not as usual",
        ("setting", *(group.label for group in groups)),
        lines,
        1 + len(groups),
    )
