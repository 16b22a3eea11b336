"""Experiments side by side: what each more costs and gains. For every study that varies nothing, or no two values of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from fashiontui.analysis.compare import Measured
from fashiontui.analysis.report.facts import Facts
from fashiontui.analysis.report.groups import Group
from fashiontui.analysis.report.model import Figure, Part, Section
from fashiontui.analysis.report.panels import Curve, Panel, Panels
from fashiontui.analysis.report.sections.common import (
    Costs,
    best_sentence,
    choice_key,
    choice_sentences,
    costs_of,
    curves,
    drawn_ids,
    front_of,
    ids,
    label,
    results_table,
    study_title,
    title_of,
)
from fashiontui.analysis.report.studies import Study, still_missing

KEYS = (
    "test_accuracy",
    "test_loss",
    "valid_accuracy",
    "generalisation_gap",
    "train_seconds",
    "parameters",
    "multiply_adds",
)


def section(facts: Facts, study: Study) -> Section | None:
    """One such study."""
    groups = facts.of_study(study.name)
    if not groups:
        return None
    key = choice_key(groups)
    return Section(
        study.name,
        study_title(study.name),
        study.question,
        (best_sentence(groups, key), *choice_sentences(groups, key)),
        tuple(_parts(facts, study, groups)),
        still_missing(study, groups, facts.data.name),
    )


def _parts(facts: Facts, study: Study, groups: Sequence[Group]) -> Iterator[Part]:
    yield results_table(groups, "Results", KEYS)
    key, costs = choice_key(groups), costs_of(groups)
    known = [group for group in groups if group.label in costs.seconds]
    if known:
        yield Figure(
            facts.named(f"{study.file}-cost"),
            f"{title_of(key).capitalize()} against training time{costs.where}; dashed: the Pareto front",
            Panels((pareto_panel(known, costs, key),), columns=1),
            label(facts, known),
            ids(known),
            "Bars: standard deviation over seeds; of times, over the runs there.",
        )
    panels = [
        Panel(title, "epoch", y, found, log_y=y == "loss")
        for metric, title, y in (
            ("valid_accuracy", "validation accuracy", "accuracy"),
            ("train_loss", "training loss", "loss"),
        )
        if (found := curves(facts, groups, metric))
    ]
    if panels:
        yield Figure(
            facts.named(f"{study.file}-curves"),
            "Validation accuracy and training loss over training; bands: standard deviation over seeds",
            Panels(tuple(panels)),
            label(facts, [group for group in groups if facts.digests_of(group)]),
            drawn_ids(facts, groups),
        )


def pareto_panel(groups: Sequence[Group], costs: Costs, key: str) -> Panel:
    """A point a group, and the line of those that none beats."""
    points = [_point(group, costs.seconds[group.label], key) for group in groups]
    on_front = front_of(groups, costs, key)
    line = Curve(
        "",
        np.array([costs.of(group) or 0.0 for group in on_front]),
        np.array([group.value(key) or 0.0 for group in on_front]),
        "#8a929b",
        dashed=True,
    )
    texts = tuple((float(point.xs[0]), float(point.ys[0]), point.label) for point in points)
    spent = [float(point.xs[0]) for point in points if point.xs[0] > 0]
    spread = max(spent, default=1.0) / min(spent, default=1.0)
    unlabelled = tuple(replace(point, label="") for point in points)
    return Panel(
        "", "training time, seconds", title_of(key), (line, *unlabelled), log_x=spread > 8, texts=texts  # noqa: PLR2004
    )  # fmt: skip


def _point(group: Group, cost: Measured, key: str) -> Curve:
    found = group.measured(key)
    value, std = (found.value, found.std) if found is not None else (float("nan"), None)
    bars = None if std is None else np.array([std])
    return Curve(
        group.label, np.array([cost.value]), np.array([value]), group.look.colour, group.look.marker,
        joined=False, std=bars, x_std=cost.std,
    )  # fmt: skip
