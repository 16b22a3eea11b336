"""The layers a built-in network is made of, as data: no torch, so that every front end can draw the table.

Shapes are of one image, channels first. Multiply-adds are those of convolutions and fully connected layers,
for one image, forward: what the field counts; all other layers cost next to nothing beside them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from fashiontui.config.spec import Activation as ActivationName

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What every layer has: a name unique in its network, a kind, and the shape it gives."""

    kind: ClassVar[str]
    name: str
    output: Shape

    @property
    def parameters(self) -> int:
        """Numbers it learns."""
        return 0

    @property
    def multiply_adds(self) -> int:
        """For one image, forward."""
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pad(Layer):
    """A border of zeros."""

    kind = "pad"
    border: tuple[int, int, int, int]  # left, right, top, bottom, as torch.nn.ZeroPad2d takes them


@dataclass(frozen=True, slots=True, kw_only=True)
class Conv(Layer):
    """A convolution with stride 1 and a bias."""

    kind = "conv"
    in_channels: int
    out_channels: int
    kernel_size: int
    padding: int

    @property
    def parameters(self) -> int:
        """Kernels and biases."""
        return self.out_channels * (self.in_channels * self.kernel_size**2 + 1)

    @property
    def multiply_adds(self) -> int:
        """A kernel for each number it gives."""
        return math.prod(self.output) * self.in_channels * self.kernel_size**2


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchNorm(Layer):
    """Normalises each feature over the batch; `dimensions` 2 for channels of images, 1 for plain features."""

    kind = "batch_norm"
    features: int
    dimensions: int

    @property
    def parameters(self) -> int:
        """A scale and a shift for each feature."""
        return 2 * self.features


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation(Layer):
    """A function of each number by itself."""

    kind = "activation"
    activation: ActivationName


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxPool(Layer):
    """The largest of each `size`×`size` square; an odd last row or column is left out."""

    kind = "max_pool"
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual(Layer):
    """Batch norm, ReLU and a 3×3 convolution without bias, twice, added to what came in.

    What came in goes through a 1×1 convolution where the shape changes.
    """

    kind = "residual"
    in_channels: int
    out_channels: int
    stride: int
    dropout: float

    @property
    def changes_shape(self) -> bool:
        """Whether what comes in can't be added as it is."""
        return self.stride > 1 or self.in_channels != self.out_channels

    @property
    def parameters(self) -> int:
        """Kernels, scales and shifts."""
        return self._kernels + 2 * (self.in_channels + self.out_channels)

    @property
    def multiply_adds(self) -> int:
        """Each kernel at each place."""
        return self._kernels * math.prod(self.output[1:])

    @property
    def _kernels(self) -> int:
        along = self.in_channels if self.changes_shape else 0
        return self.out_channels * (9 * (self.in_channels + self.out_channels) + along)


@dataclass(frozen=True, slots=True, kw_only=True)
class AveragePool(Layer):
    """The mean over all places of a channel."""

    kind = "average_pool"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropout(Layer):
    """Drops single units with a probability."""

    kind = "dropout"
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDropout(Layer):
    """Drops whole channels with a probability."""

    kind = "channel_dropout"
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Flatten(Layer):
    """Channels, rows and columns in one row of numbers."""

    kind = "flatten"


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear(Layer):
    """A fully connected layer with a bias."""

    kind = "linear"
    in_features: int
    out_features: int

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self.out_features * (self.in_features + 1)

    @property
    def multiply_adds(self) -> int:
        """One for each weight."""
        return self.in_features * self.out_features
