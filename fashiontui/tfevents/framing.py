"""The framing of event files (TFRecord): length, its checksum, payload, its checksum.

Format: https://www.tensorflow.org/tutorials/load_data/tfrecord (little-endian; checksums are masked CRC-32C).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from google_crc32c import value as crc32c

HEADER = struct.Struct("<QI")  # payload's length, checksum of those 8 bytes
LENGTH = struct.Struct("<Q")
CHECKSUM = struct.Struct("<I")
MASK_DELTA = 0xA282EAD8
HIGH_LENGTH_BYTES = b"\0\0\0\0"  # no record of 4 GiB: a true header has these as bytes 4 to 7


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of a file that were passed over because a checksum did not match."""

    offset: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What part of a file held: payloads in order, damage, and how many bytes are dealt with."""

    payloads: list[bytes]
    damage: list[Damage]
    consumed: int


def masked_crc(data: bytes) -> int:
    """CRC-32C, rotated and shifted as the format asks."""
    crc: int = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + MASK_DELTA) & 0xFFFFFFFF


def frame(payload: bytes) -> bytes:
    """One record."""
    length = LENGTH.pack(len(payload))
    return b"".join((length, CHECKSUM.pack(masked_crc(length)), payload, CHECKSUM.pack(masked_crc(payload))))


def scan(data: bytes, offset: int = 0) -> Scan:
    """Take all complete records from `data`, which begins at `offset` of its file.

    A record cut off at the end is left for next time. A damaged payload costs its record; a damaged header costs
    all up to the next header whose checksum is right.
    """
    payloads: list[bytes] = []
    damage: list[Damage] = []
    at, size = 0, len(data)
    while size - at >= HEADER.size:
        length, checksum = HEADER.unpack_from(data, at)
        if masked_crc(data[at : at + 8]) != checksum:
            start, at = at, _next_header(data, at + 1)
            damage.append(Damage(offset + start, at - start))
            continue
        end = at + HEADER.size + length
        if end + CHECKSUM.size > size:
            break
        payload = data[at + HEADER.size : end]
        if masked_crc(payload) == CHECKSUM.unpack_from(data, end)[0]:
            payloads.append(payload)
        else:
            damage.append(Damage(offset + at, end + CHECKSUM.size - at))
        at = end + CHECKSUM.size
    return Scan(payloads, damage, at)


def _next_header(data: bytes, start: int) -> int:
    """Where the next sound header begins; or, without one, the first place where one might still begin."""
    last = len(data) - HEADER.size
    at = start
    while at <= last:
        found = data.find(HIGH_LENGTH_BYTES, at + 4)
        if found < 0 or found - 4 > last:
            break
        at = found - 4
        if masked_crc(data[at : at + 8]) == CHECKSUM.unpack_from(data, at + 8)[0]:
            return at
        at += 1
    return max(start, last + 1)


def merged(damage: list[Damage]) -> list[Damage]:
    """Neighbouring damage as one: a reader that gets a damaged stretch in parts reports it once."""
    result: list[Damage] = []
    for item in damage:
        if result and result[-1].offset + result[-1].size_bytes == item.offset:
            item = Damage(result[-1].offset, result.pop().size_bytes + item.size_bytes)  # noqa: PLW2901
        result.append(item)
    return result
