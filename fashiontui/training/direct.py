"""The step of a built-in network on a CPU, without autograd.

For networks as small as these, recording and replaying operations takes longer than many of the operations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from fashiontui.training.direct_layers import LAYERS, direct_layers
from fashiontui.training.optimiser import Update, add_penalty_gradients

if TYPE_CHECKING:
    from fashiontui.training.step import EagerStep


class DirectStep:
    """The same step as `EagerStep`'s, with each layer's gradient written out."""

    def __init__(self, eager: EagerStep) -> None:
        assert isinstance(eager.model, nn.Sequential)
        fixed = [any(True for _ in module.parameters()) for module in eager.model].index(True)
        self._fixed = direct_layers(eager.model[:fixed])  # what comes before all weights needs no gradient
        self._layers = direct_layers(eager.model[fixed:])
        self._spec = eager.spec
        self._parameters = eager.parameters
        self._normalise = eager.normalise
        self._update = Update(eager.optimiser)

    @torch.no_grad()
    def __call__(self, images: Tensor, labels: Tensor, learning_rate: float) -> Tensor:
        """Take one step."""
        values = self._normalise(images)
        for layer in (*self._fixed, *self._layers):
            values = layer.forward(values)
        gradient = loss_gradient(values, labels, self._spec.training.label_smoothing)
        for layer in reversed(self._layers):
            gradient = layer.backward(gradient, to_input=layer is not self._layers[0])
        add_penalty_gradients(self._spec.regularization, self._parameters)
        if self._spec.optimizer.clip_norm is not None:
            nn.utils.clip_grad_norm_(self._parameters, self._spec.optimizer.clip_norm)
        self._update(learning_rate)
        return values


def can_step(model: nn.Module) -> bool:
    """Whether all layers of a network are written out."""
    return isinstance(model, nn.Sequential) and all(type(module) in LAYERS for module in model)


def loss_gradient(logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """Of the mean cross-entropy, with respect to the logits: (softmax - target) / batch."""
    batch, classes = logits.shape
    gradient = torch.softmax(logits, 1)
    if smoothing:
        gradient.sub_(smoothing / classes)
    gradient.scatter_add_(1, labels.unsqueeze(1), gradient.new_full((batch, 1), smoothing - 1))
    return gradient.div_(batch)
