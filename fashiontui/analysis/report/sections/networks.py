"""All networks side by side, beside what others published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from fashiontui.analysis.report.charts import Dot, Dots
from fashiontui.analysis.report.facts import Facts
from fashiontui.analysis.report.groups import Group
from fashiontui.analysis.report.looks import TRAIN, VALID
from fashiontui.analysis.report.model import ABSENT, Figure, Missing, Part, Section, Table
from fashiontui.analysis.report.panels import Panel, Panels
from fashiontui.analysis.report.published import Published
from fashiontui.analysis.report.sections.common import (
    accuracy_key,
    band,
    best_sentence,
    choice_key,
    choice_sentences,
    curves,
    drawn_ids,
    ids,
    label,
    measured_text,
    name_of,
    ranked,
    results_table,
    title_of,
    told_with_test,
)
from fashiontui.analysis.report.studies import still_missing
from fashiontui.analysis.table import number_text

STUDY: Final = "networks"
SIZES: Final = ("dataset.train_size", "dataset.test_size")
QUESTION: Final = "How much does each kind of network gain over the simpler ones?"


def section(facts: Facts) -> Section | None:
    """All experiments, without the variants of studies."""
    groups = facts.plain
    if not groups:
        return None
    study = next((each for each in facts.studies if each.name == STUDY), None)
    missing = still_missing(study, groups, facts.data.name) if study is not None else ()
    return Section(
        "networks",
        "All networks",
        study.question if study is not None and study.question else QUESTION,
        tuple(_paragraphs(facts, groups)),
        tuple(_parts(facts, groups)),
        missing + tuple(_without_files(facts, groups)),
    )


def _paragraphs(facts: Facts, groups: Sequence[Group]) -> Iterator[str]:
    key = choice_key(groups)
    yield best_sentence(groups, key)
    yield from choice_sentences(groups, key)
    if facts.published is not None and accuracy_key(groups) == "test_accuracy":
        yield from _against_reference(facts.published, _comparable(groups))
        fewer = [group.label for group in groups if not _is_comparable(group)]
        if fewer:
            yield f"Trained or tested on some of the images only, and so not set beside results of others: {', '.join(fewer)}."


def _comparable(groups: Sequence[Group]) -> list[Group]:
    return [group for group in groups if _is_comparable(group)]


def _is_comparable(group: Group) -> bool:
    """Whether it saw all images, as whoever published results had it."""
    return all(group.setting(path) is None for path in SIZES)


def _against_reference(published: Published, groups: Sequence[Group]) -> Iterator[str]:
    known = [(group, published.reference(group.experiment)) for group in groups]
    pairs = [(group, found.accuracy) for group, found in known if found is not None]
    above = [group.label for group, accuracy in pairs if (group.value("test_accuracy") or 0.0) > accuracy]
    if pairs:
        names = f": {', '.join(above)}" if above else ""
        yield f"{len(above)} of {len(pairs)} networks with a counterpart in the 2018 study are above it{names}."


def _parts(facts: Facts, groups: Sequence[Group]) -> Iterator[Part]:
    order = ranked(groups, accuracy_key(groups)) or list(groups)
    yield results_table(order, "Results; test values are of the model best on validation")
    if facts.published is not None:
        yield from _reference_table(facts.published, _comparable(order))
    yield _dots(facts, order)
    yield from _curve_figures(facts, groups)
    if facts.published is not None:
        yield published_table(facts.published, _comparable(order))


def _reference_table(published: Published, groups: Sequence[Group]) -> Iterator[Table]:
    lines = []
    for group in groups:
        reference, ours = published.reference(group.experiment), group.measured("test_accuracy")
        if reference is None or ours is None:
            continue
        loss, theirs = group.measured("test_loss"), reference.loss
        lines.append(
            (
                name_of(group),
                reference.name,
                _epochs(group),
                measured_text(ours),
                f"{reference.accuracy:.4f}",
                f"{ours.value - reference.accuracy:+.4f}",
                ABSENT if loss is None else measured_text(loss),
                ABSENT if theirs is None else f"{theirs:.4f}",
            )
        )
    if lines:
        lines += [
            (
                ABSENT,
                each.name,
                ABSENT,
                ABSENT,
                f"{each.accuracy:.4f}",
                ABSENT,
                ABSENT,
                ABSENT if each.loss is None else f"{each.loss:.4f}",
            )
            for each in published.references
            if not each.experiment
        ]
        columns = ("network", "in 2018", "epochs", "test accuracy", "2018", "Δ", "test loss", "2018")
        yield Table(
            "Beside the 2018 study",
            columns,
            tuple(lines),
            words=2,
            note=f"2018: {published.reference_source}",
        )


def published_table(published: Published, groups: Sequence[Group]) -> Table:
    """Published accuracies and ours in one order, ours marked."""
    theirs = [
        (each.accuracy, each.name, "published", "yes" if each.augmented else "no")
        for each in published.results
    ]
    ours = [
        (
            found.value,
            group.label,
            f"measured, {len(group.rows)} seed{'s' * (len(group.rows) > 1)}, {_epochs(group)} epochs",
            _augmented(group),
        )
        for group in groups
        if (found := group.measured("test_accuracy")) is not None
    ]
    lines = sorted(theirs + ours, key=lambda line: -line[0])
    best = frozenset((place, 3) for place, line in enumerate(lines) if line in ours)
    return Table(
        "Beside published results",
        ("network", "source", "augmented", "test accuracy"),
        tuple((name, source, augmented, f"{accuracy:.4f}") for accuracy, name, source, augmented in lines),
        words=3,
        best=best,
        note=f"Published: {published.source}. Bold: measured here.",
    )


def _epochs(group: Group) -> str:
    found = group.measured("epochs")
    return ABSENT if found is None else number_text(found.value, "count")


def _augmented(group: Group) -> str:
    return "yes" if any(path.startswith("augmentation.") for path in group.settings) else "no"


def _dots(facts: Facts, groups: Sequence[Group]) -> Figure:
    key, dots = accuracy_key(groups), []
    for group in groups:
        found = group.measured(key)
        if found is not None:
            beside = _beside(facts, group) if key == "test_accuracy" else None
            dots.append(
                Dot(name_of(group), found.value, found.std, group.look.colour, group.look.marker, beside)
            )
    beside_label = "2018 study" if any(dot.beside is not None for dot in dots) else ""
    return Figure(
        facts.named("networks-accuracy"),
        f"{title_of(key).capitalize()} by network; bars: standard deviation over seeds",
        Dots(tuple(dots), title_of(key), beside_label),
        label(facts, groups),
        ids(groups),
    )


def _beside(facts: Facts, group: Group) -> float | None:
    """What the 2018 study had for the same network."""
    if facts.published is None or not _is_comparable(group):
        return None
    reference = facts.published.reference(group.experiment)
    return None if reference is None else reference.accuracy


def _curve_figures(facts: Facts, groups: Sequence[Group]) -> Iterator[Figure]:
    valid = (curves(facts, groups, "valid_accuracy"), curves(facts, groups, "valid_loss"))
    if not any(valid):
        return
    drawn = [group for group in groups if facts.digests_of(group)]
    yield Figure(
        facts.named("networks-curves"),
        "Validation accuracy and loss over training; bands: standard deviation over seeds",
        Panels(
            (
                Panel("validation accuracy", "epoch", "accuracy", valid[0]),
                Panel("validation loss", "epoch", "loss", valid[1], log_y=True),
            )
        ),
        label(facts, drawn),
        drawn_ids(facts, groups),
        "For a forest, an epoch is a tree."
        if any(group.setting("model.kind") == "forest" for group in drawn)
        else "",
    )
    yield Figure(
        facts.named("networks-train-valid"),
        "Training and validation accuracy of each network",
        Panels(tuple(_both(facts, group) for group in drawn), columns=3),
        label(facts, drawn),
        drawn_ids(facts, groups),
        "Training accuracy is of fixed training images, as many as there are to validate, in evaluation mode.",
    )


def _both(facts: Facts, group: Group) -> Panel:
    """Training and validation accuracy of one network, in the same colours for all of them."""
    found = []
    for metric, name, look in (
        ("train_accuracy", "training", TRAIN),
        ("valid_accuracy", "validation", VALID),
    ):
        curve = band(facts, group, metric, label=name, dashed=metric.startswith("train"))
        if curve is not None:
            found.append(
                type(curve)(name, curve.xs, curve.ys, look.colour, dashed=curve.dashed, std=curve.std)
            )
    return Panel(group.label, "epoch", "accuracy", tuple(found))


def _without_files(facts: Facts, groups: Sequence[Group]) -> Iterator[Missing]:
    absent = [run_id for run_id in ids(groups) if run_id not in facts.digests]
    if absent:
        runs = "1 run: its folder is" if len(absent) == 1 else f"{len(absent)} runs: their folders are"
        what = f"the curves of {runs} not in this logs folder; the numbers count all the same"
        yield Missing(what, "")


def headline(facts: Facts) -> str:
    """One sentence for the top of the report."""
    groups = facts.plain or facts.groups
    if not groups:
        return ""
    key = choice_key(groups)
    order = ranked(groups, key)
    return (
        f"{facts.data.label}: {order[0].label} is best by {title_of(key)}, {told_with_test(order[0], key)}."
        if order
        else ""
    )
