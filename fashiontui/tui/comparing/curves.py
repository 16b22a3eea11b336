"""One metric of all runs, as curves over the same x."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from fashiontui.analysis.seeds import fold_curves, fold_labels, group_seeds
from fashiontui.config.problems import printable
from fashiontui.runs.metrics import CPU, EPOCHS, GPU_MEMORY, MEMORY
from fashiontui.tui.charts.curves import Curve, series_to_curves, smoothed
from fashiontui.tui.charts.view import ChartView
from fashiontui.tui.comparing.shown import Shown
from fashiontui.tui.runcurves import began
from fashiontui.tui.shownrun import loss_tags

FIRST: Final = ("accuracy/valid", "loss/valid", "accuracy/train", "loss/train", "gap/accuracy", "loss/batch")
TITLES: Final = {
    "accuracy/valid": "valid accuracy",
    "loss/valid": "valid loss",
    "accuracy/train": "train accuracy",
    "loss/train": "train loss",
    "accuracy/test": "test accuracy",
    "loss/test": "test loss",
    "gap/accuracy": "generalisation gap",
    "loss/batch": "running train loss",
    "accuracy/batch": "running train accuracy",
    "optimizer/learning_rate": "learning rate",
    "speed/samples_per_second": "samples per second",
    CPU: "CPU, % of a core",
    MEMORY: "memory, MiB",
    GPU_MEMORY: "GPU memory, MiB",
}
LAYERS: Final = "layer_"
CALLED: Final = ("valid_accuracy", "valid_loss", "train_accuracy", "train_loss")  # in that order


def metrics_of(shown: Sequence[Shown]) -> tuple[str, ...]:
    """The tags there are curves of: the usual ones first, then those that most of the runs have; layers' last.

    Usual, in runs of other programs, are what they call loss and accuracy.
    """
    tags = Counter(tag for run in shown for tag in run.view.scalars if tag != EPOCHS)
    found = [loss_tags(run.view.scalars) for run in shown]
    called = [Counter(getattr(each, name) for each in found).most_common() for name in CALLED]
    theirs = [tag for names in called for tag, _ in names]
    usual = [tag for tag in dict.fromkeys((*FIRST, *theirs)) if tag in tags]
    others = sorted(tags.keys() - set(usual), key=lambda tag: (tag.startswith(LAYERS), -tags[tag], tag))
    return (*usual, *others)


def title_of(tag: str) -> str:
    """What a tag is called on a screen."""
    return TITLES.get(tag, printable(tag))


def metric_curves(shown: Sequence[Shown], tag: str, view: ChartView, *, folded: bool) -> tuple[Curve, ...]:
    """A curve a run, its raw values behind it where it is smoothed; folded, a mean and a band for all seeds of one.

    All over the same x: over steps, where one of the runs does not say yet how steps make epochs.
    """
    having = [run for run in shown if tag in run.view.scalars]
    if view.x == "epoch" and not all(len(run.view.scalars.get(EPOCHS, ())) for run in having):
        view = replace(view, x="step")
    if not folded:
        return tuple(curve for run in having for curve in _curves(run, tag, view))
    groups = [[having[i] for i in group] for group in group_seeds([run.subject for run in having])]
    labels = fold_labels([[run.subject for run in group] for group in groups])
    folds = zip(groups, map(printable, labels), strict=True)
    return tuple(curve for group, name in folds for curve in _folded(group, name, tag, view))


def _curves(run: Shown, tag: str, view: ChartView) -> tuple[Curve, ...]:
    scalars = run.view.scalars
    return series_to_curves(
        scalars[tag], scalars.get(EPOCHS), view, run.look, name=run.label, start=began(scalars)
    )


def _folded(group: Sequence[Shown], name: str, tag: str, view: ChartView) -> tuple[Curve, ...]:
    """The mean of what the seeds logged, with their deviation; each for itself where they have no x in common."""
    each = [_curves(run, tag, view) for run in group]
    raws = [curves[0] for curves in each]
    alike = len({curve.x for curve in raws}) == 1 and all((np.diff(curve.xs) >= 0).all() for curve in raws)
    band = fold_curves([(curve.xs, curve.ys) for curve in raws]) if alike else None
    if len(group) == 1 or band is None:
        return tuple(curve for curves in each for curve in curves)
    mean = replace(
        raws[0],
        name=name,
        xs=band.xs,
        ys=band.mean,
        lows=band.mean - band.std,
        highs=band.mean + band.std,
        dim=False,
    )
    return smoothed(mean, view)
