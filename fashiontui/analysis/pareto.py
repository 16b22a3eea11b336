"""Which runs no other one beats: none is at once as cheap and better, or cheaper and as good."""

from __future__ import annotations

import math
from collections.abc import Sequence


def front(costs: Sequence[float | None], gains: Sequence[float | None]) -> list[int]:
    """Indices of the points on the Pareto front, the cheapest first: small `costs` and large `gains` are good.

    Equal points are on it together. Points that lack one of the two, or where it is not finite, are on no front.
    """
    known = [
        (cost, -gain, index)
        for index, (cost, gain) in enumerate(zip(costs, gains, strict=True))
        if cost is not None and gain is not None and math.isfinite(cost) and math.isfinite(gain)
    ]
    kept: list[tuple[float, float, int]] = []
    for point in sorted(known):
        if not kept or point[1] < kept[-1][1] or point[:2] == kept[-1][:2]:
            kept.append(point)
    return [index for _, _, index in kept]
