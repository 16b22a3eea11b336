"""Protobuf's wire format, just enough to read events without TensorBoard's own classes.

Format: https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
SIGN_BIT = 1 << 63


def fields(data: bytes) -> Iterator[tuple[int, int, int | bytes]]:
    """(field number, wire type, value): integers for varints, raw bytes for all else. ValueError on nonsense."""
    at, size = 0, len(data)
    while at < size:
        key, at = varint(data, at)
        kind = key & 7
        if kind == VARINT:
            number, at = varint(data, at)
            yield key >> 3, kind, number
            continue
        if kind == BYTES:
            length, at = varint(data, at)
        elif kind in (FIXED64, FIXED32):
            length = 8 if kind == FIXED64 else 4
        else:
            raise ValueError(f"wire type {kind} is not used by events")
        if at + length > size:
            raise ValueError("a field reaches past the end of its message")
        yield key >> 3, kind, data[at : at + length]
        at += length


def varint(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned varint and where it ends."""
    result = shift = 0
    while True:
        if at >= len(data) or shift > 63:  # noqa: PLR2004 - 64 bits at most
            raise ValueError("a varint has no end")
        byte = data[at]
        at += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the continuation bit
            return result, at
        shift += 7


def signed(value: int) -> int:
    """A varint read as int64."""
    return value - (SIGN_BIT << 1) if value & SIGN_BIT else value


def float64(raw: bytes) -> float:
    """A little-endian double."""
    return float(struct.unpack("<d", raw)[0])


def float32(raw: bytes) -> float:
    """A little-endian float."""
    return float(struct.unpack("<f", raw)[0])
