"""Augmentation by whole tensors: every image of an epoch at once, on the device.

Random numbers are drawn on the CPU, so that they are the same on every device.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - the name all of PyTorch's users know
from torch import Generator, Tensor

from fashiontui.config.spec import AugmentationSpec


def augment(images: Tensor, spec: AugmentationSpec, generator: Generator) -> Tensor:
    """Mirror, move and blank (n, c, h, w) bytes as `spec` says; the background is 0."""
    if spec.flip:
        images = flip(images, generator)
    if spec.shift:
        images = shift(images, spec.shift, generator)
    if spec.erase:
        images = erase(images, spec.erase, generator)
    return images


def flip(images: Tensor, generator: Generator) -> Tensor:
    """Mirror each image left to right with probability 1/2."""
    mirrored = torch.rand(len(images), generator=generator).lt(0.5).to(images.device)
    return torch.where(mirrored[:, None, None, None], images.flip(-1), images)


def shift(images: Tensor, most: int, generator: Generator) -> Tensor:
    """Move each image by -most…most pixels each way, filling with background."""
    size = 2 * most + 1
    offsets = torch.randint(size * size, (len(images),), generator=generator)
    height, width = images.shape[-2:]
    padded = F.pad(images, (most, most, most, most))
    moved = torch.empty_like(images)
    for offset in range(size * size):  # one copy per offset, each of a 1/size² share of the images
        chosen = (offsets == offset).nonzero().squeeze(1).to(images.device)
        top, left = divmod(offset, size)
        moved[chosen] = padded[chosen, :, top : top + height, left : left + width]
    return moved


def erase(images: Tensor, side: int, generator: Generator) -> Tensor:
    """Blank one square of side `side` in each image, its centre anywhere (DeVries & Taylor, 1708.04552)."""
    height, width = images.shape[-2:]
    rows = _span(len(images), height, side, generator).to(images.device)
    columns = _span(len(images), width, side, generator).to(images.device)
    return images.masked_fill((rows[:, :, None] & columns[:, None, :])[:, None], 0)


def _span(count: int, length: int, side: int, generator: Generator) -> Tensor:
    """For each of `count` images, which of `length` places lie in a span around a random centre."""
    start = torch.randint(length, (count, 1), generator=generator) - side // 2
    places = torch.arange(length)
    return (places >= start) & (places < start + side)  # (count, length)
