"""What is measured inside the layers, all of it on the device.

Statistics wait for the device once. Histograms wait twice, and once more for each tensor on CUDA.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from fashiontui.training.event_writer import Histogram, Value
from fashiontui.training.passes import watched

BINS = 64
STATISTICS = ("mean", "std", "min", "max", "norm", "gradient_norm", "update_ratio", "distance_from_init")
TINY = 1e-12


class Instruments:
    """Statistics of every parameter of a model; of numbers that are not floating, or none, there are none.

    `remember` is called before the last step of an epoch and `statistics` after it: update-to-weight ratio and
    gradient norm are those of that step. Distance from initialisation is ‖w - w₀‖ / ‖w₀‖, or ‖w‖ where w₀ = 0.
    """

    def __init__(self, model: nn.Module, initial: dict[str, Tensor]) -> None:
        self._model = model
        self._parameters = {
            name: weight
            for name, weight in model.named_parameters()
            if weight.is_floating_point() and weight.numel()
        }
        self._initial = initial
        self._before: dict[str, Tensor] = {}

    @torch.no_grad()
    def remember(self) -> None:
        """Keep the weights as they are before a step."""
        self._before = {name: weight.detach().clone() for name, weight in self._parameters.items()}

    @torch.no_grad()
    def statistics(self) -> dict[str, float]:
        """`layer_<statistic>/<parameter>` of every parameter; NaN where it can't be known."""
        rows = [self._row(name, weight.detach()) for name, weight in self._parameters.items()]
        if not rows:
            return {}
        table = torch.stack(rows).tolist()  # (parameters, statistics): one sync for all
        return {
            f"layer_{statistic}/{name}": table[row][column]
            for row, name in enumerate(self._parameters)
            for column, statistic in enumerate(STATISTICS)
        }

    def _row(self, name: str, weight: Tensor) -> Tensor:
        low, high = weight.aminmax()
        std, mean = torch.std_mean(weight, correction=0)
        norm = torch.linalg.vector_norm(weight)
        unknown = torch.full_like(norm, torch.nan)
        gradient = self._parameters[name].grad
        gradient_norm = unknown if gradient is None else torch.linalg.vector_norm(gradient)
        before = self._before.get(name)
        update = unknown if before is None else _relative(weight - before, before)
        distance = _relative(weight - self._initial[name], self._initial[name])
        return torch.stack([mean, std, low, high, norm, gradient_norm, update, distance]).float()

    @torch.no_grad()
    def histograms(self) -> dict[str, Value]:
        """`weights/…`, `biases/…` (parameters with one dimension) and `gradients/…` of every parameter."""
        tensors: dict[str, Tensor] = {}
        for name, weight in self._parameters.items():
            tensors[f"{'weights' if weight.dim() > 1 else 'biases'}/{name}"] = weight.detach()
            if weight.grad is not None:
                tensors[f"gradients/{name}"] = weight.grad
        return dict(histograms(tensors))


def _relative(change: Tensor, of: Tensor) -> Tensor:
    norm = torch.linalg.vector_norm(of)
    length = torch.linalg.vector_norm(change)
    return torch.where(norm > TINY, length / norm.clamp_min(TINY), length)


def histograms(tensors: dict[str, Tensor]) -> Iterator[tuple[str, Histogram]]:
    """A histogram of each tensor over its own range; tensors with NaN or infinity are left out."""
    if not tensors:
        return
    facts = [torch.stack([*t.aminmax(), t.sum(), t.square().sum()]).double() for t in tensors.values()]
    ranges = torch.stack(facts).tolist()  # first sync: ranges
    finite = [
        (name, tensor, low, high if high > low else low + TINY + abs(low) * 1e-6, total, squares)
        for (name, tensor), (low, high, total, squares) in zip(tensors.items(), ranges, strict=True)
        if all(map(_is_finite, (low, high, squares)))
    ]
    if not finite:
        return
    counts = torch.stack(
        [_count(tensor, low, high) for _, tensor, low, high, _, _ in finite]
    ).tolist()  # second
    for (name, _, low, high, total, squares), row in zip(finite, counts, strict=True):
        yield name, Histogram(row, low, high, total, squares)


def _is_finite(value: float) -> bool:
    return abs(value) < float("inf")


def _count(tensor: Tensor, low: float, high: float) -> Tensor:
    """Counts in `BINS` equal buckets; values on the upper edge fall in the last. Exact and repeatable on CUDA too.

    There bincount adds atomically, but whole numbers add up the same in any order, and waits for its bounds; to scatter
    them repeatably is worse: what falls in one bucket would be added one by one.
    """
    place = ((tensor.reshape(-1) - low) * (BINS / (high - low))).long().clamp_(0, BINS - 1)
    return torch.bincount(place, minlength=BINS)


class DeadUnits:
    """Counts the units whose activation is the same for every image shown: they tell the layers above nothing."""

    def __init__(self, model: nn.Module) -> None:
        self._model = model

    @contextmanager
    def watching(self) -> Iterator[dict[str, Tensor]]:
        """Within the block, gather (lowest, highest) activation of each unit, by the layer that feeds the activation."""
        seen: dict[str, Tensor] = {}

        def gather(name: str, output: Tensor, axis: int) -> None:
            units = output.detach().movedim(axis, 0).flatten(1)  # (units, images · places)
            low, high = units.aminmax(dim=1)
            key = name
            if key in seen and seen[key].shape[1] != len(low):  # one module, used at several widths
                key = f"{name}/{len(low)}"
            if key in seen:
                low, high = torch.minimum(low, seen[key][0]), torch.maximum(high, seen[key][1])
            seen[key] = torch.stack([low, high])

        with watched(self._model, gather):
            yield seen


def dead_shares(seen: dict[str, Tensor]) -> dict[str, float]:
    """`layer_dead_units/<layer>`: the share of units that never changed."""
    if not seen:
        return {}
    shares = torch.stack([(ends[0] == ends[1]).float().mean() for ends in seen.values()])
    return {f"layer_dead_units/{name}": share for name, share in zip(seen, shares.tolist(), strict=True)}
