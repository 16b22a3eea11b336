"""How alike layers see the same images: from epoch to epoch, from layer to layer, from network to network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from fashiontui.analysis.report.charts import Heat
from fashiontui.analysis.report.digest import Digest
from fashiontui.analysis.report.facts import Facts
from fashiontui.analysis.report.groups import Group
from fashiontui.analysis.report.looks import look_at
from fashiontui.analysis.report.model import Figure, Part, Section, seeds_label
from fashiontui.analysis.report.panels import Curve, Panel, Panels
from fashiontui.analysis.report.sections.layers import file_name
from fashiontui.analysis.report.seen import Seen, between

QUESTION: Final = "Which layers still change late, and do different networks come to see the same?"
MOST: Final = 6  # networks, a figure each
NOTE: Final = (
    "Debiased linear CKA: 1 where two layers see the images alike up to rotation and scale, about 0 where they have "
    "nothing in common."
)
Detail = tuple[Group, Digest, Seen]


def section(facts: Facts) -> Section | None:
    """The networks whose runs kept representations."""
    shown = [
        (group, found, found.seen)
        for group in facts.plain
        if (found := facts.shown(group)) is not None and found.seen is not None
    ]
    if not shown:
        return None
    said = [sentence for each in shown for sentence in _settled(*each)]
    parts = [part for each in shown[:MOST] for part in _own(facts, *each)]
    for sentence, figure in _pairs(facts, shown):
        said.append(sentence)
        parts.append(figure)
    if len(shown) > MOST:
        names = ", ".join(group.label for group, *_ in shown[MOST:])
        said.append(f"Drawn for the first {MOST} networks, and for neighbours among them; left out: {names}.")
    return Section("alike", "How alike layers see", QUESTION, tuple(said), tuple(parts))


def _settled(group: Group, _found: Digest, seen: Seen) -> Iterator[str]:
    """Each layer's likeness to itself at the end, when it first has 0.95 for good."""
    if len(seen.epochs) < 2:  # noqa: PLR2004 - a change
        return
    words = []
    for layer, matrix in seen.epochs_of_layer.items():
        low = np.flatnonzero(~(matrix[:, -1] >= 0.95))  # noqa: PLR2004 - said in the sentence
        since = int(low[-1]) + 1 if len(low) else 0
        if since < len(seen.epochs):  # a layer that sees nothing finite is not even like itself
            words.append(f"{layer} {seen.epochs[since]}")
    if not words:
        return
    yield (
        f"{group.label}: from these epochs on, layers have a CKA of 0.95 or more with what they are at the end: "
        f"{', '.join(words)}."
    )


def _own(facts: Facts, group: Group, found: Digest, seen: Seen) -> Iterator[Part]:
    label = seeds_label(facts.data.label, [row.seed for row in group.rows if row.run_id == found.run_id])
    name = file_name(group.label)
    curves = tuple(
        Curve(
            layer,
            np.array(seen.epochs, dtype=float),
            matrix[:, -1],
            look_at(place).colour,
            look_at(place).marker,
        )
        for place, (layer, matrix) in enumerate(seen.epochs_of_layer.items())
    )
    if len(seen.epochs) > 1:
        yield Figure(
            facts.named(f"cka-epochs-{name}"),
            f"{group.label}: how alike each layer sees the images to how it does at the end",
            Panels((Panel("", "epoch", "CKA with the last epoch kept", curves),), columns=1),
            label,
            (found.run_id,),
            NOTE,
        )
    if len(seen.layers) < 2:  # noqa: PLR2004 - one that could be like another
        return
    yield Figure(
        facts.named(f"cka-layers-{name}"),
        f"{group.label}: layers of the best model beside each other",
        Heat(seen.layers_matrix, seen.layers, seen.layers, "layer", "layer", "{:.2f}", low=0.0, high=1.0),
        label,
        (found.run_id,),
        NOTE,
    )


def _pairs(facts: Facts, shown: Sequence[Detail]) -> Iterator[tuple[str, Figure]]:
    """Neighbours in the order of the table: every pair would be too many."""
    for (one, first, seen), (two, second, other) in pairwise(shown[:MOST]):
        matrix = between(seen, other)
        if matrix is None:
            continue
        row, column = (int(each) for each in np.unravel_index(int(np.nanargmax(matrix)), matrix.shape))
        are_outputs = (row, column) == (len(matrix) - 1, len(matrix[0]) - 1)
        pair = "their outputs" if are_outputs else f"{seen.layers[row]} and {other.layers[column]}"
        rest = "" if are_outputs else f"; their outputs have {matrix[-1, -1]:.2f}"
        said = f"{one.label} and {two.label}: most alike are {pair} (CKA {matrix[row, column]:.2f}){rest}."
        seeds = [r.seed for g, d in ((one, first), (two, second)) for r in g.rows if r.run_id == d.run_id]
        yield (
            said,
            Figure(
                facts.named(f"cka-{file_name(one.label)}-{file_name(two.label)}"),
                f"Layers of {one.label} (rows) and {two.label} (columns)",
                Heat(matrix, seen.layers, other.layers, two.label, one.label, "{:.2f}", low=0.0, high=1.0),
                seeds_label(facts.data.label, seeds),
                (first.run_id, second.run_id),
                NOTE,
            ),
        )
