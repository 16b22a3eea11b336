"""TFRecord framing: how event files are cut into records.

A record is its length (u64), a masked CRC-32C of those 8 bytes, the payload, a masked CRC-32C of the payload; all
little-endian. Format: https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

import google_crc32c
import numpy as np
from numpy.typing import NDArray

HEADER: Final = 12  # bytes: length and its checksum
FOOTER: Final = 4  # bytes: the payload's checksum
MASK_DELTA: Final = 0xA282EAD8
LONGEST: Final = 2**31  # a protobuf can't be longer; looked for only when searching after damage
SEARCHED_BYTES: Final = 1 << 16  # at once
UNKNOWN: Final = -1

Indices = NDArray[np.int64]


def masked_crc(data: bytes) -> int:
    """CRC-32C, rotated and shifted as TFRecord asks."""
    crc: int = google_crc32c.value(data)
    return ((crc >> 15 | crc << 17) + MASK_DELTA) & 0xFFFFFFFF


def frame(payload: bytes) -> bytes:
    """`payload` as one record."""
    length = struct.pack("<Q", len(payload))
    return b"".join(
        (length, struct.pack("<I", masked_crc(length)), payload, struct.pack("<I", masked_crc(payload)))
    )


@dataclass(frozen=True, slots=True)
class Skipped:
    """Bytes that belong to no sound record, from `offset` of the file on."""

    offset: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Records:
    """Sound payloads, in file order, as places in one block of bytes."""

    data: bytes
    starts: Indices  # (n,) where each payload begins in data
    sizes: Indices  # (n,)

    def __len__(self) -> int:
        return len(self.starts)

    def payload(self, index: int) -> bytes:
        """One record's payload."""
        start = int(self.starts[index])
        return self.data[start : start + int(self.sizes[index])]

    def after(self, count: int) -> Records:
        """All but the first `count`."""
        return Records(self.data, self.starts[count:], self.sizes[count:])


class RecordSplitter:
    """Cuts a growing stream of bytes into records.

    An incomplete record at the end is waited for. A damaged payload costs that record; after a damaged header, or a
    payload that does not end where its length says, the next valid header is searched byte by byte.
    """

    def __init__(self) -> None:
        self._pending: list[bytes] = []  # of a record that is not complete
        self._offset = 0  # of the pending bytes, in the file
        self._end = 0  # of the bytes fed, in the file
        self._wanted = 0  # bytes that complete the pending record
        self._skipped: list[Skipped] = []
        self._lost_from = UNKNOWN  # in the file, while a valid header is being searched
        self._suspect: Skipped | None = None  # damaged, but what follows must show where it ends
        self._sizes_of_headers: dict[bytes, int] = {}

    @property
    def end(self) -> int:
        """Bytes of the file that were fed so far."""
        return self._end

    @property
    def skipped(self) -> list[Skipped]:
        """What was damaged, in file order; a search that goes on counts as lost up to the end."""
        skipped = list(self._skipped)
        if self._lost_from != UNKNOWN:
            _add(skipped, Skipped(self._lost_from, self._end - self._lost_from))
        elif self._suspect is not None:
            _add(skipped, self._suspect)
        return skipped

    @property
    def torn_bytes(self) -> int:
        """The size of what there is of an incomplete last record."""
        if self._lost_from != UNKNOWN:
            return 0
        suspect = 0 if self._suspect is None else self._suspect.size_bytes
        return self._end - self._offset - suspect

    def feed(self, more: bytes) -> Records:
        """The records that are complete now."""
        self._pending.append(more)
        self._end += len(more)
        if self._end - self._offset < self._wanted:
            return _concatenated(b"", [])
        data = b"".join(self._pending)
        self._suspect = None
        found: list[Records] = []
        position = 0
        while True:
            if self._lost_from != UNKNOWN:
                position = self._search(data, position)
                if self._lost_from != UNKNOWN:
                    break
            sound, position = self._walk(data, position)
            found.append(sound)
            if self._lost_from == UNKNOWN:
                break
        self._pending = [data[position:]]
        self._offset += position
        return _concatenated(data, found)

    def _search(self, data: bytes, position: int) -> int:
        """Where to go on: at a valid header, or at the last bytes, of which a header may still come."""
        found = find_header(data, position)
        if found == UNKNOWN:
            return max(position, len(data) - HEADER + 1)
        self._note(self._lost_from, self._offset + found)
        self._lost_from = UNKNOWN
        return found

    def _walk(self, data: bytes, position: int) -> tuple[Records, int]:
        """Records up to the end of `data` or an invalid header, and where to go on."""
        walked, stop, invalid = self._headers(data, position)
        sound = _are_sound(walked)
        for index in np.flatnonzero(~sound).tolist():
            start = int(walked.starts[index]) - HEADER
            end = start + HEADER + int(walked.sizes[index]) + FOOTER
            if invalid and end == stop:
                stop = start  # it does not end where it says: what follows may begin inside it
            elif end + HEADER > len(data):
                self._suspect = Skipped(self._offset + start, end - start)
                stop, self._wanted = start, end - start + HEADER
            else:
                self._note(self._offset + start, self._offset + end)
        if invalid:
            self._lost_from = self._offset + stop
            stop += 1
        return Records(data, walked.starts[sound], walked.sizes[sound]), stop

    def _headers(self, data: bytes, position: int) -> tuple[Records, int, bool]:
        """The chain of payloads; where it stops, and whether by an invalid header."""
        starts: list[int] = []
        sizes: list[int] = []
        invalid = False
        self._wanted = HEADER
        known = self._sizes_of_headers  # few sizes, many records: most headers were checked before
        length = len(data)
        while (start := position + HEADER) <= length:
            header = data[position:start]
            size = known.get(header, UNKNOWN)
            if size == UNKNOWN:
                if not _is_header(header):
                    invalid = True
                    break
                size = known[header] = int.from_bytes(header[:8], "little")
            end = start + size + FOOTER
            if end > length:
                self._wanted = end - position
                break
            starts.append(start)
            sizes.append(size)
            position = end
        return (
            Records(data, np.array(starts, dtype=np.int64), np.array(sizes, dtype=np.int64)),
            position,
            invalid,
        )

    def _note(self, start: int, end: int) -> None:
        _add(self._skipped, Skipped(start, end - start))


def _are_sound(records: Records) -> NDArray[np.bool_]:
    """(n,) whether each payload agrees with its checksum."""
    if not len(records):
        return np.zeros(0, dtype=bool)
    data, ends = records.data, records.starts + records.sizes
    places = zip(records.starts.tolist(), ends.tolist(), strict=True)
    crcs = np.array([google_crc32c.value(data[start:end]) for start, end in places], dtype=np.uint32)
    masked = (crcs >> np.uint32(15) | crcs << np.uint32(17)) + np.uint32(MASK_DELTA)  # wraps, as it should
    octets = np.frombuffer(data, dtype=np.uint8)
    footers = np.lib.stride_tricks.sliding_window_view(octets, FOOTER)[ends]
    return np.asarray(footers.view("<u4").ravel() == masked)


def _concatenated(data: bytes, parts: list[Records]) -> Records:
    if len(parts) == 1:
        return parts[0]
    none = np.zeros(0, dtype=np.int64)
    return Records(
        data,
        np.concatenate([none, *(part.starts for part in parts)]),
        np.concatenate([none, *(part.sizes for part in parts)]),
    )


def _add(parts: list[Skipped], part: Skipped) -> None:
    """One more; as one with the last, where they touch."""
    if parts and parts[-1].offset + parts[-1].size_bytes == part.offset:
        last = parts.pop()
        part = Skipped(last.offset, last.size_bytes + part.size_bytes)
    parts.append(part)


def _is_header(header: bytes) -> bool:
    return masked_crc(header[:8]) == int.from_bytes(header[8:], "little")


def find_header(data: bytes, start: int) -> int:
    """The first offset from `start` on where a valid header of a record that is not empty lies; -1 if none."""
    for begin in range(start, len(data) - HEADER + 1, SEARCHED_BYTES):
        octets = np.frombuffer(data[begin : begin + SEARCHED_BYTES + HEADER - 1], dtype=np.uint8)
        windows = np.lib.stride_tricks.sliding_window_view(octets, 8)[: len(octets) - HEADER + 1]
        lengths = np.ascontiguousarray(windows).view("<u8").ravel()  # at every byte
        for candidate in np.flatnonzero((lengths > 0) & (lengths < LONGEST)).tolist():
            place = begin + candidate
            if _is_header(data[place : place + HEADER]):
                return int(place)
    return UNKNOWN
