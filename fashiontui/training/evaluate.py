"""Loss and accuracy in evaluation mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - the name all of PyTorch's users know
from numpy.typing import NDArray
from torch import Tensor, nn

from fashiontui.training.data import DeviceData, DeviceSplit
from fashiontui.training.device import Device
from fashiontui.training.passes import evaluating


@dataclass(frozen=True, slots=True)
class Score:
    """Mean cross-entropy in nats and share of images classified right."""

    loss: float
    accuracy: float


@torch.no_grad()
def predict(
    model: nn.Module, data: DeviceData, split: DeviceSplit, device: Device, *, flip_average: bool = False
) -> Tensor:
    """Logits, (n, classes) float32, in evaluation mode; each module is left in the mode it was in.

    With `flip_average`, the mean of those of each image and of its mirror image.
    """
    with (
        evaluating(model),
        torch.autocast(device.place.type, dtype=device.autocast, enabled=device.autocast is not None),
    ):
        parts = []
        for images in torch.split(split.images, device.evaluation_batch):
            logits = model(data.normalise(images)).float()
            if flip_average:
                logits = (logits + model(data.normalise(images.flip(-1))).float()) / 2
            parts.append(logits)
    return torch.cat(parts)


def score(logits: Tensor, labels: Tensor) -> Score:
    """Judge logits; waits for the device once."""
    loss = F.cross_entropy(logits, labels)
    correct = (logits.argmax(1) == labels).sum()
    values = torch.stack([loss.double(), correct.double()]).tolist()  # the one sync of an evaluation
    return Score(loss=values[0], accuracy=values[1] / len(labels))


def evaluate(
    model: nn.Module, data: DeviceData, split: DeviceSplit, device: Device, *, flip_average: bool = False
) -> Score:
    """Loss and accuracy of a model on a split; see `predict`."""
    return score(predict(model, data, split, device, flip_average=flip_average), split.labels)


def class_accuracies(
    predicted: NDArray[Any], labels: NDArray[Any], classes: Sequence[str]
) -> dict[str, float]:
    """`class_accuracy/<class>`: of the images of each class, the share told right; without images, none.

    Both arrays are (n,), of class numbers.
    """
    images = np.bincount(labels, minlength=len(classes))
    right = np.bincount(labels[predicted == labels], minlength=len(classes))
    return {
        f"class_accuracy/{name}": int(right[number]) / int(images[number])
        for number, name in enumerate(classes)
        if images[number]
    }
