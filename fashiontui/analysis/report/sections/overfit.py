"""How the gap between training and validation opens, and since when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fashiontui.analysis.overfitting import RULE, Overfitting, overfitting
from fashiontui.analysis.report.digest import Digest
from fashiontui.analysis.report.facts import Facts
from fashiontui.analysis.report.groups import Group
from fashiontui.analysis.report.model import ABSENT, Figure, Section, Table
from fashiontui.analysis.report.panels import Curve, Mark, Panel, Panels
from fashiontui.analysis.report.sections.common import curves, drawn_ids, label, measured_text
from fashiontui.analysis.seeds import mean_std

FOREST = "forest"
QUESTION = "When does a network begin to learn its training images by heart?"


@dataclass(frozen=True, slots=True)
class Onset:
    """Of one group: the runs that were looked at, and what was found of those that overfit."""

    group: Group
    runs: int
    found: tuple[Overfitting, ...]


def section(facts: Facts) -> Section | None:
    """All experiments whose curves are here."""
    networks = [group for group in facts.plain if group.setting("model.kind") != FOREST]
    onsets = [onset for group in networks if (onset := onset_of(group, facts.digests_of(group))).runs]
    if not onsets:
        return None
    forests = [group.label for group in facts.plain if group not in networks]
    groups = [onset.group for onset in onsets]
    marks = tuple(
        Mark(float(np.mean([each.since for each in onset.found])), onset.group.label, onset.group.look.colour)
        for onset in onsets
        if onset.found
    )
    gaps = tuple(gap for group in groups if (gap := _gap(facts, group)) is not None)
    figure = Figure(
        facts.named("overfitting-gap"),
        "Generalisation gap (training minus validation accuracy) and validation loss; dotted: where overfitting sets in",
        Panels(
            (
                Panel("generalisation gap", "epoch", "accuracy difference", gaps, marks=marks),
                Panel(
                    "validation loss",
                    "epoch",
                    "loss",
                    curves(facts, groups, "valid_loss"),
                    log_y=True,
                    marks=marks,
                ),
            )
        ),
        label(facts, groups),
        drawn_ids(facts, groups),
    )
    return Section(
        "overfitting", "Overfitting", QUESTION, (*_paragraphs(onsets), *_of(forests)), (table(onsets), figure)
    )


def _of(forests: Sequence[str]) -> Iterator[str]:
    if forests:
        yield f"Nothing is said of {', '.join(forests)}: trees learn their training images by heart one by one, not over epochs."


def onset_of(group: Group, digests: Sequence[Digest]) -> Onset:
    """Where overfitting sets in in each of a group's runs."""
    known = [each.curves for each in digests if {"train_loss", "valid_loss"} <= each.curves.keys()]
    found = []
    for each in known:
        (xs, train), (ends, valid) = each["train_loss"], each["valid_loss"]
        both = np.intersect1d(xs, ends)
        found.append(overfitting(both, train[np.isin(xs, both)], valid[np.isin(ends, both)]))
    return Onset(group, len(known), tuple(each for each in found if each is not None))


def _paragraphs(onsets: Sequence[Onset]) -> list[str]:
    with_it = [onset for onset in onsets if onset.found]
    without = [onset.group.label for onset in onsets if not onset.found]
    said = []
    if with_it:
        since = min(round(_mean(onset)) for onset in with_it)
        first = [f"{onset.group.label} ({_runs(onset)})" for onset in with_it if round(_mean(onset)) == since]
        said.append(
            f"Overfitting sets in in {len(with_it)} of {len(onsets)} networks, first in {' and '.join(first)}, "
            f"at epoch {since}."
        )
    if without:
        said.append(f"By this rule it does not within the epochs trained in {', '.join(without)}.")
    return [*said, f"The rule: {RULE}"]


def _runs(onset: Onset) -> str:
    return f"{len(onset.found)} of {onset.runs} run{'s' * (onset.runs > 1)}"


def _mean(onset: Onset) -> float:
    return float(np.mean([each.since for each in onset.found]))


def table(onsets: Sequence[Onset]) -> Table:
    """A line a network."""
    rows = []
    for onset in onsets:
        since = mean_std([each.since for each in onset.found]) if onset.found else None
        rise = float(np.mean([each.rise for each in onset.found])) if onset.found else None
        gap = onset.group.measured("generalisation_gap")
        rows.append(
            (
                onset.group.label,
                f"{len(onset.found)} of {onset.runs}",
                ABSENT if since is None else measured_text(since, "count"),
                ABSENT if rise is None else f"{rise:+.0%}",
                ABSENT if gap is None else measured_text(gap),
            )
        )
    columns = (
        "network",
        "runs that overfit",
        "since epoch",
        "validation loss since",
        "gap of the best model",
    )
    return Table("Where it sets in", columns, tuple(rows))


def _gap(facts: Facts, group: Group) -> Curve | None:
    found = curves(facts, [group], "gap_accuracy")
    return found[0] if found else None
