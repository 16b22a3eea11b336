"""How each parameter of a network gets on, in a word, by rules that a person can check.

All rules look at what was measured at the ends of epochs. A condition must have held at the last three of them, except
where one is enough. The first that holds, in the order below, gives the word.

exploding   A weight is not finite; or its update is more than 0.1 of its own size (1 of it for biases and scales, which
            begin at or near 0); or its gradient is more than 100 times its median so far. A healthy update is about
            0.001 of the weights: A. Karpathy, CS231n, "Ratio of weights:updates",
            https://cs231n.github.io/neural-networks-3/; so 0.1 is a hundred times that. That exploding shows as a large
            increase of the gradient's norm is R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training
            recurrent neural networks", ICML 2013; the factor 100 is ours.
dead        Half of its layer's units, or more, give the same output for every image of a fixed sample. L. Lu, Y. Shin,
            Y. Su, G. Karniadakis, "Dying ReLU and initialization", 2019, https://arxiv.org/abs/1903.06733; the half is
            ours. One measurement is enough: it is over thousands of images.
idle        It is a bias right before a batch norm, which takes it away again. Nothing is wrong.
vanishing   A weight's gradient is less than 0.001 of the largest among the network's weights; or, root mean square,
            below 1e-8, where Adam's ε begins to hold its steps back. That gradients shrink on their way to the first
            layers: X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks",
            AISTATS 2010; the ratio is ours. ε: D. Kingma, J. Ba, "Adam", 2015, https://arxiv.org/abs/1412.6980.
frozen      Its update is less than 1e-6 of its own size, a thousandth of what is healthy; less in proportion where the
            learning rate has been lowered on purpose. Or nothing that is measured of it changes at all.
learning    None of these.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.analysis.tracks import Floats, Track
from fashiontui.tfevents.order import median
from fashiontui.tfevents.series import ScalarSeries

Bools = NDArray[np.bool_]

IN_A_ROW: Final = 3
RECENT: Final = 64  # measurements; a jump of the gradient is looked for no further back
HEALTHY_UPDATE: Final = 1e-3
LARGEST_UPDATE: Final = 0.1
LARGEST_UPDATE_OF_BIASES: Final = 1.0
SMALLEST_UPDATE: Final = 1e-6
GRADIENT_JUMP: Final = 100.0
SMALLEST_GRADIENT_SHARE: Final = 1e-3
ADAM_EPSILON: Final = 1e-8
DEAD_SHARE: Final = 0.5


class Health(StrEnum):
    """In a word."""

    LEARNING = "learning"
    FROZEN = "frozen"
    VANISHING = "vanishing"
    EXPLODING = "exploding"
    DEAD = "dead"
    IDLE = "idle"
    UNKNOWN = "–"

    @property
    def is_bad(self) -> bool:
        """Whether someone should look at it."""
        return self in (Health.FROZEN, Health.VANISHING, Health.EXPLODING, Health.DEAD)


RULES: Final = {
    Health.EXPLODING: f"not finite; or update/weight above {LARGEST_UPDATE:g} ({LARGEST_UPDATE_OF_BIASES:g} for "
    f"biases); or gradient above {GRADIENT_JUMP:g}× its median so far",
    Health.DEAD: f"{DEAD_SHARE:.0%} or more of the layer's units give the same output for every image",
    Health.IDLE: "a bias right before batch norm, which takes it away again: nothing is wrong",
    Health.VANISHING: f"gradient below {SMALLEST_GRADIENT_SHARE:g} of the largest among the weights, or below "
    f"Adam's epsilon, {ADAM_EPSILON:g} (root mean square)",
    Health.FROZEN: f"update/weight below {SMALLEST_UPDATE:g} (healthy: about {HEALTHY_UPDATE:g}), in proportion "
    "less where the learning rate was lowered; or nothing measured changes",
    Health.LEARNING: "none of these",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A word, why, and since which step it has been so (None: from the start, or it can't be said)."""

    health: Health
    reason: str
    since: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Condition:
    """Where something holds, (n,), and how to say so of the last measurement."""

    health: Health
    holds: Bools
    reason: str
    in_a_row: int = IN_A_ROW


def diagnose(
    tracks: Sequence[Track],
    learning_rate: ScalarSeries | None = None,
    before_batch_norm: Collection[str] = (),
) -> dict[str, Verdict]:
    """A verdict on each parameter, by name. `before_batch_norm` names the layers that batch norm follows."""
    largest = _largest_gradients(tracks)
    return {
        track.name: _verdict(track, largest, learning_rate, is_idle=_is_idle(track, before_batch_norm))
        for track in tracks
    }


def _verdict(
    track: Track, largest: dict[int, float], learning_rate: ScalarSeries | None, *, is_idle: bool
) -> Verdict:
    conditions = [*_exploding(track), *_dead(track)]
    if not is_idle:
        conditions += [*_vanishing(track, largest), *_frozen(track, learning_rate)]
    undecided: Verdict | None = None
    for condition in conditions:
        streak = _streak(condition.holds)
        if streak >= condition.in_a_row:
            first = len(condition.holds) - streak
            return Verdict(condition.health, condition.reason, int(track.steps[first]) if first else None)
        if streak and streak == len(condition.holds):
            reason = f"{condition.reason}, but so far it was measured {_times(streak)}"
            undecided = undecided or Verdict(Health.UNKNOWN, reason)
    if undecided is not None:
        return undecided
    if is_idle:
        return Verdict(Health.IDLE, "batch norm follows, and takes this bias away again")
    return _otherwise(track, learning_rate)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _otherwise(track: Track, learning_rate: ScalarSeries | None) -> Verdict:
    update = track.last("update_ratio")
    if np.isfinite(update):
        rates = np.zeros(0) if learning_rate is None else learning_rate.values
        if update < HEALTHY_UPDATE / 10 and len(rates) and rates[-1] < rates.max() / 10:
            return Verdict(
                Health.LEARNING,
                f"update/weight {update:.1e}, since the learning rate has fallen to {rates[-1]:.1e}",
            )
        return Verdict(Health.LEARNING, f"update/weight {update:.1e}, healthy is about {HEALTHY_UPDATE:.0e}")
    if track.is_estimated and len(track.steps) > 1:
        return Verdict(Health.LEARNING, "its histogram changes; updates and gradients were not measured")
    return Verdict(Health.UNKNOWN, "not measured yet")


def _exploding(track: Track) -> list[_Condition]:
    update, gradient = track.series("update_ratio"), track.series("gradient_norm")
    not_finite = np.isinf(gradient)  # NaN: there was none
    if not track.is_estimated:
        for name in track.values.keys() & {"mean", "std", "norm"}:
            not_finite |= ~np.isfinite(track.values[name])
    limit = LARGEST_UPDATE if track.is_weight else LARGEST_UPDATE_OF_BIASES
    usual = _running_median(gradient)
    return [
        _Condition(Health.EXPLODING, not_finite, "weights or gradients are not finite", 1),
        _Condition(
            Health.EXPLODING, update > limit, f"update/weight {track.last('update_ratio'):.1e} > {limit:g}"
        ),
        _Condition(
            Health.EXPLODING,
            gradient > GRADIENT_JUMP * usual,
            f"gradient {track.last('gradient_norm'):.1e} > {GRADIENT_JUMP:g} × its median so far",
        ),
    ]


def _dead(track: Track) -> list[_Condition]:
    reason = (
        f"{track.last('dead_units'):.0%} of the units of {track.layer} give the same output for every image"
    )
    return [_Condition(Health.DEAD, track.series("dead_units") >= DEAD_SHARE, reason, 1)]


def _vanishing(track: Track, largest: dict[int, float]) -> list[_Condition]:
    gradient = track.series("gradient_norm")
    size = np.sqrt(_size(track))
    conditions = [
        _Condition(
            Health.VANISHING,
            gradient < ADAM_EPSILON * size,
            f"gradient {track.last('gradient_norm'):.1e}, root mean square < {ADAM_EPSILON:g}",
        )
    ]
    if track.is_weight and len(gradient):
        peers = np.array([largest[step] for step in track.steps.tolist()])
        conditions.append(
            _Condition(
                Health.VANISHING,
                gradient < SMALLEST_GRADIENT_SHARE * peers,
                f"gradient {gradient[-1]:.1e} < {SMALLEST_GRADIENT_SHARE:g} × the largest, {peers[-1]:.1e}",
            )
        )
    return conditions


def _frozen(track: Track, learning_rate: ScalarSeries | None) -> list[_Condition]:
    limits = SMALLEST_UPDATE * _rate_shares(track, learning_rate)
    limit = limits[-1] if len(limits) else SMALLEST_UPDATE
    table = np.array([track.series(name) for name in ("mean", "std", "norm")])  # (3, n)
    same = np.zeros(len(track.steps), dtype=bool)
    same[1:] = (table[:, 1:] == table[:, :-1]).all(axis=0)
    return [
        _Condition(
            Health.FROZEN,
            track.series("update_ratio") < limits,
            f"update/weight {track.last('update_ratio'):.1e} < {limit:.1e}",
        ),
        _Condition(Health.FROZEN, same, "mean, standard deviation and norm are what they were"),
    ]


def _is_idle(track: Track, before_batch_norm: Collection[str]) -> bool:
    return track.layer in before_batch_norm and track.name.rpartition(".")[2] == "bias"


def _largest_gradients(tracks: Sequence[Track]) -> dict[int, float]:
    """By step, among the weights."""
    largest: dict[int, float] = {}
    for track in tracks:
        gradients = track.series("gradient_norm") if track.is_weight else np.full(len(track.steps), np.nan)
        for step, gradient in zip(track.steps.tolist(), gradients.tolist(), strict=True):
            known = largest.setdefault(step, float("nan"))
            largest[step] = float(np.fmax(known, gradient))
    return largest


def _size(track: Track) -> Floats:
    """How many numbers it has, (n,): its norm² over their mean square. NaN where that can't be told."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        square = track.series("mean") ** 2 + track.series("std") ** 2
        size: Floats = np.where(square > 0, track.series("norm") ** 2 / square, np.nan)
    return size


def _rate_shares(track: Track, learning_rate: ScalarSeries | None) -> Floats:
    """The learning rate at each measurement, as a share of its highest; 1 where it is not known."""
    if learning_rate is None or not len(track.steps):
        return np.ones(len(track.steps))
    order = np.argsort(learning_rate.steps, kind="stable")
    rates = learning_rate.values[order]
    highest = np.nanmax(np.append(rates, 0.0))
    place = np.searchsorted(learning_rate.steps[order], track.steps, side="right") - 1
    shares = rates[np.maximum(place, 0)] / highest if highest > 0 else np.ones(len(track.steps))
    return np.where(np.isfinite(shares), shares, 1.0)


def _running_median(values: Floats) -> Floats:
    """Of all values before each, (n,); NaN where fewer than `IN_A_ROW` came before, and for those of long ago."""
    medians = np.full(len(values), np.nan)
    for place in range(max(IN_A_ROW, len(values) - RECENT), len(values)):
        before = values[:place][np.isfinite(values[:place])]
        if len(before) >= IN_A_ROW:
            medians[place] = median(before)
    return medians


def _streak(holds: Bools) -> int:
    """How many at the end hold without a gap."""
    missed = np.flatnonzero(~holds)
    return len(holds) - (int(missed[-1]) + 1 if len(missed) else 0)
