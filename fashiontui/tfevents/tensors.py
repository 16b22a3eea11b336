"""Tensors as event files hold them: `TensorProto`, tensorflow/core/framework/tensor.proto."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.tfevents.message import Message

DTYPE: Final = 1
SHAPE: Final = 2
CONTENT: Final = 4
FLOAT_VAL: Final = 5
DOUBLE_VAL: Final = 6
INT_VAL: Final = 7
STRING_VAL: Final = 8
INT64_VAL: Final = 10
BOOL_VAL: Final = 11
HALF_VAL: Final = 13
UINT32_VAL: Final = 16
UINT64_VAL: Final = 17
MOST_REPEATED: Final = 2**22  # places a short list of values is stretched to

DT_FLOAT: Final = 1
DT_DOUBLE: Final = 2
DT_STRING: Final = 7
DT_BFLOAT16: Final = 14
DT_HALF: Final = 19

CONTENT_TYPES: Final = {
    DT_FLOAT: "<f4",
    DT_DOUBLE: "<f8",
    3: "<i4",
    4: "<u1",
    5: "<i2",
    6: "<i1",
    9: "<i8",
    10: "?",
    DT_BFLOAT16: "<u2",
    17: "<u2",
    DT_HALF: "<f2",
    22: "<u4",
    23: "<u8",
}
VALUE_FIELDS: Final = {
    3: INT_VAL,
    4: INT_VAL,
    5: INT_VAL,
    6: INT_VAL,
    9: INT64_VAL,
    10: BOOL_VAL,
    DT_BFLOAT16: HALF_VAL,
    17: INT_VAL,
    DT_HALF: HALF_VAL,
    22: UINT32_VAL,
    23: UINT64_VAL,
}

Numbers = NDArray[np.float64]


def shape_of(tensor: Message) -> tuple[int, ...]:
    """Its dimensions; () for a single number."""
    return tuple(dim.signed(1) for dim in tensor.message(SHAPE).messages(2))


def numbers(tensor: Message) -> Numbers | None:
    """A tensor of numbers as float64; None if it holds anything else, or not as much as its shape says.

    Where fewer values are given than the shape has places, the last one stands for the rest.
    """
    dtype, shape = tensor.unsigned(DTYPE), shape_of(tensor)
    if dtype not in CONTENT_TYPES or any(size < 0 for size in shape):
        return None
    count = math.prod(shape)
    values = _content(tensor, dtype) if tensor.octets(CONTENT) else _listed(tensor, dtype)
    if values is None or values.size > count or (values.size == 0 and count > 0):
        return None
    if values.size < count > MOST_REPEATED:
        return None
    filled = np.concatenate([values, np.repeat(values[-1:], count - values.size)])
    return filled.reshape(shape)


def _content(tensor: Message, dtype: int) -> Numbers | None:
    octets, kind = tensor.octets(CONTENT), np.dtype(CONTENT_TYPES[dtype])
    if len(octets) % kind.itemsize:
        return None
    return _as_float(np.frombuffer(octets, kind), dtype)


def _listed(tensor: Message, dtype: int) -> Numbers:
    readers: Mapping[int, Callable[[], Numbers]] = {
        DT_FLOAT: lambda: tensor.floats(FLOAT_VAL),
        DT_DOUBLE: lambda: tensor.doubles(DOUBLE_VAL),
    }
    if dtype in readers:
        return readers[dtype]()
    kind = np.dtype(CONTENT_TYPES[dtype])
    words = np.array(tensor.varints(VALUE_FIELDS[dtype]), dtype=np.uint64)
    if dtype == DT_HALF:  # the bits of each, in a number of its own
        return _as_float(words.astype(np.uint16).view(np.float16), dtype)
    return _as_float(words.view(np.int64).astype(kind) if kind.kind == "i" else words.astype(kind), dtype)


def _as_float(values: NDArray[np.generic], dtype: int) -> Numbers:
    if dtype == DT_BFLOAT16:  # the upper half of a float
        return (values.astype(np.uint32) << 16).view(np.float32).astype(np.float64)
    return values.astype(np.float64)


def strings(tensor: Message) -> list[bytes]:
    """The elements of a tensor of strings; none if it is of anything else."""
    return tensor.all_octets(STRING_VAL) if tensor.unsigned(DTYPE) == DT_STRING else []
