"""The filters of a first layer, taken from the sheet of them that a run has logged."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

CELL: Final = 28  # pixels a filter is drawn with, at most, if it is enlarged
GAP: Final = 2  # black pixels right of and below each
LARGEST: Final = 64  # pixels of a filter's side


def cells_of(sheet: Bytes) -> Bytes | None:
    """The filters on a sheet (height, width), each pixel once, (n, side, side); None where it is no such sheet.

    Square filters side by side, each enlarged by a whole number up to 28 pixels, with a gap of 2 black ones; what is
    left of the last row is black.
    """
    if sheet.ndim != 2:  # noqa: PLR2004 - a sheet is grey
        return None
    for side in range(1, LARGEST + 1):  # one enlarged fits larger sides too
        times = max(1, CELL // side)
        cells = _cut(sheet, side, times)
        if cells is not None:
            return cells
    return None


def _cut(sheet: Bytes, side: int, times: int) -> Bytes | None:
    height, width = sheet.shape
    pitch = side * times + GAP
    if height % pitch or width % pitch:
        return None
    rows = sheet.reshape(height // pitch, pitch, width // pitch, pitch)
    cells = rows.swapaxes(1, 2).reshape(-1, pitch, pitch)
    if cells[:, -GAP:].any() or cells[:, :, -GAP:].any():
        return None
    small: Bytes = cells[:, 0 : side * times : times, 0 : side * times : times]
    if not np.array_equal(small.repeat(times, axis=1).repeat(times, axis=2), cells[:, :-GAP, :-GAP]):
        return None
    drawn = np.flatnonzero(small.any(axis=(1, 2)))
    return small[: int(drawn[-1]) + 1] if len(drawn) else None


def change(before: Bytes, after: Bytes) -> float:
    """How much two pictures of one size differ: root mean square, as a share of the range from black to white."""
    difference = before.astype(np.float64) - after.astype(np.float64)
    return float(np.sqrt(np.mean(difference**2)) / 255)
