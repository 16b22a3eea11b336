"""TensorProto → numpy: TensorFlow 2 and Keras keep scalars, histograms and texts as tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fashiontui.tfevents import wire

STRING, BFLOAT16, HALF = 7, 14, 19
NUMPY_TYPES = {
    1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 9: "<i8", 10: "?", 17: "<u2", 19: "<f2", 22: "<u4", 23: "<u8",
}  # fmt: skip
PACKED = {5: "<f4", 6: "<f8"}  # float_val, double_val; all other lists of numbers are varints
VARINT_LISTS = {7, 10, 11, 13, 16, 17}  # int_val, int64_val, bool_val, half_val, uint32_val, uint64_val
STRING_VAL, CONTENT, SHAPE = 8, 4, 2


def decode(data: bytes) -> NDArray[Any] | list[bytes]:
    """A tensor's numbers in its shape, or its strings. ValueError for types that hold neither."""
    kind, shape, content = 0, [], b""
    numbers: list[float] = []
    strings: list[bytes] = []
    for number, _, value in wire.fields(data):
        if number == 1 and isinstance(value, int):
            kind = value
        elif isinstance(value, int):
            numbers.append(wire.signed(value))
        elif number == SHAPE:
            shape = list(_dimensions(value))
        elif number == CONTENT:
            content = value
        elif number == STRING_VAL:
            strings.append(value)
        elif number in PACKED:
            numbers.extend(np.frombuffer(value, PACKED[number]).tolist())
        elif number in VARINT_LISTS:
            numbers.extend(_varints(value))
    if kind == STRING:
        return strings
    return _shaped(_values(kind, content, numbers), shape)


def _dimensions(data: bytes) -> Iterator[int]:
    for number, _, dimension in wire.fields(data):
        if number == SHAPE and isinstance(dimension, bytes):
            sizes = [value for key, _, value in wire.fields(dimension) if key == 1 and isinstance(value, int)]
            yield sizes[0] if sizes else 0


def _varints(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = wire.varint(data, at)
        yield wire.signed(value)


def _values(kind: int, content: bytes, numbers: list[float]) -> NDArray[Any]:
    if kind == BFLOAT16:  # the upper half of a float32
        halves = np.frombuffer(content, "<u2") if content else np.array(numbers, "<u2")
        return (halves.astype("<u4") << 16).view("<f4")
    if kind not in NUMPY_TYPES:
        raise ValueError(f"tensor of type {kind}")
    if content:
        return np.frombuffer(content, NUMPY_TYPES[kind])
    if kind == HALF:  # half_val holds bit patterns
        return np.array(numbers, "<u2").view("<f2")
    return np.array(numbers, NUMPY_TYPES[kind])


def _shaped(values: NDArray[Any], shape: list[int]) -> NDArray[Any]:
    size = int(np.prod(shape)) if shape else 1
    if len(values) == 1 and size > 1:  # one number may stand for all
        values = np.repeat(values, size)
    return values.reshape(shape) if shape else values
