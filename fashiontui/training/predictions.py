"""What the best model makes of each image, for those who want to see its mistakes."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from fashiontui.runs.predictions import Predictions


def predictions_of(logits: Tensor, labels: Tensor, epoch: int) -> Predictions:
    """From logits (n, classes) and labels (n,); waits for the device.

    By NumPy: for so few numbers PyTorch's threads cost more than they help.
    """
    scores = logits.float().cpu().numpy()
    right = labels.cpu().numpy()
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return Predictions(
        epoch=epoch,
        labels=right.astype(np.uint8),
        predicted=shares.argmax(axis=1).astype(np.uint8),
        confidence=shares.max(axis=1),
        truth=shares[np.arange(len(right)), right],
    )
