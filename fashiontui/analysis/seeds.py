"""Repeats of one experiment with other seeds, folded to mean ± standard deviation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.analysis.compare import Measured, Subject
from fashiontui.analysis.decisive import identity
from fashiontui.config.studies import SEED
from fashiontui.tfevents.order import distinct

Floats = NDArray[np.float64]
ROUNDING: Final = 1e-12  # what differs by less than this part of itself is the same


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Curves of several seeds as one; all arrays (n,)."""

    xs: Floats
    mean: Floats
    std: Floats  # of a sample; zero where there is but one curve
    count: int


def mean_std(values: Sequence[float]) -> Measured:
    """Mean and standard deviation of a sample (n - 1); the deviation of a single value is not known."""
    mean = math.fsum(values) / len(values)
    if len(values) == 1:
        return Measured(mean)
    squares = math.fsum((value - mean) ** 2 for value in values)
    std = math.sqrt(squares / (len(values) - 1))
    return Measured(mean, std if std > ROUNDING * max(map(abs, values)) else 0.0, len(values))


def group_seeds(subjects: Sequence[Subject]) -> list[list[int]]:
    """Indices of subjects whose settings are decisively alike, in the order of the first of each."""
    groups: dict[tuple[str, str], list[int]] = {}
    for index, subject in enumerate(subjects):
        groups.setdefault((subject.experiment, identity(subject.settings)), []).append(index)
    return list(groups.values())


def fold_subjects(subjects: Sequence[Subject]) -> list[Subject]:
    """One subject for each group; one that stands alone stays as it is."""
    groups = [[subjects[index] for index in group] for group in group_seeds(subjects)]
    return [
        group[0] if len(group) == 1 else _folded(group, label)
        for group, label in zip(groups, fold_labels(groups), strict=True)
    ]


def fold_labels(groups: Sequence[Sequence[Subject]]) -> list[str]:
    """`cnn1 × 3 seeds` for each group, `× 3 runs` where some are of one seed; the first's own label where there are
    several of one experiment.
    """
    counts = Counter(group[0].experiment for group in groups)
    firsts = [group[0] for group in groups]
    names = [first.experiment if counts[first.experiment] == 1 else first.label for first in firsts]
    return [f"{name} × {len(group)} {_repeats(group)}" for name, group in zip(names, groups, strict=True)]


def _repeats(group: Sequence[Subject]) -> str:
    """What they are that are counted."""
    return "seeds" if len({subject.settings.get(SEED) for subject in group}) == len(group) else "runs"


def _folded(group: Sequence[Subject], label: str) -> Subject:
    first = group[0]
    return Subject(
        key=first.key,
        experiment=first.experiment,
        label=label,
        settings={**first.settings, SEED: tuple(_values(group, SEED))},
        setup=_shared(subject.setup for subject in group),
        results=_means(group),
        members=tuple(subject.key for subject in group),
    )


def _values(group: Iterable[Subject], path: str) -> list[Any]:
    values = [subject.settings.get(path) for subject in group]
    return sorted(values) if all(isinstance(value, int) for value in values) else values


def _shared(setups: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What they have in common; where they differ, all of it."""
    found: dict[str, list[Any]] = {}
    for setup in setups:
        for key, value in setup.items():
            values = found.setdefault(key, [])
            values += [value] * (value not in values)
    return {key: values[0] if len(values) == 1 else tuple(values) for key, values in found.items()}


def _means(group: Sequence[Subject]) -> dict[str, Measured]:
    """Of those that have a result; how many these are is part of it."""
    names = dict.fromkeys(name for subject in group for name in subject.results)
    return {
        name: mean_std([subject.results[name].value for subject in group if name in subject.results])
        for name in names
    }


def fold_curves(curves: Sequence[tuple[Floats, Floats]]) -> Band | None:
    """Mean and deviation of curves (xs ascending, ys) over the range that all of them cover; None where there is none.

    Beyond that range a mean would jump whenever one of them ends. Between its points a curve is taken as straight.
    """
    if not curves or not all(len(xs) for xs, _ in curves):
        return None
    low, high = max(float(xs[0]) for xs, _ in curves), min(float(xs[-1]) for xs, _ in curves)
    every = distinct(np.concatenate([xs for xs, _ in curves]))
    xs = every[(every >= low) & (every <= high)]
    if not len(xs):
        return None
    rows = np.stack([np.interp(xs, own, ys) for own, ys in curves])
    std = rows.std(axis=0, ddof=1) if len(rows) > 1 else np.zeros(len(xs))
    return Band(xs, rows.mean(axis=0), std, len(rows))
