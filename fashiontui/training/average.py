"""An exponential moving average of the weights: what is evaluated and kept, where an experiment asks for it.

It follows the weights at a distance and smooths out what single steps do, as a falling learning rate would
(Polyak & Juditsky 1992). Batch norm's running statistics are averaged alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase

HEAD_START = 10  # after k steps the decay is at most (1 + k) / (10 + k): early weights are soon forgotten


class WeightAverage:
    """Of a model's parameters and of its batch norms' running statistics, as far as they are floating point.

    Other buffers stay as they are: what they mean is the model's own affair (a mask of -inf has no average).
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self._decay = decay
        named = [*model.named_parameters(), *_running_statistics(model)]
        kept = {name: value for name, value in named if value.is_floating_point()}
        self._names = [name for name in model.state_dict() if name in kept]  # in the order of checkpoints
        self._live = [kept[name] for name in self._names]
        self._average = [value.detach().clone() for value in self._live]

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Follow the weights as they are after `step` steps."""
        decay = min(self._decay, (1 + step) / (HEAD_START + step))
        torch._foreach_lerp_(self._average, self._live, 1 - decay)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Within the block the model has the averaged weights; after it, its own again, bit for bit."""
        own = [value.detach().clone() for value in self._live]
        self._copy(self._average)
        try:
            yield
        finally:
            self._copy(own)

    @torch.no_grad()
    def _copy(self, values: list[Tensor]) -> None:
        torch._foreach_copy_(self._live, values)

    def to_checkpoint(self) -> dict[str, Tensor]:
        """By name."""
        return dict(zip(self._names, self._average, strict=True))

    def restore(self, kept: dict[str, Tensor]) -> None:
        """Take back what `to_checkpoint` gave."""
        for name, value in zip(self._names, self._average, strict=True):
            value.copy_(kept[name])


def _running_statistics(model: nn.Module) -> Iterator[tuple[str, Tensor]]:
    for prefix, module in model.named_modules():
        if isinstance(module, _NormBase):
            yield from module.named_buffers(prefix, recurse=False)
