"""Protocol buffers' wire format, as much of it as event files need.

https://protobuf.dev/programming-guides/encoding/. Reading fields by their place, without copying, is what lets most
records be decoded many at once (see layouts.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

VARINT: Final = 0
FIXED64: Final = 1
BYTES: Final = 2
GROUP: Final = 3
GROUP_END: Final = 4
FIXED32: Final = 5
FIXED_SIZES: Final = {FIXED64: 8, FIXED32: 4}
LONGEST_VARINT: Final = 10  # bytes
WORD: Final = 1 << 64


class WireError(ValueError):
    """Bytes that are no message."""


class Field(NamedTuple):
    """One field of a message: its number, how it is encoded, and where its value lies."""

    number: int
    kind: int
    start: int
    end: int


def read_varint(data: bytes, position: int, end: int) -> tuple[int, int]:
    """An unsigned number of at most 64 bits, and the place after it."""
    value = shift = 0
    for place in range(position, min(position + LONGEST_VARINT, end)):
        octet = data[place]
        value |= (octet & 0x7F) << shift
        if octet < 0x80:  # noqa: PLR2004 - the format's mark of the last byte
            return value % WORD, place + 1
        shift += 7
    raise WireError("a number without an end")


def fields(data: bytes, start: int, end: int) -> Iterator[Field]:
    """The fields of a message, in order; groups, long out of use, are passed over. Raises WireError."""
    position = start
    while position < end:
        key, position = read_varint(data, position, end)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            stop = read_varint(data, position, end)[1]
        elif kind == BYTES:
            size, position = read_varint(data, position, end)
            stop = position + size
        elif kind in FIXED_SIZES:
            stop = position + FIXED_SIZES[kind]
        elif kind == GROUP:
            position = _after_group(data, position, end, number)
            continue
        else:
            raise WireError(f"no such kind of field: {kind}")
        if stop > end or number == 0:
            raise WireError("a field beyond its message")
        yield Field(number, kind, position, stop)
        position = stop


def _after_group(data: bytes, position: int, end: int, number: int) -> int:
    """The place after the group's end mark, by depth."""
    open_groups = [number]
    while open_groups:
        key, position = read_varint(data, position, end)
        if key & 7 == GROUP:
            open_groups.append(key >> 3)
        elif key & 7 == GROUP_END:
            if open_groups.pop() != key >> 3:
                raise WireError("groups that cross")
        elif key & 7 == VARINT:
            position = read_varint(data, position, end)[1]
        elif key & 7 == BYTES:
            size, position = read_varint(data, position, end)
            position += size
        else:
            position += FIXED_SIZES.get(key & 7, end)
    return position
