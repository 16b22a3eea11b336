"""Batch norm with its gradient written out; see `direct_layers`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from fashiontui.training.direct_layers import DirectLayer

ops: Any = torch.ops.aten


class BatchNorm:
    """Of images or of plain features."""

    def __init__(self, module: nn.BatchNorm1d | nn.BatchNorm2d) -> None:
        self._module = module
        self._weight, self._bias = module.weight, module.bias

    def forward(self, values: Tensor) -> Tensor:
        """What the layer makes of a batch."""
        module = self._module
        assert module.num_batches_tracked is not None
        assert module.momentum is not None
        module.num_batches_tracked.add_(1)
        self._input = values
        result, self._mean, self._inverse_std = torch.native_batch_norm(
            values, self._weight, self._bias, module.running_mean, module.running_var, True,
            module.momentum, module.eps,
        )  # fmt: skip
        return result

    def backward(self, gradient: Tensor, *, to_input: bool) -> Tensor:
        """The gradient with respect to the input; sets those of scale and shift."""
        to_input_, self._weight.grad, self._bias.grad = ops.native_batch_norm_backward(
            gradient, self._input, self._weight, None, None, self._mean, self._inverse_std, True,
            self._module.eps, [to_input, True, True],
        )  # fmt: skip
        return to_input_ if to_input else gradient


class NormThenPool:
    """Batch norm, then max pooling, in the other order: only a quarter of the numbers is then normalised.

    scale · x + shift never falls where scale ≥ 0, so that the two commute; channels with a negative scale are
    turned over for the pooling.
    """

    def __init__(self, norm: nn.BatchNorm2d, pool: DirectLayer) -> None:
        self._module = norm
        self._weight, self._bias = norm.weight, norm.bias
        self._pool = pool

    def forward(self, values: Tensor) -> Tensor:
        """What the layer makes of a batch."""
        module = self._module
        assert module.num_batches_tracked is not None
        module.num_batches_tracked.add_(1)
        values = values.contiguous(memory_format=torch.channels_last)
        mean, variance = ops.batch_norm_update_stats(
            values, module.running_mean, module.running_var, module.momentum
        )
        self._input = rows_of(values)
        self._mean, self._inverse_std = mean, torch.rsqrt(variance + module.eps)
        self._scale = self._weight * self._inverse_std
        sign = torch.where(self._weight < 0, -1.0, 1.0).view(-1, 1, 1) if self._weight.min() < 0 else None
        pooled = self._pool.forward(values) if sign is None else self._pool.forward(values * sign) * sign
        self._pooled = rows_of(pooled)
        return images_of(torch.addcmul(self._bias - mean * self._scale, self._pooled, self._scale), pooled)

    def backward(self, gradient: Tensor, *, to_input: bool) -> Tensor:
        """The gradient with respect to the input; sets those of scale and shift."""
        rows = rows_of(gradient.contiguous(memory_format=torch.channels_last))
        self._bias.grad = rows.sum(0)
        self._weight.grad = ((self._pooled - self._mean).mul_(rows).sum(0)).mul_(self._inverse_std)
        if not to_input:
            return gradient
        spread = self._pool.backward(images_of(rows * self._scale, gradient), to_input=True)
        mean_gradient = self._scale * self._bias.grad / len(self._input)
        slope = self._scale * self._inverse_std * self._weight.grad / len(self._input)
        rows_of(spread).addcmul_(self._input, slope, value=-1).add_(slope * self._mean - mean_gradient)
        return spread


def rows_of(images: Tensor) -> Tensor:
    """(n, c, h, w), channels last → (n · h · w, c), the same memory."""
    return images.permute(0, 2, 3, 1).reshape(-1, images.shape[1])


def images_of(rows: Tensor, like: Tensor) -> Tensor:
    """`rows_of` undone, for images shaped like these."""
    batch, channels, height, width = like.shape
    return rows.view(batch, height, width, channels).permute(0, 3, 1, 2)
