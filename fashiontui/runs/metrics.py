"""What a run's curves come to: each metric's last and best value, and when it was best."""

from __future__ import annotations

import contextlib
import math
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from fashiontui.runs.record import MetricSummary

if TYPE_CHECKING:
    from fashiontui.tfevents.series import ScalarSeries

Direction = Literal["min", "max"]

EPOCHS: Final = "progress/epoch"  # at the step of each epoch's end, its number
CPU: Final = "system/cpu_percent"  # of one core
MEMORY: Final = "system/memory_MiB"
GPU_MEMORY: Final = "system/gpu_memory_MiB"
METRICS: Final = {
    "train_loss": "loss/train",
    "train_accuracy": "accuracy/train",
    "valid_loss": "loss/valid",
    "valid_accuracy": "accuracy/valid",
    "gap_accuracy": "gap/accuracy",
    "samples_per_second": "speed/samples_per_second",
    "learning_rate": "optimizer/learning_rate",
}
FLOAT32_DIGITS: Final = 7

LESS_IS_BETTER: Final = re.compile(
    r"loss|error|perplexity|time$|seconds?$|(^|_)(err|mse|mae|rmse|nll|gap|time|seconds|duration|latency|ms|memory)(_|$)"
)
MORE_IS_BETTER: Final = re.compile(
    r"accuracy|score|likelihood|reward|precision|recall|throughput"
    r"|(^|_)(acc|auc|auroc|f1|iou|dice|kappa|mcc|ap|map|ndcg|mrr|bleu|rouge|r2|psnr|ssim|fps|top\d*)(_|$)"
)
WORD_BORDER: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z0-9]+")


def direction(metric: str) -> Direction | None:
    """Whether less or more of a metric is better, from its name, in whatever spelling; None where it does not say.

    Losses, errors, gaps, times and memory are better small; accuracies, scores, and so much of something `per` something
    else large. Of a rate only what stands before `per` counts: `samples_per_second` is better large, `seconds_per_epoch` small.
    """
    counted, per, _ = WORD_BORDER.sub("_", metric).lower().partition("_per_")
    if LESS_IS_BETTER.search(counted):
        return "min"
    return "max" if per or MORE_IS_BETTER.search(counted) else None


def summarise(root: Path) -> dict[str, MetricSummary]:
    """Summaries of a run folder's metrics, as far as its event files can be read; a metric never logged is left out."""
    from fashiontui.tfevents.reader import RunReader  # noqa: PLC0415 - numpy: lists of runs do without

    reader = RunReader(root, scalars_only=True)
    with contextlib.suppress(OSError):
        while reader.poll():
            pass
    scalars = reader.scalars
    ends = _points(scalars[EPOCHS]) if EPOCHS in scalars else []
    losses = by_step(scalars[METRICS["valid_loss"]]) if METRICS["valid_loss"] in scalars else {}
    return {
        name: _summary(name, _points(scalars[tag]), ends, losses if name == "valid_accuracy" else {})
        for name, tag in METRICS.items()
        if tag in scalars
    }


def by_step(series: ScalarSeries) -> dict[int, float]:
    """A tag's values by step, without the digits that only come from keeping a float32 as a float64."""
    return {step: shortest(value) for step, value in _points(series)}


def shortest(value: float) -> float:
    """A float32's value without the digits that only come from keeping it as a float64."""
    return float(f"{value:.{FLOAT32_DIGITS}g}")


def _points(series: ScalarSeries) -> list[tuple[int, float]]:
    """Steps in order, each with the value last written at it."""
    return sorted(dict(zip(series.steps.tolist(), series.values.tolist(), strict=True)).items())


def _summary(
    name: str,
    points: Sequence[tuple[int, float]],
    ends: Sequence[tuple[int, float]],
    losses: Mapping[int, float],
) -> MetricSummary:
    """Of equal values the one with the lowest loss is the best, as it is for training; else the first."""
    finite = [(step, value) for step, value in points if math.isfinite(value)]
    last = points[-1][1]
    if not finite:
        return MetricSummary()
    smallest, largest = (pick(finite, key=lambda point: point[1]) for pick in (min, max))
    best_step, best = smallest if direction(name) == "min" else largest
    if losses:
        equals = [step for step, value in finite if value == best]
        best_step = min(equals, key=lambda step: losses.get(step, math.inf))
    return MetricSummary(
        last=shortest(last) if math.isfinite(last) else None,
        best=shortest(best),
        best_epoch=_epoch_of(best_step, ends),
        min=shortest(smallest[1]),
        max=shortest(largest[1]),
    )


def _epoch_of(step: int, ends: Sequence[tuple[int, float]]) -> int | None:
    """The epoch that a step belongs to: the first that ends there or later; else the one after the last."""
    if not ends:
        return None
    place = bisect_left(ends, step, key=lambda end: end[0])
    epoch = ends[place][1] if place < len(ends) else ends[-1][1] + 1
    return round(epoch) if math.isfinite(epoch) else None
