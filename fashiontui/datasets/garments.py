"""Ten garments as formulas, each drawn anew for every image from ranges of lengths, widths, slants and tones.

A garment fills about [-1, 1]² with u to the right and v downwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from fashiontui.datasets.draws import Draws, Floats
from fashiontui.datasets.outlines import Shape, between, ellipse, intersection, paint, ring, union

SEAM = 0.045  # half-width of a seam
LOOP = np.full((1, 1, 1), 0.4, dtype=np.float32)  # half-width of the loop round an ankle


class Sleeves(NamedTuple):
    """A range of sleeves: length, the way they hang (0: sideways, 1: straight down), width at the shoulder."""

    length: tuple[float, float]
    hang: tuple[float, float] = (0.7, 0.95)
    width: tuple[float, float] = (0.17, 0.24)


class Torso(NamedTuple):
    """A range of bodies, shoulders at v = -0.9: half-widths, where the hem is, how much it flares below the waist."""

    shoulder: tuple[float, float] = (0.42, 0.55)
    taper: tuple[float, float] = (-0.05, 0.1)
    hem: tuple[float, float] = (0.7, 0.95)
    flare: tuple[float, float] = (0.0, 0.05)
    neck: tuple[float, float] = (0.1, 0.3)


def _upper(
    u: Floats, v: Floats, draws: Draws, torso: Torso, sleeves: Sleeves
) -> tuple[Floats, Floats, Floats]:
    """Depth of a garment for the upper body; its tone with seams; height above the hem line."""
    n = len(u)
    side = np.abs(u)
    shoulder = draws.uniform(*torso.shoulder, n)
    hem = draws.uniform(*torso.hem, n)
    taper = draws.uniform(*torso.taper, n)
    flare = draws.uniform(*torso.flare, n)
    slope = draws.uniform(0.1, 0.35, n)
    half_width = shoulder - taper * (1 + np.minimum(v, 0))
    half_width += flare * np.maximum(v, 0)
    below = v + 0.9
    body = intersection(half_width - side, below - slope * side, hem - v)
    arm = _sleeve(side - shoulder, below - slope * shoulder, draws, sleeves)
    neck = ellipse(side, below, draws.uniform(0.14, 0.3, n), draws.uniform(*torso.neck, n))
    depth = np.minimum(np.maximum(body, arm), neck)
    seam = SEAM - np.abs(body) + np.minimum(arm, 0)
    tone = np.ones_like(u)
    paint(tone, seam, draws.uniform(0.5, 1.0, n))
    return depth, tone, hem - v


def _sleeve(right: Floats, down: Floats, draws: Draws, sleeves: Sleeves) -> Floats:
    """Depth inside a sleeve that begins at the shoulder, at (0, 0)."""
    n = len(right)
    length = draws.uniform(*sleeves.length, n)
    hang = draws.uniform(*sleeves.hang, n)
    width = draws.uniform(*sleeves.width, n)
    outwards = 1 - hang
    norm = np.sqrt(hang * hang + outwards * outwards)
    along_right, along_down = outwards / norm, hang / norm
    along = right * along_right + (down - width) * along_down
    across = right * along_down - (down - width) * along_right
    return intersection(width * (1 - 0.3 * along) - np.abs(across), length - along, along + width)


def _collar(tone: Floats, u: Floats, v: Floats, draws: Draws, share: float) -> None:
    """Two lapels beside the neck, in a share of the images."""
    n = len(u)
    reach = draws.uniform(0.2, 0.5, n)
    lapel = SEAM - np.abs(np.abs(u) * 2 + v + 0.9 - reach)
    paint(tone, lapel, draws.uniform(0.2, 0.8, n), draws.chance(share, n))


def _front_line(tone: Floats, u: Floats, draws: Draws, share: float, width: tuple[float, float]) -> None:
    """Buttons or a zip from neck to hem, in a share of the images."""
    n = len(u)
    line = draws.uniform(*width, n) - np.abs(u - draws.uniform(-0.06, 0.06, n))
    paint(tone, line, draws.uniform(0.1, 0.6, n), draws.chance(share, n))


def _print(tone: Floats, u: Floats, v: Floats, draws: Draws, share: float) -> None:
    """Something printed on the chest, in a share of the images."""
    n = len(u)
    wide, high, at = draws.uniform(0.08, 0.35, n), draws.uniform(0.05, 0.3, n), draws.uniform(-0.4, 0.2, n)
    box = intersection(wide - np.abs(u), high - np.abs(v - at))
    paint(tone, box, draws.uniform(0.2, 1.5, n), draws.chance(share, n))


def t_shirt(u: Floats, v: Floats, draws: Draws) -> Shape:
    """Short sleeves, often a print."""
    sleeves = Sleeves(length=(0.15, 0.6), hang=(0.4, 0.85), width=(0.18, 0.26))
    depth, tone, _ = _upper(u, v, draws, Torso(neck=(0.08, 0.4)), sleeves)
    _print(tone, u, v, draws, 0.4)
    return Shape(depth, tone)


def trouser(u: Floats, v: Floats, draws: Draws) -> Shape:
    """Two legs below a waistband."""
    n = len(u)
    side, down = np.abs(u), v + 1
    hip = draws.uniform(0.28, 0.4, n)
    crotch = draws.uniform(-0.65, -0.35, n)
    spread = draws.uniform(0.0, 0.16, n)
    ankle = draws.uniform(0.09, 0.2, n)
    centre = hip * 0.5 + spread * down * 0.5
    half_width = hip * 0.5 + (ankle - hip * 0.5) * down * 0.5
    legs = half_width - np.abs(side - centre)
    waist = np.minimum(hip + 0.04 - side, crotch - v)
    depth = np.minimum(np.maximum(legs, waist), between(v, -1.0, draws.uniform(0.6, 1.0, n)))
    tone = np.ones_like(u)
    paint(tone, -0.85 - v, draws.uniform(0.5, 1.1, n))
    paint(tone, SEAM - side, draws.uniform(0.6, 1.0, n))
    return Shape(depth, tone)


def pullover(u: Floats, v: Floats, draws: Draws) -> Shape:
    """Long sleeves, a closed front, ribbing at the hem."""
    torso = Torso(taper=(-0.12, 0.04), hem=(0.55, 0.9), neck=(0.05, 0.25))
    depth, tone, to_hem = _upper(u, v, draws, torso, Sleeves(length=(0.9, 1.5), hang=(0.75, 0.97)))
    n = len(u)
    rib = draws.uniform(0.08, 0.18, n) - to_hem
    paint(tone, rib, draws.uniform(0.4, 0.8, n), draws.chance(0.7, n))
    _print(tone, u, v, draws, 0.3)
    return Shape(depth, tone)


def dress(u: Floats, v: Floats, draws: Draws) -> Shape:
    """Narrow above, wider below, from no sleeves to half ones."""
    torso = Torso((0.24, 0.4), (0.0, 0.16), (0.8, 1.05), (0.0, 0.5), (0.08, 0.5))
    depth, tone, _ = _upper(
        u, v, draws, torso, Sleeves(length=(0.0, 0.8), hang=(0.5, 0.95), width=(0.08, 0.16))
    )
    n = len(u)
    belt = SEAM - np.abs(v - draws.uniform(-0.3, 0.0, n))
    paint(tone, belt, draws.uniform(0.3, 1.2, n), draws.chance(0.5, n))
    return Shape(depth, tone)


def coat(u: Floats, v: Floats, draws: Draws) -> Shape:
    """Long sleeves, an open front, lapels, a low hem."""
    torso = Torso(taper=(-0.1, 0.05), hem=(0.75, 1.05), flare=(0.0, 0.12), neck=(0.1, 0.35))
    depth, tone, _ = _upper(u, v, draws, torso, Sleeves(length=(1.0, 1.6), hang=(0.78, 0.97)))
    _front_line(tone, u, draws, 0.9, (0.06, 0.12))
    _collar(tone, u, v, draws, 0.8)
    return Shape(depth, tone)


def sandal(u: Floats, v: Floats, draws: Draws) -> Shape:
    """A sole on a heel, held by straps with gaps between."""
    n = len(u)
    rise = draws.uniform(0.0, 0.5, n)
    thickness = draws.uniform(0.07, 0.16, n)
    sole_line = 0.55 - rise * np.maximum(u + 0.3, 0)
    sole = np.minimum(thickness - np.abs(v - sole_line), between(u, -1.0, 0.95))
    heel_width = draws.uniform(0.06, 0.25, n)
    heel = intersection(heel_width - np.abs(u - 0.8), v - sole_line, 0.62 - v)
    height = draws.uniform(0.3, 0.9, n)
    upper = between(v, sole_line - height * (0.7 + 0.3 * u), sole_line)
    lean = draws.uniform(-0.8, 0.8, n)
    spacing = draws.uniform(0.45, 0.9, n)
    position = (u + lean * (v - sole_line)) / spacing + draws.uniform(0.0, 1.0, n)
    strap = draws.uniform(0.07, 0.17, n) - np.abs(position - np.floor(position) - 0.5) * spacing
    straps = intersection(strap, upper, between(u, -0.85, 0.9))
    half = height * 0.5
    loop = ring(u - 0.55, v - sole_line + half, LOOP, half, draws.uniform(0.03, 0.11, n))
    tone = np.ones_like(u)
    paint(tone, np.maximum(sole, heel), draws.uniform(0.4, 1.2, n))
    return Shape(union(sole, heel, straps, loop), tone)


def shirt(u: Floats, v: Floats, draws: Draws) -> Shape:
    """A collar and buttons more often than not; sleeves of any length."""
    torso = Torso(taper=(-0.06, 0.1), hem=(0.65, 1.0), neck=(0.06, 0.35))
    depth, tone, _ = _upper(u, v, draws, torso, Sleeves(length=(0.4, 1.5), hang=(0.6, 0.95)))
    _front_line(tone, u, draws, 0.8, (0.03, 0.05))
    _collar(tone, u, v, draws, 0.75)
    return Shape(depth, tone)


def _shoe(
    u: Floats, v: Floats, draws: Draws, ankle: tuple[float, float], front: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Depth of a closed shoe, toe to the left, without its heel; height above the ground, which is v = 0.6."""
    n = len(u)
    toe = draws.uniform(0.28, 0.48, n)
    top = draws.uniform(*ankle, n)
    instep = draws.uniform(-0.35, 0.1, n)
    steep = draws.uniform(*front, n)
    above = 0.6 - v
    blunt = np.maximum(-0.6 - u, 0) * 2.5
    nose = np.sqrt(np.maximum(1 - blunt * blunt, 0))
    profile = np.minimum(toe + 0.15 * (u + 1) + np.maximum(u - instep, 0) * steep, top) * nose
    back = 0.95 - u - np.maximum(above - 0.5, 0) * draws.uniform(-0.1, 0.2, n)
    return intersection(profile - above, above, u + 1, back), above


def sneaker(u: Floats, v: Floats, draws: Draws) -> Shape:
    """Low, with a flat sole of another tone and laces."""
    n = len(u)
    depth, above = _shoe(u, v, draws, (0.5, 0.9), (0.4, 1.6))
    tone = np.ones_like(u)
    paint(tone, draws.uniform(0.08, 0.2, n) - above, draws.uniform(0.3, 1.6, n))
    slant = u + draws.uniform(-0.8, 0.8, n) * above - draws.uniform(-0.3, 0.5, n)
    paint(tone, draws.uniform(0.02, 0.14, n) - np.abs(slant), draws.uniform(0.2, 1.5, n))
    return Shape(depth, tone)


def bag(u: Floats, v: Floats, draws: Draws) -> Shape:
    """A box with a handle above, or none."""
    n = len(u)
    side = np.abs(u)
    top, bottom = draws.uniform(-0.5, 0.1, n), draws.uniform(0.6, 0.95, n)
    half_width = draws.uniform(0.6, 0.95, n) + draws.uniform(-0.25, 0.25, n) * v
    corner = draws.uniform(1.0, 1.6, n) - side - np.abs(v - (top + bottom) * 0.5)
    body = intersection(half_width - side, between(v, top, bottom), corner)
    width, height = draws.uniform(0.25, 0.65, n), draws.uniform(0.2, 0.8, n)
    handle = np.minimum(ring(u, v - top, width, height, draws.uniform(-0.04, 0.1, n)), top - v)
    flap = SEAM - np.abs(v - top - draws.uniform(0.1, 0.6, n) + draws.uniform(0.0, 0.4, n) * side)
    tone = np.ones_like(u)
    paint(tone, flap, draws.uniform(0.3, 1.2, n), draws.chance(0.6, n))
    paint(tone, handle, draws.uniform(0.4, 1.2, n))
    return Shape(np.maximum(body, handle), tone)


def ankle_boot(u: Floats, v: Floats, draws: Draws) -> Shape:
    """High above the ankle, on a heel."""
    n = len(u)
    depth, above = _shoe(u, v, draws, (0.85, 1.5), (1.2, 5.0))
    heel_height = draws.uniform(0.0, 0.3, n)
    heel = intersection(draws.uniform(0.12, 0.3, n) - np.abs(u - 0.68), -above, above + heel_height)
    tone = np.ones_like(u)
    paint(tone, draws.uniform(0.0, 0.14, n) - above, draws.uniform(0.3, 1.3, n))
    slant = u - draws.uniform(-0.1, 0.6, n) + draws.uniform(-0.3, 0.3, n) * above
    paint(
        tone, draws.uniform(0.02, 0.12, n) - np.abs(slant), draws.uniform(0.3, 1.3, n), draws.chance(0.5, n)
    )
    return Shape(np.maximum(depth, heel), tone)


GARMENTS: tuple[Callable[[Floats, Floats, Draws], Shape], ...] = (
    t_shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle_boot,
)  # fmt: skip
