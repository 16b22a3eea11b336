"""What the garments are made of: stripes, checks, ribs, gradients, prints of specks, and plain cloth.

Each garment has its habits: pullovers are ribbed, shirts checked, coats plain. Where a pattern begins is chance, so it
tells a network nothing pixel by pixel, but something to one that looks at neighbourhoods.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fashiontui.datasets.draws import Draws, Floats
from fashiontui.datasets.outlines import Shape


class Cloth(NamedTuple):
    """Shares of a garment's images with stripes across and along it, how many to a unit, and with specks."""

    across: float = 0.2
    along: float = 0.15
    cycles: tuple[float, float] = (1.5, 4.0)
    specks: float = 0.1


CLOTHS = (
    Cloth(across=0.35, along=0.05),  # T-shirt/top
    Cloth(across=0.1, along=0.25),  # Trouser
    Cloth(across=0.75, along=0.05, cycles=(4.0, 6.0)),  # Pullover
    Cloth(specks=0.3),  # Dress
    Cloth(across=0.05, along=0.1, specks=0.2),  # Coat
    Cloth(),  # Sandal
    Cloth(across=0.55, along=0.55, cycles=(2.0, 4.0)),  # Shirt
    Cloth(),  # Sneaker
    Cloth(across=0.25, along=0.25),  # Bag
    Cloth(across=0.1, along=0.1),  # Ankle boot
)


def brightness(u: Floats, v: Floats, shape: Shape, cloth: Cloth, draws: Draws) -> Floats:
    """How bright the cloth is at each point of (n, height, width): above 0, and now and then above 1."""
    n = len(u)
    light = np.ones_like(u)
    _stripe(light, v, cloth.across, cloth.cycles, draws)
    _stripe(light, u, cloth.along, cloth.cycles, draws)
    light += _some(0.4, -0.3, 0.3, n, draws) * v + _some(0.4, -0.3, 0.3, n, draws) * u
    light *= shape.tone
    base = np.minimum(draws.uniform(0.35, 1.6, n), 1)
    light *= base * np.clip(shape.depth * 3 + 0.7, 0, 1)
    grain = draws.uniform(0.02, 0.1, n) + _some(cloth.specks, 0.1, 0.5, n, draws)
    light += (draws.bytes(*u.shape).astype(np.float32) * (1 / 128) - 1) * grain
    return np.maximum(light, 0.02)


def _stripe(light: Floats, position: Floats, share: float, cycles: tuple[float, float], draws: Draws) -> None:
    """Darken soft-edged stripes in a share of the images."""
    n = len(light)
    striped = np.flatnonzero(draws.chance(share, n))
    turns = position[striped] * draws.uniform(*cycles, n)[striped] + draws.uniform(0.0, 1.0, n)[striped]
    triangle = np.abs(turns - np.floor(turns) - 0.5)
    strength = draws.uniform(0.3, 0.9, n)[striped]
    light[striped] *= 1 - strength * np.clip(triangle * 6 - 1, 0, 1)


def _some(share: float, low: float, high: float, n: int, draws: Draws) -> Floats:
    """Uniform numbers in a share of the images, 0 in the others."""
    chosen = draws.chance(share, n)
    return draws.uniform(low, high, n) * chosen
