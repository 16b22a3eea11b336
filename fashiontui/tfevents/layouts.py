"""Decodes scalars many at once.

A program that logs curves writes the same record over and over: only the time, the step and the values differ. So one
record of a kind is parsed; its layout says where those lie and what all other bytes are. Records of the same size
that agree with it in all other bytes would parse in the same way, so their numbers are read as columns. Whatever agrees
with no layout is left for the general decoder: there is no guess in this.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.tfevents import events, tensors
from fashiontui.tfevents.message import Message
from fashiontui.tfevents.records import Indices, Records, of_one_size, rows_of
from fashiontui.tfevents.wire import BYTES, FIXED32, FIXED64, VARINT, Field, WireError, fields

Rows = NDArray[np.uint8]  # (n, size): payloads of one size
IsScalar = Callable[[str], bool]

FEWEST: Final = 16  # records below which columns don't pay
WORD_BYTES: Final = 8
FEW_KINDS: Final = 8  # told apart by comparing all with the first of each; more, by their hashes
ROUNDS: Final = 8  # layouts of different masks tried per size, before the rest goes to the general decoder


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a tag's value lies, and its numpy type."""

    tag: str
    start: int
    dtype: str


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The places of what differs between records of one kind."""

    mask: NDArray[np.uint8]  # (size,) the bits that all records share
    wall_time: int | None  # a double
    step: tuple[int, int] | None  # a varint: start and end
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Points of one tag."""

    tag: str
    records: Indices  # (n,) which records they are from, ascending
    steps: NDArray[np.int64]
    wall_times: NDArray[np.float64]
    values: NDArray[np.float64]


def split(records: Records, is_scalar: IsScalar) -> tuple[list[Column], Indices]:
    """The scalars that lie in regular records, and the indices of all other records, ascending.

    `is_scalar` tells whether a tag is known to hold curves; tensors of other tags are not touched.
    """
    columns: list[Column] = []
    others: list[Indices] = []
    for same_size in of_one_size(records):
        if len(same_size) < FEWEST:
            others.append(same_size)
        else:
            found, rest = _split_same_size(rows_of(records, same_size), same_size, is_scalar)
            columns += found
            others.append(rest)
    return columns, np.sort(np.concatenate(others))


def _split_same_size(rows: Rows, indices: Indices, is_scalar: IsScalar) -> tuple[list[Column], Indices]:
    columns: list[Column] = []
    others: list[Indices] = []
    for _ in range(ROUNDS):
        if len(rows) < FEWEST:
            break
        layout = learn(rows[0].tobytes(), is_scalar)
        if layout is None:
            others.append(indices[:1])
            rows, indices = rows[1:], indices[1:]
            continue
        rest = np.ones(len(rows), dtype=bool)
        for members in _kinds(rows, layout.mask):
            kind = learn(rows[members[0]].tobytes(), is_scalar)
            if kind is not None and np.array_equal(kind.mask, layout.mask):
                columns += _columns(rows[members], indices[members], kind)
                rest[members] = False
        rows, indices = rows[rest], indices[rest]
    return columns, np.concatenate([*others, indices])


def _kinds(rows: Rows, mask: NDArray[np.uint8]) -> list[Indices]:
    """The rows that are equal under the mask, ascending; a row that a collision of hashes hides is in none of them."""
    words = np.zeros(
        (-(-rows.shape[1] // WORD_BYTES), len(rows)), dtype=np.uint64
    )  # eight bytes of each row at once
    octets = words.view(np.uint8).reshape(len(words), len(rows), WORD_BYTES)
    for place in range(0, rows.shape[1], WORD_BYTES):
        part = rows[:, place : place + WORD_BYTES]
        np.bitwise_and(
            part, mask[place : place + WORD_BYTES], out=octets[place // WORD_BYTES, :, : part.shape[1]]
        )
    kinds: list[Indices] = []
    waiting = np.arange(len(rows))
    while len(waiting) and len(kinds) < FEW_KINDS:
        equal = _equal(words, waiting, waiting[0])
        kinds.append(waiting[equal])
        waiting = waiting[~equal]
    return kinds + (_many_kinds(words, waiting) if len(waiting) else [])


def _equal(words: NDArray[np.uint64], chosen: Indices, models: Indices | np.int64) -> NDArray[np.bool_]:
    """(n,) whether each of the chosen is equal to its model."""
    differs = np.zeros(len(chosen), dtype=np.uint64)
    for word in words:
        differs |= word[chosen] ^ word[models]
    return np.asarray(differs == 0)


def _many_kinds(words: NDArray[np.uint64], chosen: Indices) -> list[Indices]:
    _, firsts, kinds = np.unique(_hash(words[:, chosen]), return_index=True, return_inverse=True)
    kinds = kinds.ravel()
    order = np.argsort(kinds, kind="stable")
    agrees = _equal(words, chosen, chosen[firsts[kinds]])
    groups = np.split(order, np.cumsum(np.bincount(kinds))[:-1])
    return [chosen[group[agrees[group]]] for group in groups]


def _hash(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    factors = np.random.default_rng(0).integers(0, 2**63, (len(words), 1), dtype=np.uint64) * 2 + 1
    mixed = words * factors
    return np.asarray((mixed ^ mixed >> np.uint64(29)).sum(axis=0, dtype=np.uint64))


def _columns(rows: Rows, indices: Indices, layout: Layout) -> list[Column]:
    steps = np.zeros(len(rows), dtype=np.int64) if layout.step is None else _varints(rows, *layout.step)
    wall_times = np.zeros(len(rows)) if layout.wall_time is None else _numbers(rows, layout.wall_time, "<f8")
    return [
        Column(slot.tag, indices, steps, wall_times, _numbers(rows, slot.start, slot.dtype))
        for slot in layout.slots
    ]


def _numbers(rows: Rows, start: int, dtype: str) -> NDArray[np.float64]:
    octets = np.ascontiguousarray(rows[:, start : start + np.dtype(dtype).itemsize])
    return octets.view(dtype).ravel().astype(np.float64)


def _varints(rows: Rows, start: int, end: int) -> NDArray[np.int64]:
    value = np.zeros(len(rows), dtype=np.uint64)
    for place in range(start, end):
        value |= (rows[:, place] & np.uint8(0x7F)).astype(np.uint64) << np.uint64(7 * (place - start))
    return value.view(np.int64)


def learn(payload: bytes, is_scalar: IsScalar) -> Layout | None:
    """The layout of a record, if it is an event of nothing but scalars, each thing said once."""
    try:
        found = {field.number: field for field in fields(payload, 0, len(payload))}
        count = sum(1 for _ in fields(payload, 0, len(payload)))
        slots = _slots(payload, found, is_scalar) if len(found) == count else None
    except WireError:
        return None
    if slots is None:
        return None
    mask = np.full(len(payload), 0xFF, dtype=np.uint8)
    for slot in slots:
        mask[slot.start : slot.start + np.dtype(slot.dtype).itemsize] = 0
    wall_time, step = found.get(1), found.get(2)
    if wall_time is not None:
        mask[wall_time.start : wall_time.end] = 0
    if step is not None:
        mask[step.start : step.end] = 0x80  # whether a number goes on: its size is the layout's
    return Layout(
        mask,
        wall_time and wall_time.start,
        (step.start, step.end) if step is not None else None,
        tuple(slots),
    )


def _slots(payload: bytes, event: dict[int, Field], is_scalar: IsScalar) -> list[Slot] | None:
    kinds = {number: field.kind for number, field in event.items()}
    if (
        events.SUMMARY not in kinds
        or not kinds.items() <= {1: FIXED64, 2: VARINT, events.SUMMARY: BYTES}.items()
    ):
        return None
    slots: list[Slot] = []
    for value in fields(payload, event[events.SUMMARY].start, event[events.SUMMARY].end):
        slot = _slot(payload, value, is_scalar) if (value.number, value.kind) == (1, BYTES) else None
        if slot is None:
            return None
        slots.append(slot)
    return slots or None


def _slot(payload: bytes, value: Field, is_scalar: IsScalar) -> Slot | None:
    inner = list(fields(payload, value.start, value.end))
    found = {field.number: field for field in inner}
    name = found.get(events.TAG)
    if name is None or name.kind != BYTES or name.start == name.end or len(found) != len(inner):
        return None
    tag = payload[name.start : name.end].decode("utf-8", errors="replace")
    simple, tensor = found.get(events.SIMPLE_VALUE), found.get(events.TENSOR)
    if set(found) == {events.TAG, events.SIMPLE_VALUE} and simple is not None and simple.kind == FIXED32:
        return Slot(tag, simple.start, "<f4")
    more = set(found) - {events.TAG, events.TENSOR}
    if tensor is not None and tensor.kind == BYTES and more <= {events.METADATA} and is_scalar(tag):
        return _tensor_slot(payload, tensor, tag)
    return None


def _tensor_slot(payload: bytes, tensor: Field, tag: str) -> Slot | None:
    """A single float or double, in either of the two ways."""
    inner = list(fields(payload, tensor.start, tensor.end))
    found = {field.number: field for field in inner}
    whole = tensors.numbers(Message(payload, tensor.start, tensor.end))
    if whole is None or whole.size != 1 or len(found) != len(inner):
        return None
    for number in (tensors.CONTENT, tensors.FLOAT_VAL, tensors.DOUBLE_VAL):
        if set(found) <= {tensors.DTYPE, tensors.SHAPE, number} and number in found:
            dtype = {4: "<f4", 8: "<f8"}.get(found[number].end - found[number].start)
            kind = {tensors.DT_FLOAT: "<f4", tensors.DT_DOUBLE: "<f8"}.get(
                payload[found[tensors.DTYPE].start]
            )
            return Slot(tag, found[number].start, dtype) if dtype is not None and dtype == kind else None
    return None
