"""The first layer's weights as pictures."""

from __future__ import annotations

import io
import math

import numpy as np
import torch
from PIL import Image as Picture
from torch import Tensor, nn

from fashiontui.training.event_writer import Image

MOST_FILTERS = 64
CELL = 28  # pixels a filter is drawn with, at least
GAP = 2


def first_filters(model: nn.Module, image_shape: tuple[int, ...]) -> tuple[str, Tensor] | None:
    """Name and weights (n, height, width) of the layer that sees the image; None where it is of no such kind."""
    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d):
            return name, module.weight.detach().mean(dim=1)
        if isinstance(module, nn.Linear):
            if module.in_features != math.prod(image_shape):
                continue  # a head that was defined first, or a layer on patches
            return name, module.weight.detach().reshape(-1, *image_shape).mean(dim=1)
    return None


def draw(filters: Tensor) -> Image:
    """A grid of filters: grey is 0, white and black are ± the largest weight of all."""
    shown = filters[:MOST_FILTERS].float().cpu().numpy()  # (n, h, w)
    scale = max(float(np.abs(shown).max()), 1e-12)
    cells = np.clip(shown / scale * 127 + 128, 0, 255).astype(np.uint8)
    zoom = max(1, CELL // cells.shape[1])
    cells = cells.repeat(zoom, axis=1).repeat(zoom, axis=2)
    return encode(_grid(cells))


def _grid(cells: np.ndarray) -> np.ndarray:
    """(n, h, w) side by side in rows, (rows · (h + gap), columns · (w + gap))."""
    count, height, width = cells.shape
    columns = min(count, max(8, math.ceil(math.sqrt(count))))
    rows = math.ceil(count / columns)
    filled = np.zeros((rows * columns, height, width), np.uint8)
    filled[:count] = cells
    return sheet(filled.reshape(rows, columns, height, width))


def sheet(cells: np.ndarray) -> np.ndarray:
    """(rows, columns, h, w) as one picture, (rows · (h + gap), columns · (w + gap))."""
    rows, columns, height, width = cells.shape
    spaced = np.zeros((rows, columns, height + GAP, width + GAP), np.uint8)
    spaced[:, :, :height, :width] = cells
    return spaced.swapaxes(1, 2).reshape(rows * (height + GAP), columns * (width + GAP))


def encode(pixels: np.ndarray) -> Image:
    """Grey bytes (h, w) as PNG."""
    buffer = io.BytesIO()
    Picture.fromarray(pixels).save(buffer, "png", compress_level=1)
    return Image(buffer.getvalue(), pixels.shape[1], pixels.shape[0])


def filter_image(model: nn.Module, image_shape: tuple[int, ...]) -> dict[str, Image]:
    """`filters/<layer>`, or nothing."""
    found = first_filters(model, image_shape)
    if found is None or not torch.isfinite(found[1]).all():
        return {}
    return {f"filters/{found[0]}": draw(found[1])}
