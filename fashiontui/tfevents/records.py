"""TFRecord framing: how event files are cut into records.

A record is its length (u64), a masked CRC-32C of those 8 bytes, the payload, a masked CRC-32C of the payload; all
little-endian. Format: https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.tfevents.checksums import MOST_COLUMNS, crcs_of, crcs_of_rows, masked, masked_crc

HEADER: Final = 12  # bytes: length and its checksum
FOOTER: Final = 4  # bytes: the payload's checksum
LONGEST: Final = 2**31  # a protobuf can't be longer; looked for only when searching after damage
SEARCHED_BYTES: Final = 1 << 16  # at once
UNKNOWN: Final = -1
WALKED: Final = 128  # records one by one, before it is seen whether their sizes repeat
LONGEST_CYCLE: Final = 32  # records after which sizes repeat, as where some tags take turns
FEWEST_ROWS: Final = 64  # records of one size below which checksums one by one are as quick

Indices = NDArray[np.int64]


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
        parts: list[Records] = []
        while True:
            walked, position, stop = self._step(data, position)
            parts.append(walked)
            if stop is not None:
                return _concatenated(data, parts), position, stop is _Stop.INVALID
            repeated, position = _repeated(walked, position)
            parts.append(repeated)

    def _step(self, data: bytes, position: int) -> tuple[Records, int, _Stop | None]:
        """The next few, one by one; None if there may be more."""
        starts: list[int] = []
        sizes: list[int] = []
        stop = None
        self._wanted = HEADER
        known = self._sizes_of_headers  # few sizes, many records: most headers were checked before
        length = len(data)
        while len(starts) < WALKED:
            start = position + HEADER
            if start > length:
                stop = _Stop.TORN
                break
            header = data[position:start]
            size = known.get(header, UNKNOWN)
            if size == UNKNOWN:
                if not _is_header(header):
                    stop = _Stop.INVALID
                    break
                size = known[header] = int.from_bytes(header[:8], "little")
            end = start + size + FOOTER
            if end > length:
                self._wanted = end - position
                stop = _Stop.TORN
                break
            starts.append(start)
            sizes.append(size)
            position = end
        walked = Records(data, np.array(starts, dtype=np.int64), np.array(sizes, dtype=np.int64))
        return walked, position, stop

    def _note(self, start: int, end: int) -> None:
        _add(self._skipped, Skipped(start, end - start))


class _Stop(Enum):
    """Why a chain of records goes no further."""

    TORN = auto()
    INVALID = auto()


def _repeated(walked: Records, position: int) -> tuple[Records, int]:
    """The records behind `walked`, as long as their sizes repeat its last ones; and where to go on.

    Their headers are equal to those of records that were walked, byte by byte, and as sound.
    """
    cycle = _cycle(walked.sizes)
    sizes = walked.sizes[len(walked) - cycle :]
    whole = sizes + HEADER + FOOTER
    offsets = np.cumsum(whole) - whole
    span = int(whole.sum())
    count = (len(walked.data) - position) // span if cycle else 0
    for start, offset in zip(walked.starts[len(walked) - cycle :].tolist(), offsets.tolist(), strict=True):
        count = min(count, _equal_headers(walked.data, start - HEADER, position + offset, span, count))
    starts = (position + HEADER + span * np.arange(count)[:, None] + offsets).ravel()
    return Records(walked.data, starts, np.tile(sizes, count)), position + span * count


def _cycle(sizes: Indices) -> int:
    """After how many records the last sizes repeat; 0 if they don't."""
    last = sizes.tolist()[-2 * LONGEST_CYCLE :]
    recent = last[LONGEST_CYCLE:]
    for cycle in range(1, LONGEST_CYCLE + 1):
        if recent == last[LONGEST_CYCLE - cycle : -cycle]:
            return cycle
    return 0


def _equal_headers(data: bytes, model: int, start: int, span: int, count: int) -> int:
    """How many of `count` headers, each `span` bytes from the last, are equal to the one at `model`."""
    if not count:  # where none has room, the first would be behind the end
        return 0
    equal = np.ones(count, dtype=bool)
    for dtype, place in (("<u8", 0), ("<u4", 8)):
        wanted = np.frombuffer(data, dtype, 1, model + place)
        equal &= np.ndarray((count,), dtype, data, start + place, (span,)) == wanted
    return count if equal.all() else int(equal.argmin())


def _are_sound(records: Records) -> NDArray[np.bool_]:
    """(n,) whether each payload agrees with its checksum."""
    sound = np.zeros(len(records), dtype=bool)
    if not len(records):
        return sound
    octets = np.frombuffer(records.data, dtype=np.uint8)
    ends = records.starts + records.sizes
    footers = np.lib.stride_tricks.sliding_window_view(octets, FOOTER)[ends].view("<u4").ravel()
    for chosen in of_one_size(records):
        size = int(records.sizes[chosen[0]])
        if len(chosen) >= FEWEST_ROWS and 0 < size <= MOST_COLUMNS:
            crcs = crcs_of_rows(rows_of(records, chosen))
        else:
            crcs = crcs_of([records.payload(index) for index in chosen.tolist()])
        sound[chosen] = masked(crcs) == footers[chosen]
    return sound


def of_one_size(records: Records) -> list[Indices]:
    """The indices of all records, put together by size; ascending within each part."""
    order = np.argsort(records.sizes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(records.sizes[order])) + 1)


def rows_of(records: Records, chosen: Indices) -> NDArray[np.uint8]:
    """The payloads of records of one size: (n,) → (n, size)."""
    size = int(records.sizes[chosen[0]])
    if not size:
        return np.zeros((len(chosen), 0), dtype=np.uint8)
    octets = np.frombuffer(records.data, dtype=np.uint8)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(octets, size)[records.starts[chosen]])


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
