"""Optimisers, learning rates and penalties."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from fashiontui.config.spec import OptimizerSpec, RegularizationSpec

ONE_CYCLE_WARMUP = 0.3
ONE_CYCLE_START = 1 / 25  # of the peak; both as in Smith & Topin, 1708.07120, by PyTorch's defaults


def learning_rate_schedule(spec: OptimizerSpec, steps: int) -> Callable[[int], float]:
    """The learning rate at step k = 0, 1, … of `steps`: a function of k alone, so that resuming is exact."""
    peak = spec.learning_rate
    if spec.schedule == "exponential":
        base: Callable[[int], float] = lambda k: peak * spec.decay**k  # noqa: E731
        return _warmed(base, round(spec.warmup * steps))
    if spec.schedule == "cosine":
        return _warmed(lambda k: peak * _cosine(k / steps), round(spec.warmup * steps))
    return _one_cycle(peak, round((spec.warmup or ONE_CYCLE_WARMUP) * steps), steps)


def _cosine(progress: float) -> float:
    return 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))


def _warmed(base: Callable[[int], float], warmup: int) -> Callable[[int], float]:
    return lambda k: base(k) * min(1.0, (k + 1) / (warmup + 1))


def _one_cycle(peak: float, warmup: int, steps: int) -> Callable[[int], float]:
    def rate(k: int) -> float:
        if k < warmup:
            return peak * (ONE_CYCLE_START + (1 - ONE_CYCLE_START) * k / warmup)
        return peak * _cosine((k - warmup) / max(1, steps - warmup))

    return rate


def make_optimiser(
    spec: OptimizerSpec, parameters: Sequence[nn.Parameter], *, on_graph: bool
) -> torch.optim.Optimizer:
    """A fused optimiser; `on_graph` keeps its step count and learning rate on the device, for CUDA graphs."""
    rate: float | Tensor = spec.learning_rate
    if on_graph:
        rate = torch.tensor(spec.learning_rate, device=parameters[0].device)
    if spec.name == "sgd":
        return torch.optim.SGD(
            parameters,
            lr=rate,
            momentum=spec.momentum,
            nesterov=spec.nesterov,
            weight_decay=spec.weight_decay,
            fused=True,
        )
    make = torch.optim.AdamW if spec.name == "adamw" else torch.optim.Adam
    return make(parameters, lr=rate, weight_decay=spec.weight_decay, fused=True, capturable=on_graph)


def set_learning_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Set the rate of the next step, in place where a CUDA graph reads it."""
    for group in optimiser.param_groups:
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate


def penalty_of(spec: RegularizationSpec, model: nn.Module) -> Callable[[], Tensor] | None:
    """What the penalties add to the loss, or None where there are none. Biases and batch norms go free."""
    if not spec.l1 and not spec.l2:
        return None
    weights = [parameter for parameter in model.parameters() if parameter.dim() > 1]

    def penalty() -> Tensor:
        total = torch.zeros((), device=weights[0].device)
        for weight in weights:
            if spec.l1:
                total = total + spec.l1 * weight.abs().sum()
            if spec.l2:
                total = total + spec.l2 * weight.square().sum()
        return total

    return penalty
