"""What the first convolution makes of one image of each class, as a picture."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fashiontui.training.data import DeviceData, DeviceSplit
from fashiontui.training.device import Device
from fashiontui.training.evaluate import predict
from fashiontui.training.event_writer import Image
from fashiontui.training.filters import CELL, encode, sheet
from fashiontui.training.instruments import feeding_layers

MOST_MAPS: Final = 16
MAP_DIMENSIONS: Final = 4  # (images, channels, height, width)

Bytes = NDArray[np.uint8]


def feature_map_image(model: nn.Module, data: DeviceData, device: Device) -> dict[str, Image]:
    """`feature_maps/<first convolution>`, or nothing: a row a class, the image first, then its maps.

    Maps are those after the layer's activation. Each channel has its own grey scale, from its lowest to its highest value.
    """
    found = _first_convolution(model)
    if found is None or not len(data.valid):
        return {}
    name, layer = found
    examples = one_of_each(data.valid)
    maps = _maps(model, layer, data, examples, device)
    if maps is None or not torch.isfinite(maps).all():
        return {}
    return {f"feature_maps/{name}": draw(examples.images, maps)}


def one_of_each(split: DeviceSplit) -> DeviceSplit:
    """The first image of each class."""
    _, first = np.unique(split.labels.cpu().numpy(), return_index=True)
    place = torch.from_numpy(first).to(split.labels.device)
    return DeviceSplit(split.images[place], split.labels[place])


def draw(images: Tensor, maps: Tensor) -> Image:
    """Images (n, c, h, w) and their maps (n, channels, …) as one sheet of n rows."""
    height, width = (max(CELL, size) for size in images.shape[2:])
    inputs = images.float().mean(dim=1, keepdim=True).cpu().numpy().astype(np.uint8)
    cells = [_resized(inputs, height, width), _resized(_grey(maps[:, :MOST_MAPS]), height, width)]
    return encode(sheet(np.concatenate(cells, axis=1)))


def _first_convolution(model: nn.Module) -> tuple[str, nn.Module] | None:
    """Its name, and the module whose output is shown: its activation, or itself where it has none."""
    modules = dict(model.named_modules())
    name = next((name for name, module in modules.items() if isinstance(module, nn.Conv2d)), None)
    if name is None:
        return None
    activation = next((fed for fed, layer in feeding_layers(model) if layer == name), name)
    return name, modules[activation]


def _maps(
    model: nn.Module, layer: nn.Module, data: DeviceData, split: DeviceSplit, device: Device
) -> Tensor | None:
    seen: list[Any] = []
    handle = layer.register_forward_hook(lambda _module, _inputs, output: seen.append(output))
    try:
        predict(model, data, split, device)
    finally:
        handle.remove()
    maps = seen[0] if seen else None
    return maps if isinstance(maps, Tensor) and maps.dim() == MAP_DIMENSIONS else None


def _grey(maps: Tensor) -> Bytes:
    low, high = maps.float().amin((0, 2, 3), keepdim=True), maps.float().amax((0, 2, 3), keepdim=True)
    grey = (maps.float() - low) / (high - low).clamp_min(1e-12) * 255
    return grey.cpu().numpy().astype(np.uint8)


def _resized(cells: Bytes, height: int, width: int) -> Bytes:
    """(…, h, w) to another size, by the nearest pixel."""
    rows = np.arange(height) * cells.shape[-2] // height
    columns = np.arange(width) * cells.shape[-1] // width
    return cells[..., rows[:, None], columns]
