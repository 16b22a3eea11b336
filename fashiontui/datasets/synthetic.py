"""Garments drawn by code: a data set for tests, demos and machines without the real one.

Images come in blocks of 500, each a function of seed, split and the block's number alone, so that the first n images
are the same however many are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from fashiontui.datasets.cloth import CLOTHS, brightness
from fashiontui.datasets.dataset import Images, Labels, Split
from fashiontui.datasets.draws import Draws, Floats
from fashiontui.datasets.garments import GARMENTS

TRAIN, TEST = 0, 1  # streams
TRAIN_SIZE, TEST_SIZE = 60_000, 10_000  # unless fewer are asked for
BLOCK = 500
THREADS = 4  # numpy lets go of the interpreter's lock in each of its loops
SIDE = 28
MIRRORED = 0.3  # share that points to the right
HALF = SIDE / 2
CENTRES = (np.arange(SIDE, dtype=np.float32) + 0.5) / HALF - 1


def synthetic_split(n: int, seed: int, stream: int) -> Split:
    """The first `n` images of a stream; every ten in a row show each class once."""
    images = np.empty((n, SIDE, SIDE), dtype=np.uint8)

    def fill(start: int) -> None:
        images[start : start + BLOCK] = _block(seed, stream, start // BLOCK)[: n - start]

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(fill, range(0, n, BLOCK)))
    return Split(images, synthetic_labels(n, seed, stream))


def synthetic_images(places: Sequence[int], seed: int, stream: int) -> Images:
    """The images at these places of a stream, in that order: only the blocks they are in are drawn."""
    images = np.empty((len(places), SIDE, SIDE), dtype=np.uint8)
    blocks = {index: _block(seed, stream, index) for index in {place // BLOCK for place in places}}
    for row, place in enumerate(places):
        images[row] = blocks[place // BLOCK][place % BLOCK]
    return images


def synthetic_labels(n: int, seed: int, stream: int) -> Labels:
    """The labels of the first `n` images of a stream, without drawing them."""
    blocks = [_labels(Draws(seed, stream, index)) for index in range(-(-n // BLOCK))]
    return np.concatenate(blocks)[:n]


def _labels(draws: Draws) -> Labels:
    return draws.balanced_labels(len(GARMENTS), BLOCK // len(GARMENTS))


def _block(seed: int, stream: int, index: int) -> Images:
    draws = Draws(seed, stream, index)
    labels = _labels(draws)
    images = np.empty((BLOCK, SIDE, SIDE), dtype=np.uint8)
    for label in range(len(GARMENTS)):
        images[labels == label] = _draw(label, BLOCK // len(GARMENTS), draws)
    return images


def _draw(label: int, n: int, draws: Draws) -> Images:
    """`n` images of one class, (n, 28, 28)."""
    u, v, pixels = _placed(n, draws)
    shape = GARMENTS[label](u, v, draws)
    light = brightness(u, v, shape, CLOTHS[label], draws)
    light *= np.clip(shape.depth * pixels + 0.5, 0, 1)
    _occlude(light, draws)
    np.minimum(light, 1, out=light)
    light *= 255
    light += 0.5
    return light.astype(np.uint8)


def _placed(n: int, draws: Draws) -> tuple[Floats, Floats, Floats]:
    """Garment coordinates u, v of every pixel, (n, 28, 28) each, and pixels to a unit of them."""
    scale_u, scale_v = draws.uniform(0.85, 1.12, n), draws.uniform(0.85, 1.08, n)
    pixels = HALF * np.minimum(scale_u, scale_v)
    scale_u = np.where(draws.chance(MIRRORED, n), -scale_u, scale_u)
    half_tangent = draws.uniform(-0.1, 0.1, n)
    shear = draws.uniform(-0.15, 0.15, n)
    x = CENTRES[None, None, :] - draws.uniform(-0.2, 0.2, n)
    y = CENTRES[None, :, None] - draws.uniform(-0.2, 0.2, n)
    square = half_tangent * half_tangent
    cosine, sine = (1 - square) / (1 + square), (half_tangent + half_tangent) / (1 + square)
    v: Floats = y * (cosine / scale_v) - x * (sine / scale_v)
    u: Floats = y * (sine / scale_u) + x * (cosine / scale_u)
    u += shear * v
    return u, v, pixels


def _occlude(light: Floats, draws: Draws) -> None:
    """Cover a part of some images by a plain rectangle."""
    n = len(light)
    hidden = np.flatnonzero(draws.chance(0.15, n))
    x = np.abs(CENTRES[None, None, :] - draws.uniform(-0.8, 0.8, n))[hidden]
    y = np.abs(CENTRES[None, :, None] - draws.uniform(-0.8, 0.8, n))[hidden]
    inside = (x < draws.uniform(0.1, 0.45, n)[hidden]) & (y < draws.uniform(0.1, 0.45, n)[hidden])
    cover = draws.uniform(-1.0, 1.0, n)[hidden]
    light[hidden] = np.where(inside, np.maximum(cover, 0), light[hidden])
