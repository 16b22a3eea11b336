"""Networks of somebody's own, odd in ways that ours are not."""

from __future__ import annotations

import torch
from torch import nn


class Gated(nn.Module):
    """Activations of a parameter of one dimension, of a number, and of one unit without a dimension of its own."""

    def __init__(self, inputs):
        super().__init__()
        self.hidden, self.relu = nn.Linear(inputs, 6), nn.ReLU()
        self.one, self.sigmoid = nn.Linear(6, 1), nn.Sigmoid()
        self.gates, self.gate = nn.Parameter(torch.zeros(6)), nn.Parameter(torch.zeros(()))
        self.output = nn.Linear(6, 10)

    def forward(self, images):
        hidden = (
            self.relu(self.hidden(images.flatten(1))) * self.sigmoid(self.gates) * self.sigmoid(self.gate)
        )
        return self.output(hidden) * self.sigmoid(self.one(hidden).squeeze(1))[:, None]
