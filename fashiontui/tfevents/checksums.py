"""CRC-32C, of one piece of bytes and of many at once.

The checksum of a text is the exclusive or of what each of its bytes adds, by value and place, and of a constant: so those
of many texts of one length are a few lookups of whole columns.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import google_crc32c
import numpy as np
from numpy.typing import NDArray

MASK_DELTA: Final = 0xA282EAD8
POLYNOMIAL: Final = 0x82F63B78  # Castagnoli's, its bits reversed
MOST_COLUMNS: Final = 256  # of longer texts the library's checksum, one by one, is as quick

Checksums = NDArray[np.uint32]


def masked_crc(data: bytes) -> int:
    """CRC-32C, rotated and shifted as TFRecord asks."""
    crc: int = google_crc32c.value(data)
    return ((crc >> 15 | crc << 17) + MASK_DELTA) & 0xFFFFFFFF


def masked(crcs: Checksums) -> Checksums:
    """The same of checksums, (n,)."""
    return (crcs >> np.uint32(15) | crcs << np.uint32(17)) + np.uint32(MASK_DELTA)  # wraps, as it should


def crcs_of(texts: list[bytes]) -> Checksums:
    """CRC-32C of each, (n,)."""
    return np.array([google_crc32c.value(text) for text in texts], dtype=np.uint32)


def crcs_of_rows(rows: NDArray[np.uint8]) -> Checksums:
    """CRC-32C of each row: (n, size) → (n,). ValueError if there are more than MOST_COLUMNS."""
    count, size = rows.shape
    if size > MOST_COLUMNS:
        raise ValueError(f"rows of {size} bytes; at most {MOST_COLUMNS}")
    crcs = np.full(count, google_crc32c.value(bytes(size)), dtype=np.uint32)
    columns = np.ascontiguousarray(rows.T)
    for table, column in zip(_tables()[MOST_COLUMNS - size :], columns, strict=True):
        crcs ^= table.take(column)
    return crcs


@lru_cache(maxsize=1)
def _tables() -> Checksums:
    """(MOST_COLUMNS, 256) what a byte adds, by how many bytes there are from it to the end, most first."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = table >> np.uint32(1) ^ np.where(table & np.uint32(1), np.uint32(POLYNOMIAL), np.uint32(0))
    tables = [table]
    while len(tables) < MOST_COLUMNS:  # one more byte, a zero, behind it
        tables.append(tables[-1] >> np.uint32(8) ^ table[tables[-1] & np.uint32(0xFF)])
    return np.stack(tables[::-1])
