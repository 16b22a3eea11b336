"""The layers of every built-in network, in order: what training builds, and what front ends show.

In a convolution's block, max pooling comes before an activation that never falls (ReLU, leaky ReLU, ELU, tanh,
sigmoid): for such f, max(f(a), f(b)) = f(max(a, b)), so the result is the same, and f is computed on a quarter
of the numbers. GELU and SiLU fall for some negative inputs; there the activation comes first, as usual.

Batch norm comes before the pooling, whose largest values it would see alone otherwise; with `pool_first` it comes
behind, which is another network, and one whose norm costs a quarter.

A layer right before batch norm keeps its bias, though batch norm takes it away again: parameter counts then are
those of the networks as commonly published.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from fashiontui.config import layers
from fashiontui.config.layers import Layer, Shape
from fashiontui.config.spec import Activation, CnnSpec, LogisticSpec, MlpSpec, ModelSpec, ResnetSpec, VggSpec
from fashiontui.errors import ConfigError

IMAGE_SHAPE: Shape = (1, 28, 28)
NEVER_FALLING: frozenset[Activation] = frozenset({"relu", "leaky_relu", "elu", "tanh", "sigmoid"})

VGG16_BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))  # channels, convolutions
RESNET_STEM = 16  # channels before the first stage, however wide the stages are
VGG16_HALVINGS = len(VGG16_BLOCKS)


@dataclass(frozen=True, slots=True)
class Architecture:
    """All layers of a network, in order, for images of `input_shape`."""

    input_shape: Shape
    layers: tuple[Layer, ...]

    @property
    def parameters(self) -> int:
        """Numbers the network learns."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """For one image, forward."""
        return sum(layer.multiply_adds for layer in self.layers)


def architecture(
    model: ModelSpec, input_shape: Shape = IMAGE_SHAPE, classes: int = 10
) -> Architecture | None:
    """The layers of a built-in network; None for a forest and for a network of the user's own.

    Raises ConfigError where the network has more poolings than images of that size can take.
    """
    stack = _Stack(input_shape)
    match model:
        case LogisticSpec():
            stack.flatten()
        case MlpSpec():
            _mlp(stack, model)
        case CnnSpec():
            _cnn(stack, model)
        case VggSpec():
            _vgg16(stack, model)
        case ResnetSpec():
            _resnet(stack, model)
        case _:
            return None
    stack.linear("output", classes)
    return Architecture(input_shape, tuple(stack.layers))


def _mlp(stack: _Stack, model: MlpSpec) -> None:
    stack.flatten()
    for number, units in enumerate(model.units, start=1):
        stack.linear(f"fc{number}", units)
        if model.batch_norm:
            stack.batch_norm(f"batch_norm{number}")
        stack.activation(f"{model.activation}{number}", model.activation)
        stack.dropout(f"dropout{number}", model.dropout)


def _cnn(stack: _Stack, model: CnnSpec) -> None:
    _check_poolings(stack.shape, len(model.channels))
    for number, (channels, kernel, depth) in enumerate(model.blocks, start=1):
        for place in [f"{number}"] if depth == 1 else [f"{number}_{below}" for below in range(1, depth + 1)]:
            is_last = place in (f"{number}", f"{number}_{depth}")
            stack.conv(f"conv{place}", channels, kernel)
            if is_last and model.pool_first:
                stack.max_pool(f"pool{number}")
            if model.batch_norm:
                stack.batch_norm(f"batch_norm{place}")
            if is_last and not model.pool_first:
                stack.pool_and_activate(f"pool{number}", f"{model.activation}{place}", model.activation)
            else:
                stack.activation(f"{model.activation}{place}", model.activation)
        stack.channel_dropout(f"conv_dropout{number}", model.conv_dropout)
    stack.flatten()
    for number, units in enumerate(model.units, start=1):
        stack.linear(f"fc{number}", units)
        if model.batch_norm:
            stack.batch_norm(f"batch_norm{len(model.channels) + number}")
        stack.activation(f"{model.activation}{len(model.channels) + number}", model.activation)
        stack.dropout(f"dropout{number}", model.dropout)


def _vgg16(stack: _Stack, model: VggSpec) -> None:
    stack.pad_to_multiple("pad", 2**VGG16_HALVINGS)
    for block, (channels, convolutions) in enumerate(VGG16_BLOCKS, start=1):
        for number in range(1, convolutions + 1):
            place = f"{block}_{number}"
            stack.conv(f"conv{place}", channels, 3)
            if model.batch_norm:
                stack.batch_norm(f"batch_norm{place}")
            if number < convolutions:
                stack.activation(f"relu{place}", "relu")
            else:
                stack.pool_and_activate(f"pool{block}", f"relu{place}", "relu")
    stack.flatten()
    for number, units in enumerate(model.units, start=VGG16_HALVINGS + 1):
        stack.linear(f"fc{number}", units)
        stack.activation(f"relu{number}", "relu")
        stack.dropout(f"dropout{number}", model.dropout)


def _resnet(stack: _Stack, model: ResnetSpec) -> None:
    stack.conv("conv", RESNET_STEM, 3)
    for number, (channels, blocks) in enumerate(model.stages, start=1):
        for below in range(1, blocks + 1):
            stride = 2 if number > 1 and below == 1 else 1
            stack.residual(f"block{number}_{below}", channels, stride, model.dropout)
    stack.batch_norm("batch_norm")
    stack.activation("relu", "relu")
    stack.average_pool("pool")
    stack.flatten()


def _check_poolings(shape: Shape, poolings: int) -> None:
    sides = [min(shape[1:])]
    while sides[-1] > 0:
        sides.append(sides[-1] // 2)
    if poolings <= len(sides) - 2:
        return
    most = len(sides) - 2
    raise ConfigError(
        f"{poolings} convolutions are too many for images of {shape[1]}×{shape[2]}: "
        f"each halves the image ({'→'.join(map(str, sides[:-1]))}), so at most {most} fit"
    )


class _Stack:
    """Collects layers and keeps track of the shape after the last."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.layers: list[Layer] = []

    def _add(self, layer: Layer) -> None:
        self.layers.append(layer)
        self.shape = layer.output

    def pad_to_multiple(self, name: str, multiple: int) -> None:
        channels, height, width = self.shape
        rows, columns = -height % multiple, -width % multiple
        border = (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2)
        self._add(layers.Pad(name=name, output=(channels, height + rows, width + columns), border=border))

    def conv(self, name: str, channels: int, kernel_size: int) -> None:
        in_channels, height, width = self.shape
        self._add(
            layers.Conv(
                name=name,
                output=(channels, height, width),
                in_channels=in_channels,
                out_channels=channels,
                kernel_size=kernel_size,
                padding=kernel_size // 2,
            )
        )

    def batch_norm(self, name: str) -> None:
        dimensions = 2 if len(self.shape) == len(IMAGE_SHAPE) else 1
        self._add(
            layers.BatchNorm(name=name, output=self.shape, features=self.shape[0], dimensions=dimensions)
        )

    def activation(self, name: str, activation: Activation) -> None:
        self._add(layers.Activation(name=name, output=self.shape, activation=activation))

    def max_pool(self, name: str) -> None:
        channels, height, width = self.shape
        self._add(layers.MaxPool(name=name, output=(channels, height // 2, width // 2), size=2))

    def pool_and_activate(self, pool: str, name: str, activation: Activation) -> None:
        """Both, in the order that costs least; see the module's docstring."""
        if activation in NEVER_FALLING:
            self.max_pool(pool)
            self.activation(name, activation)
        else:
            self.activation(name, activation)
            self.max_pool(pool)

    def residual(self, name: str, channels: int, stride: int, dropout: float) -> None:
        in_channels, *sides = self.shape
        self._add(
            layers.Residual(
                name=name,
                output=(channels, *(-(-side // stride) for side in sides)),
                in_channels=in_channels,
                out_channels=channels,
                stride=stride,
                dropout=dropout,
            )
        )

    def average_pool(self, name: str) -> None:
        self._add(layers.AveragePool(name=name, output=(self.shape[0], 1, 1)))

    def dropout(self, name: str, probability: float) -> None:
        if probability > 0:
            self._add(layers.Dropout(name=name, output=self.shape, probability=probability))

    def channel_dropout(self, name: str, probability: float) -> None:
        if probability > 0:
            self._add(layers.ChannelDropout(name=name, output=self.shape, probability=probability))

    def flatten(self) -> None:
        self._add(layers.Flatten(name="flatten", output=(math.prod(self.shape),)))

    def linear(self, name: str, features: int) -> None:
        self._add(
            layers.Linear(name=name, output=(features,), in_features=self.shape[0], out_features=features)
        )
