"""Optimisers, learning rates and penalties."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

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
    if not weights:
        return None

    def penalty() -> Tensor:
        total = torch.zeros((), device=weights[0].device)
        for weight in weights:
            if spec.l1:
                total = total + spec.l1 * weight.abs().sum()
            if spec.l2:
                total = total + spec.l2 * weight.square().sum()
        return total

    return penalty


def add_penalty_gradients(spec: RegularizationSpec, parameters: Sequence[nn.Parameter]) -> None:
    """Add the gradients of what `penalty_of` adds to the loss."""
    if not spec.l1 and not spec.l2:
        return
    for weight in parameters:
        if weight.dim() > 1:
            assert weight.grad is not None
            weight.grad.add_(weight.sign(), alpha=spec.l1).add_(weight, alpha=2 * spec.l2)


class Update:
    """`optimiser.step()` on the CPU: for Adam without its bookkeeping, which takes five times as long as the update
    of a small network.

    Calls the kernel that `step` would, on the optimiser's own state.
    """

    def __init__(self, optimiser: torch.optim.Optimizer) -> None:
        self._optimiser = optimiser
        kernels = {torch.optim.Adam: "_fused_adam_", torch.optim.AdamW: "_fused_adamw_"}
        self._kernel: Any = getattr(torch, kernels.get(type(optimiser), ""), None)
        (self._group,) = optimiser.param_groups
        self._state: list[list[Tensor]] = []

    def __call__(self, learning_rate: float) -> None:
        """Move the parameters by their gradients."""
        if self._kernel is None or not self._state:
            set_learning_rate(self._optimiser, learning_rate)
            self._optimiser.step()  # makes the state, the first time
            self._remember_state()
            return
        group, (averages, squares, steps) = self._group, self._state
        torch._foreach_add_(steps, 1)
        self._kernel(
            group["params"], [parameter.grad for parameter in group["params"]], averages, squares, [], steps,
            lr=learning_rate, beta1=group["betas"][0], beta2=group["betas"][1], eps=group["eps"],
            weight_decay=group["weight_decay"], amsgrad=False, maximize=False, grad_scale=None, found_inf=None,
        )  # fmt: skip

    def _remember_state(self) -> None:
        states = [self._optimiser.state[parameter] for parameter in self._group["params"]]
        if self._kernel is not None:
            self._state = [[state[key] for state in states] for key in ("exp_avg", "exp_avg_sq", "step")]
