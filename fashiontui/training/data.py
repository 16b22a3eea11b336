"""The dataset on the device: bytes, shuffled and augmented a whole epoch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fashiontui.config.spec import AugmentationSpec
from fashiontui.datasets.dataset import Dataset, Images, Split
from fashiontui.datasets.split import stratified_sample
from fashiontui.training.augment import augment

EPOCH_STRIDE = 1_000_003  # keeps the random streams of different seeds apart: no run has as many epochs
COUNTED_BYTES = 1 << 18  # at once
SEEDS = 1 << 32  # PyTorch's CPU generator looks at no more than 32 bits of its seed


@dataclass(frozen=True, slots=True)
class DeviceSplit:
    """Images and labels in the device's memory."""

    images: Tensor  # (n, channels, height, width) uint8
    labels: Tensor  # (n,) int64

    def __len__(self) -> int:
        return self.labels.shape[0]


@dataclass(frozen=True, slots=True)
class Epoch:
    """The training images of one epoch, augmented, and the order they are taken in."""

    images: Tensor  # (n, channels, height, width) uint8
    labels: Tensor  # (n,) int64
    order: Tensor  # (n,) int64

    def batches(self, size: int, start: int, end: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Images and labels from place `start` of the order to `end`, `size` at a time.

        Gathered batch by batch: 100 images stay in the cache, a whole epoch's 43 MB do not.
        """
        for chosen in torch.split(self.order[start:end], size):
            yield self.images.index_select(0, chosen), self.labels.index_select(0, chosen)


@dataclass(frozen=True, slots=True)
class DeviceData:
    """All of a dataset on the device; `sample` is a fixed part of train, as large as valid, to measure it by."""

    train: DeviceSplit
    sample: DeviceSplit
    valid: DeviceSplit
    test: DeviceSplit
    classes: tuple[str, ...]
    mean: float  # of the training images' bytes
    std: float

    @property
    def image_shape(self) -> tuple[int, ...]:
        """(channels, height, width)."""
        return tuple(self.train.images.shape[1:])

    def normalise(self, images: Tensor) -> Tensor:
        """Bytes to float32 with mean 0 and standard deviation 1 over the training images."""
        shift: float = -self.mean / self.std
        return torch.add(shift, images, alpha=1.0 / self.std)  # one pass, bytes in, floats out

    def epoch(self, seed: int, epoch: int, spec: AugmentationSpec) -> Epoch:
        """One epoch's images, augmented, and their order: a function of the arguments alone."""
        generator = torch.Generator().manual_seed(((seed - 1) * EPOCH_STRIDE + epoch) % SEEDS)
        order = torch.randperm(len(self.train), generator=generator).to(self.train.labels.device)
        return Epoch(augment(self.train.images, spec, generator), self.train.labels, order)


def to_device(dataset: Dataset, device: torch.device) -> DeviceData:
    """Move a dataset to the device."""
    train = dataset.train
    sample = stratified_sample(train.labels, min(len(dataset.valid), len(train)), seed=0)
    mean, std = byte_statistics(train.images)
    return DeviceData(
        train=_move(train, device),
        sample=_move(Split(train.images[sample], train.labels[sample]), device),
        valid=_move(dataset.valid, device),
        test=_move(dataset.test, device),
        classes=dataset.classes,
        mean=mean,
        std=std,
    )


def byte_statistics(images: Images) -> tuple[float, float]:
    """Mean and standard deviation of bytes, exact: from their 256 counts."""
    counts = byte_counts(images).astype(np.float64)
    values = np.arange(256)
    mean = float(counts @ values / counts.sum())
    variance = float(counts @ (values - mean) ** 2 / counts.sum())
    return mean, variance**0.5 or 1.0


def byte_counts(images: Images) -> NDArray[np.int64]:
    """How often each byte occurs, (256,).

    Two bytes at a time, and a part at a time: NumPy makes 64-bit numbers of what it counts, and those of a whole
    dataset leave the caches and take eight times its memory.
    """
    pixels = np.ascontiguousarray(images).reshape(-1)
    odd = len(pixels) % 2
    counts = np.zeros((256, 256), np.int64)
    for start in range(odd, len(pixels), COUNTED_BYTES):
        pairs = pixels[start : start + COUNTED_BYTES].view(np.uint16)
        counts += np.bincount(pairs, minlength=counts.size).reshape(counts.shape)
    total: NDArray[np.int64] = counts.sum(0) + counts.sum(1) + np.bincount(pixels[:odd], minlength=256)
    return total


def _move(split: Split, device: torch.device) -> DeviceSplit:
    images = torch.from_numpy(np.require(split.images, requirements="W"))
    images = images.unsqueeze(1) if images.dim() == 3 else images.permute(0, 3, 1, 2)  # noqa: PLR2004
    labels = torch.from_numpy(split.labels.astype(np.int64))
    return DeviceSplit(images.contiguous().to(device), labels.to(device))
