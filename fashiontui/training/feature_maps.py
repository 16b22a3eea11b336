"""What the first convolution makes of one image of each class, as a picture."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fashiontui.training.data import DeviceData, DeviceSplit
from fashiontui.training.device import Device
from fashiontui.training.evaluate import predict
from fashiontui.training.event_writer import Image
from fashiontui.training.filters import CELL, encode, sheet
from fashiontui.training.passes import watched

MOST_MAPS: Final = 16
MOST_CLASSES: Final = 20
MAP_DIMENSIONS: Final = 4  # (images, channels, height, width)

Bytes = NDArray[np.uint8]


def feature_map_image(model: nn.Module, data: DeviceData, device: Device) -> dict[str, Image]:
    """`feature_maps/<first convolution>`, or nothing: a row a class, the image first, then its maps.

    Maps are those after the layer's activation. Each channel has its own grey scale, from its lowest to its highest value.
    """
    if not len(data.valid):
        return {}
    examples = one_of_each(data.valid)
    found = _maps(model, data, examples, device)
    if found is None or not torch.isfinite(found[1]).all():
        return {}
    return {f"feature_maps/{found[0]}": draw(examples.images, found[1])}


def one_of_each(split: DeviceSplit) -> DeviceSplit:
    """The first image of each class, of the first classes where they are many."""
    _, first = np.unique(split.labels.cpu().numpy(), return_index=True)
    place = torch.from_numpy(first[:MOST_CLASSES]).to(split.labels.device)
    return DeviceSplit(split.images[place], split.labels[place])


def draw(images: Tensor, maps: Tensor) -> Image:
    """Images (n, c, h, w) and their maps (n, channels, …) as one sheet of n rows."""
    height, width = (max(CELL, size) for size in images.shape[2:])
    inputs = images.float().mean(dim=1, keepdim=True).cpu().numpy().astype(np.uint8)
    cells = [_resized(inputs, height, width), _resized(_grey(maps[:, :MOST_MAPS]), height, width)]
    return encode(sheet(np.concatenate(cells, axis=1)))


def _maps(
    model: nn.Module, data: DeviceData, split: DeviceSplit, device: Device
) -> tuple[str, Tensor] | None:
    """The name of the convolution that is computed first, and its output, or its activation's where it has one."""
    names: list[str] = []
    seen: list[object] = []  # of the convolution, then of its activation

    def layer(name: str, module: nn.Module, output: object) -> None:
        if isinstance(module, nn.Conv2d) and not names:
            names.append(name)
            seen.append(output)

    def activation(name: str, output: Tensor, _axis: int) -> None:
        if names == [name] and len(seen) == 1:
            seen.append(output)

    with watched(model, activation, layer):
        predict(model, data, split, device)
    if not seen:
        return None
    maps = seen[-1]
    return (names[0], maps) if isinstance(maps, Tensor) and maps.dim() == MAP_DIMENSIONS else None


def _grey(maps: Tensor) -> Bytes:
    low, high = maps.float().amin((0, 2, 3), keepdim=True), maps.float().amax((0, 2, 3), keepdim=True)
    grey = (maps.float() - low) / (high - low).clamp_min(1e-12) * 255
    return grey.cpu().numpy().astype(np.uint8)


def _resized(cells: Bytes, height: int, width: int) -> Bytes:
    """(…, h, w) to another size, by the nearest pixel."""
    rows = np.arange(height) * cells.shape[-2] // height
    columns = np.arange(width) * cells.shape[-1] // width
    return cells[..., rows[:, None], columns]
