"""Curves of one run, as its charts show them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from fashiontui.config.problems import printable
from fashiontui.tfevents.series import ScalarSeries
from fashiontui.tui.charts.curves import Curve, Mark, epochs_at, series_to_curves
from fashiontui.tui.charts.palette import MARKERS, TEST, TRAIN, VALID, Look
from fashiontui.tui.charts.view import ChartView
from fashiontui.tui.shownrun import LossTags, ShownRun, is_held_out

BATCH: Final = "batch"
FEW: Final = 8  # curves in a chart that each have a colour of their own


def curves_of(run: ShownRun, names: Mapping[str, str], view: ChartView) -> tuple[Curve, ...]:
    """The curves of some tags, under the names they are to have; tags without points are left out."""
    scalars = run.view.scalars
    found = [tag for tag in names if tag in scalars]
    looks = looks_of(found)
    parts = [
        series_to_curves(scalars[tag], run.epochs, view, looks[tag], name=names[tag], start=began(scalars))
        for tag in found
    ]
    raw = [part[0] for part in parts if len(part) > 1]
    return (*raw, *(part[-1] for part in parts))


def began(scalars: Mapping[str, ScalarSeries]) -> float | None:
    """When the first of a run's points was logged: what its relative time counts from, in every chart."""
    return min((float(series.wall_times[0]) for series in scalars.values() if len(series)), default=None)


def looks_of(tags: Sequence[str]) -> dict[str, Look]:
    """Training, validation and test curves look alike in every chart; others as they come."""
    looks = {tag: look for tag in tags if (look := _usual(tag)) is not None}
    if len(set(looks.values())) < len(looks):
        looks = {}
    used = {look.colour for look in looks.values()}
    free = iter([number for number in range(FEW) if number not in used] * (len(tags) // FEW + 2))
    return {tag: looks.get(tag) or _look(next(free)) for tag in tags}


def _look(number: int) -> Look:
    return Look(number, MARKERS[number % len(MARKERS)])


def _usual(tag: str) -> Look | None:
    name = tag.lower()
    if "test" in name:
        return TEST
    if is_held_out(name):
        return VALID
    return TRAIN if "train" in name else None


def short_names(tags: LossTags) -> dict[str, str]:
    """What the usual four are called in a legend."""
    named = (
        (tags.train_loss, "train"), (tags.valid_loss, "valid"), (tags.train_accuracy, "train"),
        (tags.valid_accuracy, "valid"),
    )  # fmt: skip
    return {tag: name for tag, name in named if tag}


def tag_names(tags: Sequence[str]) -> dict[str, str]:
    """Tags under their own names, without control characters."""
    return {tag: printable(tag) for tag in tags}


def marks_of(
    run: ShownRun, curves: Sequence[Curve], best_epoch: int | None, since: float | None
) -> tuple[Mark, ...]:
    """The best epoch, and the one overfitting set in, where x counts epochs or steps."""
    if not curves:
        return ()
    wanted = ((best_epoch, "best"), (since, "overfitting since"))
    places = [(_x_of(run, float(epoch), curves[0].x), label) for epoch, label in wanted if epoch is not None]
    marks = {x: label for x, label in reversed(places) if x is not None}  # of two at one place, the best
    return tuple(Mark(x, label) for x, label in marks.items())


def _x_of(run: ShownRun, epoch: float, kind: str) -> float | None:
    epochs = run.epochs
    if kind == "epoch":
        return epoch if epochs is not None else None
    if kind != "step":
        return None
    if epochs is None:
        return epoch  # it is a step
    at = epochs_at(epochs.steps, epochs)
    places = [
        step for step, number in zip(epochs.steps.tolist(), at.tolist(), strict=True) if number >= epoch
    ]
    return float(places[0]) if places else None
