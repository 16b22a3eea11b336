"""How alike layers see the same images: what is shown of it, and why there is nothing to show. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.analysis.report.seen import Seen, between
from fashiontui.config.problems import printable
from fashiontui.runs.registry.entry import Entry
from fashiontui.tui.comparing.shown import Shown, is_foreign

Values = NDArray[np.float64]

SETTING: Final = "instrumentation.representations"
NOTHING: Final = np.empty((0, 0))
ABSENT: Final = "-"


@dataclass(frozen=True, slots=True)
class Side:
    """One of two runs that are held against each other."""

    key: str
    label: str  # may be put on a screen
    folder: Path
    excuse: str  # what to say if it has kept nothing


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What the files of two runs say; `problem` is why they can't be held against each other."""

    rows: Side
    columns: Side
    ours: Seen | None = None
    theirs: Seen | None = None
    values: Values | None = None  # (layers of ours, layers of theirs)
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Cells with names; `best` is each row's column that is marked, -1 for none."""

    corner: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: Values  # (rows, columns)
    best: tuple[int, ...]


def side_of(run: Shown, folder: Path) -> Side:
    """A run as one of the two."""
    return Side(run.key, run.label, folder, excuse(run.entry, run.label))


def excuse(entry: Entry, label: str) -> str:
    """Why a run has kept no representations, as far as that can be told."""
    if is_foreign(entry):
        return f"{label} is another program's run: it says nothing of how its layers see images."
    if entry.facts.get("model.kind") == "forest":
        return f"{label} is a forest: it has no layers."
    if entry.facts.get(SETTING) is False:
        return f"{label} was told to keep nothing of how its layers see images: {SETTING} is false."
    if not entry.state.is_ended:
        return f"{label} has kept nothing yet: what its layers see is kept from its start on, as epochs end."
    return (
        f"{label} has kept nothing of how its layers see images (representations.npz): it is of an older version, "
        "or did not get that far. Repeated, it will."
    )


def found_between(rows: Side, columns: Side, ours: Seen | str, theirs: Seen | str) -> Found:
    """What is seen of both; a text is why one of them is not."""
    problems = dict.fromkeys(each for each in (ours, theirs) if isinstance(each, str))
    if isinstance(ours, str) or isinstance(theirs, str):
        seen = None if isinstance(ours, str) else ours
        return Found(rows, columns, seen, problem="\n\n".join(problems))
    if ours.best.images_sha256 != theirs.best.images_sha256:
        words = f"{rows.label} and {columns.label} were shown other images: only runs of one dataset and split can be compared."
        return Found(rows, columns, ours, theirs, problem=words)
    values = ours.layers_matrix if ours is theirs else between(ours, theirs)
    if values is None:
        words = f"{rows.label} and {columns.label}: nothing can be said, their layers see all images alike."
        return Found(rows, columns, ours, theirs, problem=words)
    return Found(rows, columns, ours, theirs, values)


def layers_matrix(found: Found) -> Matrix | None:
    """Layers of one run against those of the other; of a layer and itself nothing is marked."""
    if found.ours is None or found.theirs is None or found.values is None:
        return None
    marked = found.values.copy()
    if found.rows.key == found.columns.key:
        np.fill_diagonal(marked, np.nan)
    return Matrix(
        "layer", _names(found.ours.layers), _names(found.theirs.layers), found.values, best_of(marked)
    )


def epochs_matrix(seen: Seen, layer: str) -> Matrix:
    """A layer at each epoch that was kept against itself at all others."""
    names = tuple(map(str, seen.epochs))
    values = seen.epochs_of_layer[layer]
    return Matrix("epoch", names, names, values, (-1,) * len(names))


def best_of(values: Values) -> tuple[int, ...]:
    """The column of each row's largest value; -1 where it has none."""
    return tuple(int(np.nanargmax(row)) if np.isfinite(row).any() else -1 for row in values)


def cell_text(value: float) -> str:
    """Two digits: `.87`, `1.0`, `-.02`; a dash where there is none."""
    if not np.isfinite(value):
        return ABSENT
    text = f"{abs(value):.2f}"
    body = "1.0" if text == "1.00" else text.removeprefix("0")
    return f"-{body}" if value < 0 and body != ".00" else body


def meaning(images: int) -> str:
    """What the numbers are, in a line."""
    return f"CKA on {images} validation images: 1 same up to rotation and scale, 0 unrelated"


def layers_title(found: Found) -> str:
    """Which runs, and of which epochs."""
    if found.ours is None or found.theirs is None:
        return f"how alike layers are: {found.rows.label} and {found.columns.label}"
    rows = f"{found.rows.label} epoch {found.ours.best.epochs[0]}"
    if found.rows.key == found.columns.key:
        return f"how alike layers are: {rows}, with itself"
    return (
        f"how alike layers are: {rows} (rows), {found.columns.label} epoch {found.theirs.best.epochs[0]}"
        " (columns)"
    )


def layers_words(matrix: Matrix, row: int, column: int) -> str:
    """The cell under the cursor, and what is nearest to its row."""
    best = matrix.best[row]
    words = f"{matrix.rows[row]} and {matrix.columns[column]}: {cell_text(matrix.values[row, column])}"
    if best in {-1, column}:
        return words + (", the nearest" if best == column else "")
    nearest = f"{matrix.columns[best]} {cell_text(matrix.values[row, best])}"
    return f"{words}   nearest: {nearest}"


def epochs_words(matrix: Matrix, layer: str, row: int, column: int) -> str:
    """The cell under the cursor."""
    value = cell_text(matrix.values[row, column])
    return f"{printable(layer)} at epoch {matrix.rows[row]} and at epoch {matrix.columns[column]}: {value}"


def others_of(shown: Sequence[Shown], baseline: str) -> tuple[str, ...]:
    """Keys of the runs that a baseline is held against, itself at last."""
    return (*(run.key for run in shown if run.key != baseline), baseline) if shown else ()


def _names(layers: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(printable, layers))
