"""First-layer filters as they form, and what the layers make of an image."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from fashiontui.analysis.filters import cells_of, change
from fashiontui.analysis.gif import Bytes, animation, decoded
from fashiontui.analysis.report.charts import Pictures
from fashiontui.analysis.report.digest import Digest, Frame
from fashiontui.analysis.report.facts import Facts
from fashiontui.analysis.report.groups import Group
from fashiontui.analysis.report.model import Figure, Film, Missing, Part, Section, seeds_label
from fashiontui.analysis.report.sections.layers import file_name

QUESTION: Final = (
    "What do the filters of the first layer come to look like, and what do layers make of an image?"
)
MOST_NETWORKS: Final = 8
CONVOLUTIONAL: Final = ("cnn", "vgg16", "resnet")
SHOWN: Final = 16  # filters, beginning and end side by side
MOVING: Final = 32  # filters of an animation
COLUMNS: Final = 8
SIDE: Final = 56  # pixels of one, at most, where it is enlarged
GAP: Final = 2
GREYS: Final = 8  # steps between two shades: files are half as large, and eyes see no less
NOTE: Final = "Grey is 0; white and black are ± the largest weight of that epoch."


def section(facts: Facts) -> Section | None:
    """One run of each network that has logged its filters, or feature maps."""
    shown = [
        (group, found)
        for group in facts.plain
        if (found := facts.shown(group)) is not None and (found.films or found.feature_maps)
    ]
    if not shown:
        return None
    said: list[str] = []
    parts: list[Part] = []
    for group, found in shown[:MOST_NETWORKS]:
        for layer, frames in found.films.items():
            pixels = _readable(frames)
            if len(pixels) > 1:
                said.append(_sentence(group, layer, pixels))
                parts += _film_parts(facts, group, found, layer, pixels)
        parts += _maps(facts, group, found)
    if len(shown) > MOST_NETWORKS:
        names = ", ".join(group.label for group, _ in shown[MOST_NETWORKS:])
        said.append(f"Drawn for the first {MOST_NETWORKS} networks; left out: {names}.")
    missing = () if any(found.feature_maps for _, found in shown) else (_no_maps(facts, shown),)
    return (
        Section("filters", "Filter evolution", QUESTION, tuple(said), tuple(parts), missing)
        if parts
        else None
    )


def _no_maps(facts: Facts, shown: Sequence[tuple[Group, Digest]]) -> Missing:
    convolutional = (group.experiment for group, _ in shown if group.setting("model.kind") in CONVOLUTIONAL)
    words = ["fashiontui", "run", next(convolutional, "cnn1"), "--headless", "--dataset", facts.data.name]
    return Missing("feature maps: none of these runs has recorded any", shlex.join(words))


Pixels = list[tuple[float, Bytes]]  # epochs and sheets


def _readable(frames: Sequence[Frame]) -> Pixels:
    """Of those of the last one's size."""
    found = [(frame.epoch, decoded(frame.encoded)) for frame in frames]
    known = [(epoch, sheet) for epoch, sheet in found if sheet is not None]
    return [(epoch, sheet) for epoch, sheet in known if sheet.shape == known[-1][1].shape]


def _sentence(group: Group, layer: str, pixels: Pixels) -> str:
    steps = [change(before, after) for (_, before), (_, after) in pairwise(pixels)]
    total, half = sum(steps), 0.0
    for (epoch, _), step in zip(pixels[1:], steps, strict=True):
        half += step
        if half >= total / 2:
            return f"{group.label}: half of all change of the pictures of {layer} is over by epoch {epoch:.0f} of {pixels[-1][0]:.0f}."
    return f"{group.label}: {layer} does not change."


def _film_parts(facts: Facts, group: Group, found: Digest, layer: str, pixels: Pixels) -> Iterator[Part]:
    name = f"filters-{file_name(group.label)}"
    label = seeds_label(facts.data.label, _seed(group, found))
    first, last = pixels[0][0], pixels[-1][0]
    yield Film(
        facts.named(name),
        f"{group.label}: {_counted(pixels)} of {layer}, epoch {first:.0f} to {last:.0f}",
        animation([_fitted(sheet) for _, sheet in pixels]),
        label,
        (found.run_id,),
        NOTE,
    )
    before, after = (cells_of(sheet) for _, sheet in (pixels[0], pixels[-1]))
    if before is None or after is None:
        return
    many = min(SHOWN, len(before), len(after))
    images = (*before[:many], *after[:many])
    titles = [""] * (2 * many)
    titles[0], titles[many] = f"epoch {first:.0f}", f"epoch {last:.0f}"
    yield Figure(
        facts.named(f"{name}-ends"),
        f"{group.label}: the first {many} filters of {layer} at the beginning (above) and at the end",
        Pictures(tuple(images), tuple(titles), columns=many),
        label,
        (found.run_id,),
        NOTE,
    )


def _counted(pixels: Pixels) -> str:
    cells = cells_of(pixels[-1][1])
    many = 0 if cells is None else len(cells)
    if not many:
        return "filters"
    return f"the {many} filters" if many <= MOVING else f"the first {MOVING} of {many} filters"


def _fitted(sheet: Bytes) -> Bytes:
    """The first filters of a sheet, side by side, enlarged while they are small."""
    cells = cells_of(sheet)
    coarse: Bytes = (sheet if cells is None else tiled(cells[:MOVING])) // GREYS * GREYS
    return coarse


def tiled(cells: Bytes) -> Bytes:
    """Squares (n, side, side) in rows of eight, each enlarged by the same whole number, with black between them."""
    times = max(1, SIDE // cells.shape[1])
    large = np.pad(cells.repeat(times, axis=1).repeat(times, axis=2), ((0, 0), (0, GAP), (0, GAP)))
    columns = min(COLUMNS, len(large))
    rows = -(-len(large) // columns)
    padded = np.zeros((rows * columns, *large.shape[1:]), np.uint8)
    padded[: len(large)] = large
    sheet = padded.reshape(rows, columns, *large.shape[1:]).swapaxes(1, 2)
    return np.asarray(sheet.reshape(rows * large.shape[1], columns * large.shape[2]))


def _maps(facts: Facts, group: Group, found: Digest) -> Iterator[Figure]:
    for layer, frame in found.feature_maps.items():
        pixels = decoded(frame.encoded)
        if pixels is not None:
            yield Figure(
                facts.named(f"maps-{file_name(group.label)}-{file_name(layer)}"),
                f"{group.label}: what {layer} makes of one image per class, epoch {frame.epoch:.0f}",
                Pictures((pixels,), ("",), columns=1),
                seeds_label(facts.data.label, _seed(group, found)),
                (found.run_id,),
            )


def _seed(group: Group, found: Digest) -> list[int]:
    return [row.seed for row in group.rows if row.run_id == found.run_id]
