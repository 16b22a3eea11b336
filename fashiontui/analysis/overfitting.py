"""When a network begins to learn its training images by heart, as two curves tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.tfevents.order import median

Floats = NDArray[np.float64]

PATIENCE: Final = 3  # points that must follow the lowest one
LEAST_RISE: Final = 0.02  # of the lowest validation loss
NOISE: Final = 2.0  # so many times its usual wobble are no rise; docs/experiments.md has what else was tried
RULE: Final = (
    f"Validation loss was lowest there. Its median over the last {PATIENCE} epochs is higher than over the {PATIENCE} "
    f"around that one: by more than {LEAST_RISE:.0%}, and by more than {NOISE:g} times its usual wobble, the median of "
    "how far an epoch is off the line from the one before to the next, doubled. Training loss is lower than it was, or 0."
)


@dataclass(frozen=True, slots=True)
class Overfitting:
    """Since when, and how much."""

    since: float  # where validation loss was lowest: an epoch, or whatever the curves are over
    rise: float  # of validation loss since then, as a share of its lowest value
    fall: float  # of training loss since then, as a share of what it was


def generalisation_gap(train_accuracy: float, valid_accuracy: float) -> float:
    """By how much a network does better on images it has trained on."""
    return train_accuracy - valid_accuracy


def overfitting(
    epochs: Sequence[float] | Floats,
    train_loss: Sequence[float] | Floats,
    valid_loss: Sequence[float] | Floats,
) -> Overfitting | None:
    """Where overfitting set in, by the `RULE`; None where it has not. All are (n,), in order.

    All levels are medians of three points, so that one odd epoch neither makes nor hides it. Points where
    a loss is not finite count for nothing.
    """
    xs, train, valid = (np.asarray(each, dtype=np.float64) for each in (epochs, train_loss, valid_loss))
    finite = np.isfinite(train) & np.isfinite(valid)
    xs, train, valid = xs[finite], train[finite], valid[finite]
    if len(xs) <= PATIENCE:
        return None
    lowest = _lowest(valid)
    if len(xs) - 1 - lowest < PATIENCE:
        return None
    low, begin = (median(loss[max(0, lowest - 1) : lowest + 2]) for loss in (valid, train))
    now, end = (median(loss[-PATIENCE:]) for loss in (valid, train))
    wobble = median(np.abs(np.diff(valid, 2)))
    still_learns = end < begin or end == begin == 0
    if not still_learns or now - low <= max(LEAST_RISE * abs(low), NOISE * wobble):
        return None
    rise, fall = (now - low) / (abs(low) or 1.0), (begin - end) / (abs(begin) or 1.0)
    return Overfitting(float(xs[lowest]), rise, fall)


def _lowest(valid: Floats) -> int:
    """The index of the lowest point, where its neighbours are low too: a single odd epoch is not it."""
    if len(valid) < PATIENCE:
        return int(valid.argmin())
    left, middle, right = valid[:-2], valid[1:-1], valid[2:]
    low, high = np.minimum(left, middle), np.maximum(left, middle)
    middles = np.maximum(low, np.minimum(high, right))  # the median of three, (n - 2,) around 1 … n - 2
    centre = int(middles.argmin()) + 1
    first = max(0, centre - 1)
    return first + int(valid[first : centre + 2].argmin())
