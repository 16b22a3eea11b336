"""A protobuf message, read without its schema: the caller knows the numbers of the fields it wants.

As protobuf does: the last of a repeated plain field counts, parts of a message merge, a field in an unexpected
encoding is as good as absent, repeated numbers may be packed or not.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fashiontui.tfevents.wire import BYTES, FIXED32, FIXED64, VARINT, WORD, Field, fields, read_varint


class Message:
    """The fields of `data[start:end]`. Raises WireError if that is no message."""

    def __init__(self, data: bytes, start: int = 0, end: int | None = None) -> None:
        self._data = data
        self._fields = list(fields(data, start, len(data) if end is None else end))

    def _all(self, number: int, *kinds: int) -> list[Field]:
        return [field for field in self._fields if field.number == number and field.kind in kinds]

    def has(self, number: int, kind: int) -> bool:
        """Whether the field is there at all."""
        return any(field.number == number and field.kind == kind for field in self._fields)

    def last_of(self, oneof: Mapping[int, int]) -> int | None:
        """Which of several fields (number → encoding), of which only the last counts, is set."""
        for field in reversed(self._fields):
            if oneof.get(field.number) == field.kind:
                return field.number
        return None

    def unsigned(self, number: int) -> int:
        """An unsigned number or enum; 0 if absent."""
        found = self._all(number, VARINT)
        return read_varint(self._data, found[-1].start, found[-1].end)[0] if found else 0

    def signed(self, number: int) -> int:
        """An int32 or int64; 0 if absent."""
        value = self.unsigned(number)
        return value - WORD if value >= WORD // 2 else value

    def float64(self, number: int) -> float:
        """A double; 0 if absent."""
        found = self._all(number, FIXED64)
        return float(np.frombuffer(self._data, "<f8", 1, found[-1].start)[0]) if found else 0.0

    def float32(self, number: int) -> float:
        """A float; 0 if absent."""
        found = self._all(number, FIXED32)
        return float(np.frombuffer(self._data, "<f4", 1, found[-1].start)[0]) if found else 0.0

    def octets(self, number: int) -> bytes:
        """A bytes field; empty if absent."""
        return self.all_octets(number)[-1] if self.has(number, BYTES) else b""

    def all_octets(self, number: int) -> list[bytes]:
        """A repeated bytes or string field."""
        return [self._data[field.start : field.end] for field in self._all(number, BYTES)]

    def text(self, number: int) -> str:
        """A string; what is not UTF-8 is replaced, for names from foreign files need not be."""
        return self.octets(number).decode("utf-8", errors="replace")

    def message(self, number: int) -> Message:
        """A message within; an empty one if absent."""
        found = self._all(number, BYTES)
        if len(found) == 1:
            return Message(self._data, found[0].start, found[0].end)
        return Message(b"".join(self.all_octets(number)))

    def messages(self, number: int) -> list[Message]:
        """A repeated message."""
        return [Message(self._data, field.start, field.end) for field in self._all(number, BYTES)]

    def doubles(self, number: int) -> NDArray[np.float64]:
        """A repeated double."""
        return self._numbers(self._all(number, FIXED64, BYTES), "<f8")

    def floats(self, number: int) -> NDArray[np.float64]:
        """A repeated float."""
        return self._numbers(self._all(number, FIXED32, BYTES), "<f4")

    def _numbers(self, found: list[Field], dtype: str) -> NDArray[np.float64]:
        size = np.dtype(dtype).itemsize
        parts = [
            np.frombuffer(self._data, dtype, (field.end - field.start) // size, field.start)
            for field in found
        ]
        return np.concatenate(parts).astype(np.float64) if parts else np.zeros(0)

    def varints(self, number: int) -> list[int]:
        """A repeated whole number, as unsigned 64 bits."""
        values: list[int] = []
        for field in self._all(number, VARINT, BYTES):
            position = field.start
            while position < field.end:
                value, position = read_varint(self._data, position, field.end)
                values.append(value)
        return values
