"""Accuracy against training time: a point a run, and the front that none of them beats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from fashiontui.analysis.compare import Comparison, Subject
from fashiontui.analysis.logged import SPAN
from fashiontui.analysis.pareto import front
from fashiontui.config.problems import printable
from fashiontui.tui.charts.curves import Curve
from fashiontui.tui.charts.palette import Look
from fashiontui.tui.charts.scatter import points, steps
from fashiontui.tui.shownrun import is_held_out

FRONT: Final = "Pareto front"
FRONT_LOOK: Final = Look(7, "·")


@dataclass(frozen=True, slots=True, eq=False)
class Tradeoff:
    """What a scatter shows."""

    title: str
    curves: tuple[Curve, ...]  # the front last
    on_front: tuple[int, ...]  # places of subjects, the quickest first


def tradeoff(comparison: Comparison, looks: Sequence[Look]) -> Tradeoff:
    """Test accuracy where all runs have one, else the best validation accuracy so far: never a mixture."""
    subjects = comparison.subjects
    gain, title = _gain(subjects)
    seconds = [_value(subject, "train_seconds", SPAN.key) for subject in subjects]
    gains = [_value(subject, gain) for subject in subjects]
    places = front(seconds, gains)
    dots = [
        points(
            printable(subject.label),
            [cost],
            [value],
            look,
            labels=[printable(subject.label)],
            kind="relative",
        )
        for subject, look, cost, value in zip(subjects, looks, seconds, gains, strict=True)
        if cost is not None and value is not None
    ]
    xs, ys = (np.array([values[place] for place in places], dtype=np.float64) for values in (seconds, gains))
    line = [steps(FRONT, xs, ys, FRONT_LOOK, kind="relative")] if len(places) > 1 else []
    return Tradeoff(title, (*dots, *line), tuple(places))


def _gain(subjects: Sequence[Subject]) -> tuple[str, str]:
    if all("test_accuracy" in subject.results for subject in subjects):
        return "test_accuracy", "test accuracy"
    if any("valid_accuracy" in subject.results for subject in subjects):
        return "valid_accuracy", "best valid accuracy"
    logged = [name for subject in subjects for name in subject.results if _is_accuracy(name)]
    name = max(
        dict.fromkeys(logged),
        key=lambda name: (is_held_out(name), logged.count(name)),
        default="valid_accuracy",
    )
    return name, printable(name) if logged else "accuracy"


def _is_accuracy(name: str) -> bool:
    """Of event files of other programs: the best value of a tag that is called so."""
    return name.startswith("best ") and "acc" in name.lower()


def _value(subject: Subject, *names: str) -> float | None:
    found = (subject.results[name].value for name in names if name in subject.results)
    return next(found, None)
