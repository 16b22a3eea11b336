"""What networks confuse: classes for classes, and the images they were surest about and wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from fashiontui.analysis.predictions import Confusion, confusion
from fashiontui.analysis.report.charts import Floats, Heat, Pictures
from fashiontui.analysis.report.digest import Digest
from fashiontui.analysis.report.facts import Facts
from fashiontui.analysis.report.groups import Group
from fashiontui.analysis.report.looks import look_at
from fashiontui.analysis.report.model import ABSENT, Figure, Missing, Part, Section, Table, seeds_label
from fashiontui.analysis.report.panels import Curve, Panel, Panels
from fashiontui.analysis.report.sections.common import accuracy_key, ranked

MOST_CURVES: Final = 12  # classes that can be told apart
QUESTION: Final = "Which classes are taken for which, and which images fool the network?"


def section(facts: Facts) -> Section | None:
    """The best network whose predictions are here in full; all others by class."""
    groups = facts.plain or facts.groups
    order = ranked(groups, accuracy_key(groups)) if groups else []
    shown = [
        (group, found)
        for group in order
        if (found := facts.shown(group)) is not None and found.predictions is not None
    ]
    if not shown:
        return None
    (group, found), classes = shown[0], _classes(shown)
    counts = _confusion(found, len(classes))
    missing: tuple[Missing, ...] = ()
    if not found.class_accuracy:
        missing = (
            Missing(
                "accuracy by class over training: the run has not recorded it",
                f"fashiontui run {group.experiment} --headless",
            ),
        )
    return Section(
        "mistakes",
        "What confuses it",
        QUESTION,
        tuple(_paragraphs(group, counts, classes)),
        tuple(_parts(facts, shown, counts, classes)),
        missing,
    )


def _classes(shown: Sequence[tuple[Group, Digest]]) -> tuple[str, ...]:
    named = next((found.data.classes for _, found in shown if found.data is not None), ())
    predictions = [found.predictions for _, found in shown if found.predictions is not None]
    size = max(confusion(each).classes for each in predictions)
    return (*named, *(str(place) for place in range(len(named), size)))


def _confusion(found: Digest, classes: int) -> Confusion:
    assert found.predictions is not None
    return confusion(found.predictions, classes)


def _paragraphs(group: Group, counts: Confusion, classes: Sequence[str]) -> Iterator[str]:
    recalls = [counts.recall(label) for label in range(len(classes))]
    known = [place for place, recall in enumerate(recalls) if np.isfinite(recall)]
    if not known:
        return
    worst, best = min(known, key=recalls.__getitem__), max(known, key=recalls.__getitem__)
    yield (
        f"{group.label} (one run, {counts.images:,} test images, {counts.accuracy:.4f} right): "
        f"{classes[best]} is recognised best ({recalls[best]:.1%}), {classes[worst]} worst ({recalls[worst]:.1%})."
    )
    label, taken = counts.worst()
    if label != taken:
        share = counts.counts[label, taken] / max(1, counts.counts[label].sum())
        yield f"The commonest mistake: {share:.1%} of {classes[label]} are taken for {classes[taken]}."
    pairs = (counts.counts + counts.counts.T).astype(float)
    np.fill_diagonal(pairs, 0)
    mistakes = counts.images - counts.counts.trace()
    if mistakes:
        one, two = sorted(divmod(int(pairs.argmax()), len(classes)))
        yield f"{pairs[one, two] / mistakes:.0%} of all mistakes are between {classes[one]} and {classes[two]}."


def _parts(
    facts: Facts, shown: Sequence[tuple[Group, Digest]], counts: Confusion, classes: tuple[str, ...]
) -> Iterator[Part]:
    group, found = shown[0]
    label = seeds_label(facts.data.label, [row.seed for row in group.rows if row.run_id == found.run_id])
    yield Figure(
        facts.named("confusion"),
        f"{group.label}: test images by class (rows) and by what they were taken for (columns)",
        Heat(
            counts.counts.astype(float), classes, classes, "taken for", "class", skip_diagonal=True, low=0.0
        ),
        label,
        (found.run_id,),
        "The diagonal, what was right, is not coloured.",
    )
    yield class_table(shown, classes)
    if found.class_accuracy:
        yield _over_time(facts, group, found, label, classes)
    images = facts.mistakes.get(found.run_id, ())
    if images:
        yield Figure(
            facts.named("mistakes"),
            f"{group.label}: the mistakes it was surest about",
            Pictures(
                tuple(each.image for each in images),
                tuple(
                    f"{_name(classes, each.label)}\n→ {_name(classes, each.predicted)} {each.confidence:.0%}"
                    for each in images
                ),
            ),
            label,
            (found.run_id,),
            "Above each: its class, what it was taken for, and how sure the network was.",
        )


def class_table(shown: Sequence[tuple[Group, Digest]], classes: Sequence[str]) -> Table:
    """A line a class: the share of its test images that each network recognised; the best of each is marked."""
    confusions = [_confusion(found, len(classes)) for _, found in shown]
    lines, best = [], set()
    for label, name in enumerate(classes):
        recalls = [each.recall(label) for each in confusions]
        top = max((recall for recall in recalls if np.isfinite(recall)), default=float("nan"))
        lines.append((name, *(f"{recall:.3f}" if np.isfinite(recall) else ABSENT for recall in recalls)))
        if len(set(recalls)) > 1:
            best |= {(label, column + 1) for column, recall in enumerate(recalls) if recall == top}
    columns = ("class", *(group.label for group, _ in shown))
    return Table(
        "Share of each class recognised, one run a network", columns, tuple(lines), best=frozenset(best)
    )


def _over_time(facts: Facts, group: Group, found: Digest, label: str, classes: Sequence[str]) -> Figure:
    order = {name: place for place, name in enumerate(classes)}
    names = sorted(found.class_accuracy, key=lambda name: (order.get(name, len(order)), name))
    left_out = len(names) - MOST_CURVES
    if left_out > 0:
        worst = sorted(names, key=lambda name: _last(found.class_accuracy[name][1]))[:MOST_CURVES]
        names = [name for name in names if name in worst]
    curves = tuple(
        Curve(name, *found.class_accuracy[name], look_at(place).colour, look_at(place).marker)
        for place, name in enumerate(names)
    )
    return Figure(
        facts.named("class-accuracy"),
        f"{group.label}: validation accuracy by class, over training",
        Panels((Panel("", "epoch", "accuracy", curves),), columns=1),
        label,
        (found.run_id,),
        f"The {MOST_CURVES} classes it does worst; {left_out} better ones are left out."
        if left_out > 0
        else "",
    )


def _last(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known[-1]) if len(known) else -1.0


def _name(classes: Sequence[str], label: int) -> str:
    return classes[label] if label < len(classes) else str(label)
