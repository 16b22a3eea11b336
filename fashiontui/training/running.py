"""The running training score, at next to no cost per step."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - the name all of PyTorch's users know
from torch import Tensor

from fashiontui.training.evaluate import Score

FOLD_AT = 100  # batches of logits kept before they are folded into sums


class RunningScore:
    """Mean loss and accuracy over the batches since the last `take`.

    A step only hands over its logits; what is computed from them is computed for many steps at once.
    """

    def __init__(self, loss_sum: float = 0.0, correct: int = 0, count: int = 0) -> None:
        self._loss_sum = loss_sum
        self._correct = correct
        self._count = count
        self._logits: list[Tensor] = []
        self._labels: list[Tensor] = []

    def add(self, logits: Tensor, labels: Tensor) -> None:
        """Take in one batch: (b, classes) and (b,)."""
        self._logits.append(logits)
        self._labels.append(labels)
        if len(self._logits) >= FOLD_AT:
            self.fold()

    def fold(self) -> None:
        """Work off what was handed over; waits for the device."""
        if not self._logits:
            return
        logits, labels = torch.cat(self._logits), torch.cat(self._labels)
        loss = F.cross_entropy(logits, labels, reduction="sum")
        correct = (logits.argmax(1) == labels).sum()
        loss_sum, right = torch.stack([loss.double(), correct.double()]).tolist()  # one sync per log point
        self._loss_sum += loss_sum
        self._correct += int(right)
        self._count += len(labels)
        self._logits.clear()
        self._labels.clear()

    def take(self) -> Score | None:
        """The mean since the last call, and start anew; None where there was no batch."""
        self.fold()
        if not self._count:
            return None
        result = Score(self._loss_sum / self._count, self._correct / self._count)
        self._loss_sum, self._correct, self._count = 0.0, 0, 0
        return result

    def state(self) -> dict[str, float]:
        """For a checkpoint."""
        self.fold()
        return {"loss_sum": self._loss_sum, "correct": self._correct, "count": self._count}
