"""What a study's settings make of the results: over one axis, or two, whatever they are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from fashiontui.analysis.report.facts import Facts
from fashiontui.analysis.report.groups import Group
from fashiontui.analysis.report.looks import look_at
from fashiontui.analysis.report.model import ABSENT, Figure, Part, Section, Table
from fashiontui.analysis.report.panels import Curve, Panel, Panels
from fashiontui.analysis.report.sections.common import (
    BY_KEY,
    best_sentence,
    choice_key,
    difference,
    ids,
    label,
    measured_text,
    ranked,
    results_table,
    study_title,
    title_of,
    told_with_test,
    unfinished,
)
from fashiontui.analysis.report.studies import Study, still_missing, told_apart
from fashiontui.analysis.report.words import listed
from fashiontui.analysis.table import setting_text

KEYS: Final = ("test_accuracy", "test_loss", "valid_accuracy", "generalisation_gap", "train_seconds")
DECADES: Final = 20.0  # a range wider than this is drawn on a logarithmic axis
MODEL: Final = "network"


def section(facts: Facts, study: Study) -> Section | None:
    """One such study; None where nothing has two values to compare."""
    every = facts.of_study(study.name)
    groups, axes = told_apart(study, every)
    if not axes or all(len(line) == 1 for line in series_of(groups, axes).values()):
        return None
    key = choice_key(groups)
    return Section(
        study.name,
        study_title(study.name),
        study.question,
        (*_paragraphs(groups, axes, key), *_left_out(every, groups)),
        tuple(_parts(facts, study, groups, axes)),
        still_missing(study, every, facts.data.name),
    )


def _left_out(every: Sequence[Group], shown: Sequence[Group]) -> Iterator[str]:
    labels = [group.label for group in every if group not in shown]
    if labels:
        yield f"Left out, since runs with the settings of the study are here: {listed(labels)}."


def _paragraphs(groups: Sequence[Group], axes: Sequence[str], key: str) -> Iterator[str]:
    yield best_sentence(groups, key)
    for name, line in series_of(groups, axes).items():
        order = ranked(line, key)
        if len(order) < 2:  # noqa: PLR2004 - a choice
            continue
        best, worst = order[0], order[-1]
        of = f"{name}: " if name else ""
        yield (
            f"{of}best at {short(axes[0])} {value_of(best, axes[0])}{unfinished(best)}, {told_with_test(best, key)}; "
            f"worst at {value_of(worst, axes[0])}{unfinished(worst)}, {told_with_test(worst, key)}. "
            f"{difference(best, worst, key)}"
        )


def _parts(facts: Facts, study: Study, groups: Sequence[Group], axes: Sequence[str]) -> Iterator[Part]:
    key = choice_key(groups)
    ordered = sorted(groups, key=lambda group: place_in(group, axes))
    yield variants_table(ordered, axes)
    if len(axes) > 1 or len({group.base for group in groups}) > 1:
        yield pivot(ordered, axes, key)
    panels = [
        panel
        for measure in dict.fromkeys((key, "generalisation_gap"))
        if (panel := _panel(ordered, axes, measure)).curves
    ]
    if panels:
        yield Figure(
            facts.named(f"{study.file}-values"),
            f"{title_of(key).capitalize()} and generalisation gap over {short(axes[0])}; bars: standard deviation over seeds",
            Panels(tuple(panels), columns=len(panels)),
            label(facts, groups),
            ids(groups),
            _single(groups, axes[0], key),
        )


def _single(groups: Sequence[Group], axis: str, key: str) -> str:
    """Which points have no bar."""
    single = [group for group in groups if (found := group.measured(key)) is not None and found.count == 1]
    if not single or len(single) == len(groups):
        return ""
    names = [f"{group.base} {short(axis)} {value_of(group, axis)}" for group in single]
    return f"Of one seed alone, and without a bar: {listed(names)}."


def variants_table(groups: Sequence[Group], axes: Sequence[str]) -> Table:
    """A line a variant: what the study sets, whether it has not finished, and the results."""
    plain = results_table(groups, "Every variant", KEYS)
    bases = [group.base for group in groups]
    several = len(set(bases)) > 1
    heads = [
        ([base] if several else []) + [value_of(group, axis) for axis in axes]
        for base, group in zip(bases, groups, strict=True)
    ]
    lines = tuple(
        (f"{first}{unfinished(group)}", *rest, *line[1:])
        for group, (first, *rest), line in zip(groups, heads, plain.rows, strict=True)
    )
    words = len(axes) + several
    columns = (*([MODEL] if several else []), *map(short, axes), *plain.columns[1:])
    best = frozenset((line, column + words - 1) for line, column in plain.best)
    return Table(plain.title, columns, lines, words, best, plain.note)


def pivot(groups: Sequence[Group], axes: Sequence[str], key: str) -> Table:
    """The first axis downwards, all others and the network across."""
    lines = series_of(groups, axes)
    values = list(dict.fromkeys(value_of(group, axes[0]) for group in groups))
    at = {(name, value_of(group, axes[0])): group for name, line in lines.items() for group in line}
    best = ranked(groups, key)[:1]
    rows, marked = [], set()
    for row, value in enumerate(values):
        cells = [value]
        for column, name in enumerate(lines):
            found = at.get((name, value))
            measured = found.measured(key) if found is not None else None
            if found is None or measured is None:
                cells.append(ABSENT)
                continue
            cells.append(f"{measured_text(measured, BY_KEY[key].unit)}{unfinished(found)}")
            if found in best:
                marked.add((row, column + 1))
        rows.append(tuple(cells))
    return Table(
        f"{title_of(key).capitalize()}, mean ± standard deviation over seeds", (short(axes[0]), *lines), tuple(rows),
        best=frozenset(marked),
    )  # fmt: skip


def series_of(groups: Sequence[Group], axes: Sequence[str]) -> dict[str, list[Group]]:
    """Groups by all but the first axis, in the order of their values, each in the first axis' order; "" where there is
    but one line of them.
    """
    several = len({group.base for group in groups}) > 1
    found: dict[str, list[Group]] = {}
    for group in sorted(groups, key=lambda group: place_in(group, (*axes[1:], axes[0]))):
        words = [group.base] * several + [f"{short(axis)} {value_of(group, axis)}" for axis in axes[1:]]
        found.setdefault(", ".join(words), []).append(group)
    return found


def _panel(groups: Sequence[Group], axes: Sequence[str], key: str) -> Panel:
    values = {value_of(group, axes[0]): group.setting(axes[0]) for group in groups}
    numbers = all(_is_number(value) for value in values.values()) and len(values) > 2  # noqa: PLR2004 - a line
    order = sorted(values, key=lambda text: _order(values[text]))
    places = {text: float(values[text]) if numbers else float(place) for place, text in enumerate(order)}
    positive = [place for place in places.values() if place > 0]
    wide = numbers and len(positive) == len(places) and max(positive) / min(positive) >= DECADES
    if (
        numbers
        and not wide
        and len(positive) > 1
        and max(positive) / min(positive) >= DECADES
        and len(positive) < len(places)
    ):
        numbers, places = (
            False,
            {text: float(place) for place, text in enumerate(order)},
        )  # 0, and then decades
    series = series_of(groups, axes).items()
    found = tuple(
        curve
        for place, (name, line) in enumerate(series)
        if (curve := _curve(name, line, axes[0], key, places=places, place=place)) is not None
    )
    return Panel(
        "", short(axes[0]), title_of(key), found, log_x=wide,
        ticks=() if numbers else tuple((places[text], text) for text in order),
    )  # fmt: skip


def _curve(
    name: str, line: Sequence[Group], axis: str, key: str, *, places: dict[str, float], place: int
) -> Curve | None:
    known = [(places[value_of(group, axis)], found) for group in line if (found := group.measured(key))]
    if not known:
        return None
    bases = {group.base for group in line}
    look = line[0].look if name in bases else look_at(place)
    std = np.array([math.nan if found.std is None else found.std for _, found in known])
    xs, ys = (
        np.array(each, dtype=float) for each in ([x for x, _ in known], [found.value for _, found in known])
    )
    return Curve(
        name, xs, ys, look.colour, look.marker, std=std if np.isfinite(std).any() else None, bars=True
    )


def short(path: str) -> str:
    """The last word of a key path, as words."""
    return path.rpartition(".")[2].replace("_", " ")


def value_of(group: Group, axis: str) -> str:
    """A setting's value as it is shown."""
    return setting_text(group.setting(axis))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def place_in(group: Group, axes: Sequence[str]) -> tuple[Any, ...]:
    """To sort by: the network, then its values, numbers by size."""
    return group.base, *(_order(group.setting(axis)) for axis in axes)


def _order(value: Any) -> tuple[Any, ...]:
    if isinstance(value, (list, tuple)):  # element by element, after single values
        return 1, tuple(_order(each) for each in value), ""
    return (0, float(value), "") if isinstance(value, (bool, int, float)) else (2, 0.0, setting_text(value))
