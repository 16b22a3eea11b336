"""The layers of the built-in networks with their gradients written out: what autograd would do, without autograd.

`forward` keeps what `backward` needs. `backward` takes the loss's gradient with respect to the layer's output, may
overwrite it, sets the gradients of the layer's own parameters, and gives the gradient with respect to the input.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch
import torch.nn.functional as F  # noqa: N812 - the name all of PyTorch's users know
from torch import Tensor, nn

from fashiontui.training.direct_norm import BatchNorm, NormThenPool, rows_of
from fashiontui.training.products import linear

ops: Any = torch.ops.aten
IMAGE_BATCH = 4  # dimensions: (batch, channels, height, width)

Function = tuple[Callable[[Tensor], Tensor], Callable[[Tensor, Tensor, Tensor], Tensor]]
ACTIVATIONS: dict[type[nn.Module], Function] = {  # forward(x), backward(gradient, x, y)
    nn.ReLU: (torch.relu, lambda g, _, y: ops.threshold_backward(g, y, 0)),
    nn.LeakyReLU: (F.leaky_relu, lambda g, x, _: ops.leaky_relu_backward(g, x, 0.01, False)),
    nn.GELU: (F.gelu, lambda g, x, _: ops.gelu_backward(g, x)),
    nn.SiLU: (F.silu, lambda g, x, _: ops.silu_backward(g, x)),
    nn.ELU: (F.elu, lambda g, x, _: ops.elu_backward(g, 1.0, 1.0, 1.0, False, x)),
    nn.Tanh: (torch.tanh, lambda g, _, y: ops.tanh_backward(g, y)),
    nn.Sigmoid: (torch.sigmoid, lambda g, _, y: ops.sigmoid_backward(g, y)),
}


class DirectLayer(Protocol):
    """One layer of a network in training."""

    def forward(self, values: Tensor) -> Tensor:
        """What the layer makes of a batch."""

    def backward(self, gradient: Tensor, *, to_input: bool) -> Tensor:
        """The gradient with respect to the input; whatever, where `to_input` says that nobody wants it."""


class _Linear:
    def __init__(self, module: nn.Linear) -> None:
        self._weight, self._bias = module.weight, module.bias

    def forward(self, values: Tensor) -> Tensor:
        self._input = values
        return linear(values, self._weight, self._bias)

    def backward(self, gradient: Tensor, *, to_input: bool) -> Tensor:
        self._weight.grad = linear(gradient.t(), self._input.t())
        self._bias.grad = gradient.sum(0)
        return linear(gradient, self._weight.t()) if to_input else gradient


class _Conv:
    def __init__(self, module: nn.Conv2d) -> None:
        assert module.bias is not None
        self._weight, self._bias = module.weight, module.bias
        self._padding = [int(side) for side in module.padding]

    def forward(self, values: Tensor) -> Tensor:
        self._input = values
        return F.conv2d(values, self._weight, self._bias, padding=self._padding)

    def backward(self, gradient: Tensor, *, to_input: bool) -> Tensor:
        self._bias.grad = rows_of(gradient).sum(0)  # convolution_backward takes three times as long for it
        to_input_, to_weight, _ = ops.convolution_backward(
            gradient, self._input, self._weight, [len(self._bias)], [1, 1], self._padding, [1, 1],
            False, [0, 0], 1, [to_input, True, False],
        )  # fmt: skip
        if to_weight.stride() != self._weight.stride():  # fused optimisers go by the order in memory
            to_weight = torch.empty_like(self._weight).copy_(to_weight)
        self._weight.grad = to_weight
        return to_input_ if to_input else gradient


class _Activation:
    def __init__(self, module: nn.Module) -> None:
        self._forward, self._backward = ACTIVATIONS[type(module)]

    def forward(self, values: Tensor) -> Tensor:
        self._input = values
        self._output = self._forward(values)
        return self._output

    def backward(self, gradient: Tensor, *, to_input: bool) -> Tensor:
        return self._backward(gradient, self._input, self._output) if to_input else gradient


class _MaxPool:
    def __init__(self, module: nn.MaxPool2d) -> None:
        assert isinstance(module.kernel_size, int)
        self._size = [module.kernel_size] * 2

    def forward(self, values: Tensor) -> Tensor:
        self._input = values
        result: Tensor
        result, self._indices = ops.max_pool2d_with_indices(values, self._size)
        return result

    def backward(self, gradient: Tensor, *, to_input: bool) -> Tensor:
        if not to_input:
            return gradient
        result: Tensor = ops.max_pool2d_with_indices_backward(
            gradient, self._input, self._size, self._size, [0, 0], [1, 1], False, self._indices
        )
        return result


class _Dropout:
    def __init__(self, module: nn.Dropout | nn.Dropout2d) -> None:
        self._whole_channels = isinstance(module, nn.Dropout2d)
        self._dropped = min(round(module.p * (1 << 16)), (1 << 16) - 1)

    def forward(self, values: Tensor) -> Tensor:
        shape = (*values.shape[:2], 1, 1) if self._whole_channels else values.shape
        self._kept = keep_mask(shape, self._dropped)
        return values * self._kept

    def backward(self, gradient: Tensor, *, to_input: bool) -> Tensor:
        return gradient.mul_(self._kept) if to_input else gradient


def keep_mask(shape: Sequence[int], dropped: int) -> Tensor:
    """0 with probability dropped / 65536, elsewhere what keeps the expectation.

    16 random bits a number: a tenth of the time `bernoulli_` takes.
    """
    count = torch.Size(shape).numel()
    words = torch.empty(-(-count // 4), dtype=torch.int64).random_(-(1 << 63), None)
    kept = torch.empty(count)
    torch.ge(words.view(torch.int16)[:count], dropped - (1 << 15), out=kept)
    return kept.mul_((1 << 16) / ((1 << 16) - dropped)).view(shape)


class _Flatten:
    def __init__(self, _module: nn.Flatten) -> None:
        pass

    def forward(self, values: Tensor) -> Tensor:
        self._shape = values.shape
        self._channels_last = values.dim() == IMAGE_BATCH and not values.is_contiguous()
        return values.flatten(1)

    def backward(self, gradient: Tensor, *, to_input: bool) -> Tensor:
        if not to_input:
            return gradient
        gradient = gradient.view(self._shape)
        return gradient.contiguous(memory_format=torch.channels_last) if self._channels_last else gradient


class _Pad:
    def __init__(self, module: nn.ZeroPad2d) -> None:
        self._border = module.padding

    def forward(self, values: Tensor) -> Tensor:
        return F.pad(values, self._border)

    def backward(self, gradient: Tensor, *, to_input: bool) -> Tensor:
        return F.pad(gradient, [-side for side in self._border]) if to_input else gradient


LAYERS: dict[type[nn.Module], Callable[..., DirectLayer]] = {
    nn.Linear: _Linear,
    nn.Conv2d: _Conv,
    nn.BatchNorm1d: BatchNorm,
    nn.BatchNorm2d: BatchNorm,
    nn.MaxPool2d: _MaxPool,
    nn.Dropout: _Dropout,
    nn.Dropout2d: _Dropout,
    nn.Flatten: _Flatten,
    nn.ZeroPad2d: _Pad,
    **dict.fromkeys(ACTIVATIONS, _Activation),
}


def direct_layers(model: nn.Sequential) -> list[DirectLayer]:
    """The layers of a built-in network, over its own parameters and buffers."""
    modules = list(model)
    result: list[DirectLayer] = []
    for before, module, after in zip([None, *modules], modules, [*modules[1:], None], strict=False):
        if isinstance(module, nn.BatchNorm2d) and isinstance(after, nn.MaxPool2d):
            result.append(NormThenPool(module, _MaxPool(after)))
        elif not (isinstance(before, nn.BatchNorm2d) and isinstance(module, nn.MaxPool2d)):
            result.append(LAYERS[type(module)](module))
    return result
