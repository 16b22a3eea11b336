"""The images: how many of each class, what they look like, which classes lie near each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.analysis.projection import SPLITS, TITLES, Projection, Sample
from fashiontui.analysis.projector import class_name
from fashiontui.analysis.report.charts import Pictures, Places
from fashiontui.analysis.report.facts import Facts
from fashiontui.analysis.report.model import Figure, Missing, Part, Section, Table

QUESTION: Final = "What is in the dataset, and which classes are alike?"
EXAMPLES: Final = 10  # of each class


def section(facts: Facts) -> Section | None:
    """Only where the dataset was projected: reading all of it is not the report's business."""
    sample = facts.sample
    if sample is None:
        return None
    missing = tuple(
        Missing(f"{TITLES[method]}: not computed yet", command_for(facts.data.name))
        for method in TITLES
        if method not in facts.projections
    )
    return Section(
        "dataset",
        f"The dataset: {sample.name}",
        QUESTION,
        tuple(_paragraphs(facts, sample)),
        tuple(_parts(facts, sample)),
        missing,
    )


def command_for(name: str) -> str:
    """What computes PCA and t-SNE."""
    return f"fashiontui data project {name}"


def _is_whole(facts: Facts, sample: Sample) -> bool:
    """Whether what was projected is what runs were made with; of a drawn set, only some images are drawn for it."""
    prints = {row.data_fingerprint for row in facts.rows if row.data_fingerprint}
    return not prints or sample.fingerprint in prints


def _paragraphs(facts: Facts, sample: Sample) -> Iterator[str]:
    if not _is_whole(facts, sample):
        drawn = "drawn by code (synthetic)" if sample.synthetic else "real images"
        yield (
            f"{sample.name}: {drawn}, {len(sample.classes)} classes. What follows is of {len(sample.images):,} training "
            "images, and not of all that runs were made with."
        )
    else:
        yield from _counts(sample)
    near = nearest_classes(sample)
    if near:
        one, other, distance = min(near, key=lambda each: each[2])
        yield (
            f"By their mean images, {class_name(sample.classes, one)} and {class_name(sample.classes, other)} lie nearest "
            f"to each other ({distance:.3f}; root mean square of pixels, of the range from black to white)."
        )


def _counts(sample: Sample) -> Iterator[str]:
    totals = ", ".join(
        f"{int(count):,} {split}" for split, count in zip(SPLITS, sample.counts.sum(axis=1), strict=True)
    )
    source = "drawn by code (synthetic)" if sample.synthetic else "real images"
    yield f"{sample.name}: {source}, {len(sample.classes)} classes; {totals}."
    train = sample.counts[0]
    if train.size and train.min() == train.max():
        yield f"Every class has the same number of training images, {int(train.min()):,}."
    elif train.size:
        small, large = int(train.argmin()), int(train.argmax())
        yield (
            f"Classes are not of one size: {class_name(sample.classes, small)} has {int(train[small]):,} training images, "
            f"{class_name(sample.classes, large)} {int(train[large]):,}."
        )


def nearest_classes(sample: Sample) -> list[tuple[int, int, float]]:
    """For each class the one whose mean image is nearest: (class, other, root mean square of the difference, 0 to 1)."""
    present = [label for label in range(len(sample.classes)) if (sample.labels == label).any()]
    if len(present) < 2:  # noqa: PLR2004 - a neighbour
        return []
    means = np.stack([sample.of_class(label).mean(axis=0).ravel() / 255 for label in present])
    distances: NDArray[np.float64] = np.sqrt(((means[:, None] - means[None]) ** 2).mean(axis=2))
    np.fill_diagonal(distances, np.inf)
    nearest = distances.argmin(axis=1)
    return [
        (label, present[int(other)], float(distances[row, other]))
        for row, (label, other) in enumerate(zip(present, nearest, strict=True))
    ]


def _parts(facts: Facts, sample: Sample) -> Iterator[Part]:
    yield _table(sample, SPLITS if _is_whole(facts, sample) else SPLITS[:1])
    shown = [label for label in range(len(sample.classes)) if (sample.labels == label).any()]
    images = [image for label in shown for image in sample.of_class(label)[:EXAMPLES]]
    many = min(int((sample.labels == label).sum()) for label in shown) if shown else 0
    if many >= EXAMPLES:
        titles = [
            class_name(sample.classes, label) if not place else ""
            for label in shown
            for place in range(EXAMPLES)
        ]
        yield Figure(
            facts.named("dataset-samples"),
            "Training images of each class",
            Pictures(tuple(images), tuple(titles), columns=EXAMPLES),
            facts.data.label,
            (),
        )
    for method, found in facts.projections.items():
        yield _plane(facts, sample, method, found)


def _plane(facts: Facts, sample: Sample, method: str, found: Projection) -> Figure:
    axes = [
        f"component {axis}" + (f" ({share:.0%} of all variance)" if share else "")
        for axis, share in _shares(found)
    ]
    note = (
        ""
        if method == "pca"
        else "In t-SNE only nearness counts: its axes and distances between groups mean nothing."
    )
    classes = tuple(class_name(sample.classes, label) for label in range(len(sample.classes)))
    x, y = axes if method == "pca" else ("", "")
    return Figure(
        facts.named(f"dataset-{method}"),
        f"{TITLES[found.method]} of {len(sample.images):,} training images",
        Places(found.points, sample.labels, classes, x, y),
        facts.data.label,
        (),
        note,
    )


def _shares(found: Projection) -> list[tuple[int, float]]:
    known = [*map(float, found.shares[:2]), 0.0, 0.0]
    return [(1, known[0]), (2, known[1])]


def _table(sample: Sample, splits: Sequence[str]) -> Table:
    near = {label: (other, distance) for label, other, distance in nearest_classes(sample)}
    lines = []
    for label in range(len(sample.classes)):
        other = near.get(label)
        neighbour = (class_name(sample.classes, other[0]), f"{other[1]:.3f}") if other else ("–", "–")
        lines.append(
            (
                class_name(sample.classes, label),
                neighbour[0],
                neighbour[1],
                *(f"{int(count):,}" for count in sample.counts[: len(splits), label]),
            )
        )
    columns = ("class", "nearest class", "distance", *splits)
    note = f"Distances are between the mean images of {len(sample.images):,} training images."
    return Table("Classes", columns, tuple(lines), words=2, note=note)
