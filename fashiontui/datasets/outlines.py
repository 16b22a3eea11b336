"""Shapes by formula: how deep a point lies inside an outline, and how bright the parts are.

`depth` is the distance inside the outline, near enough, in garment units, negative outside: intersections are minima,
unions maxima. Only + - · / sqrt min max and comparisons are used, which IEEE 754 pins down to the last bit, so that
every platform draws the same.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fashiontui.datasets.draws import Bools, Floats


class Shape(NamedTuple):
    """What a garment looks like at each point of (n, height, width); `tone` scales the brightness of its parts."""

    depth: Floats
    tone: Floats


def union(*parts: Floats) -> Floats:
    """Inside any."""
    whole = parts[0]
    for part in parts[1:]:
        whole = np.maximum(whole, part)
    return whole


def intersection(*parts: Floats) -> Floats:
    """Inside all."""
    whole = parts[0]
    for part in parts[1:]:
        whole = np.minimum(whole, part)
    return whole


def between(value: Floats, low: Floats | float, high: Floats | float) -> Floats:
    """Depth inside a band."""
    inside: Floats = np.minimum(value - low, high - value)
    return inside


def ellipse(u: Floats, v: Floats, width: Floats, height: Floats) -> Floats:
    """Distance from an ellipse round the origin, negative inside."""
    right, down = u / width, v / height
    radius = np.sqrt(right * right + down * down)
    distance: Floats = (radius - 1) * np.minimum(width, height)
    return distance


def ring(u: Floats, v: Floats, width: Floats, height: Floats, thickness: Floats) -> Floats:
    """Depth inside an elliptic ring round the origin."""
    return thickness - np.abs(ellipse(u, v, width, height))


def paint(tone: Floats, depth: Floats, factor: Floats, where: Bools | None = None) -> None:
    """Multiply `tone` by `factor` where `depth` is positive, in the images `where` says."""
    np.multiply(tone, factor if where is None else np.where(where, factor, 1), out=tone, where=depth > 0)
