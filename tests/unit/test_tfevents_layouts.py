"""The fast way must say what the general decoder says, record by record, or nothing."""

from __future__ import annotations

import random

import numpy as np
import pytest
from support.event_logs import scalar, tensor_event, version
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.util.tensor_util import make_tensor_proto

from fashiontui.tfevents.events import decode_event
from fashiontui.tfevents.layouts import learn, split
from fashiontui.tfevents.points import ScalarPoint
from fashiontui.tfevents.records import RecordSplitter, frame

PLUGINS = {"keras": "scalars", "curve": "pr_curves"}


def records_of(payloads):
    return RecordSplitter().feed(b"".join(map(frame, payloads)))


def is_scalar(tag):
    return PLUGINS.get(tag) == "scalars"


def fast(payloads):
    """Points by record, in the order of tags; and which records were left."""
    columns, others = split(records_of(payloads), is_scalar)
    found = {}
    for column in columns:
        rows = zip(column.records, column.steps, column.wall_times, column.values, strict=True)
        for record, step, wall_time, value in rows:
            point = (column.tag, repr(ScalarPoint(int(step), float(wall_time), float(value))))
            found.setdefault(int(record), []).append(point)
    return found, others.tolist()


def general(payload):
    return [(tag, repr(point)) for tag, point in decode_event(payload, dict(PLUGINS)).points]


def random_event(rng):
    step, wall_time = rng.choice([0, 1, 127, 128, 70_000, -1, 2**62]), rng.choice([0.0, 1e9, rng.random()])
    kind = rng.randrange(8)
    if kind <= 3:
        event = scalar(
            step, rng.choice(["loss", "lass", "accuracy"]), rng.choice([0.0, rng.random(), np.nan]), wall_time
        )
        for _ in range(rng.choice([0, 0, 2])):
            event.summary.value.add(tag=rng.choice(["loss", "more"]), simple_value=rng.random())
        return event
    tensors = [
        make_tensor_proto(rng.random()),
        make_tensor_proto(np.array(rng.random())),
        TensorProto(dtype=1, float_val=[rng.random()]),
        TensorProto(dtype=2, double_val=[rng.random()]),
        make_tensor_proto(rng.randrange(9)),
        make_tensor_proto([1.0, 2.0]),
    ]
    if kind <= 6:
        return tensor_event(
            abs(step) % 300, rng.choice(["keras", "curve"]), rng.choice(tensors), rng.choice(["", "scalars"])
        )
    return rng.choice(
        [version(), Event(step=step), Event(wall_time=wall_time, graph_def=b"\x0a\x08longgraph")]
    )


@pytest.mark.parametrize("seed", range(8))
def test_the_fast_way_agrees_with_the_general_decoder(seed):
    rng = random.Random(seed)
    kinds = [random_event(rng) for _ in range(12)]
    payloads = []
    for _ in range(600):
        event = Event()
        event.CopyFrom(rng.choice(kinds))
        if rng.random() < 0.7 and event.HasField("summary") and event.step:
            event.wall_time += rng.random()
        payloads.append(event.SerializeToString())
    found, others = fast(payloads)
    assert sorted(found.keys() | set(others)) == list(range(len(payloads)))
    assert not found.keys() & set(others)
    for index, points in found.items():
        assert sorted(points) == sorted(general(payloads[index]))


def test_regular_records_do_take_the_fast_way():
    payloads = [scalar(step, f"tag/{step % 7}", step / 3).SerializeToString() for step in range(1, 2000)]
    payloads += [
        tensor_event(step, "keras", make_tensor_proto(step / 3), "scalars").SerializeToString()
        for step in range(1, 500)
    ]
    found, others = fast(payloads)
    assert len(found) > 0.98 * len(payloads)
    assert all(found[index] == general(payloads[index]) for index in found)
    assert len(found) + len(others) == len(payloads)


def test_many_tags_of_one_length():
    payloads = [
        scalar(step, f"t/{step * 7 % 90:02}", step / 3).SerializeToString() for step in range(1, 4000)
    ]
    found, others = fast(payloads)
    assert len(found) > 0.98 * len(payloads)
    assert all(found[index] == general(payloads[index]) for index in found)
    assert len(found) + len(others) == len(payloads)


def test_values_of_one_event_stay_in_order():
    event = scalar(1, "a", 1.0)
    event.summary.value.add(tag="a", simple_value=2.0)
    columns, _ = split(records_of([event.SerializeToString()] * 20), is_scalar)
    assert [(column.tag, column.values[0]) for column in columns] == [("a", 1.0), ("a", 2.0)]


def test_payloads_that_differ_where_it_matters_are_not_taken_for_each_other():
    plain = scalar(5, "loss", 1.0).SerializeToString()
    for at in range(len(plain)):
        for bit in (1, 0x80):
            other = bytearray(plain)
            other[at] ^= bit
            found, _ = fast([plain] * 20 + [bytes(other)] * 20)
            for index, points in found.items():
                assert points == general(plain if index < 20 else bytes(other)), (at, bit)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x80",
        version().SerializeToString(),
        Event(step=3).SerializeToString(),
        scalar(1).SerializeToString() * 2,
        tensor_event(1, "curve", make_tensor_proto(1.0)).SerializeToString(),
        tensor_event(1, "unknown", make_tensor_proto(1.0)).SerializeToString(),
        tensor_event(1, "keras", make_tensor_proto([1.0, 2.0])).SerializeToString(),
        tensor_event(1, "keras", make_tensor_proto(3)).SerializeToString(),
    ],
)
def test_no_layout_is_learnt_of_other_records(payload):
    assert learn(payload, is_scalar) is None


def test_empty_payloads_are_left():
    assert fast([b""] * 30) == ({}, list(range(30)))


@pytest.mark.parametrize(
    ("dtype", "content"), [(3, b"\1\0\0\0"), (9, b"\1\0\0\0\0\0\0\0"), (22, b"\1\0\0\0")]
)
def test_whole_numbers_kept_as_bytes_are_not_taken_for_others(dtype, content):
    tensor = TensorProto(dtype=dtype, tensor_content=content)
    payloads = [tensor_event(step, "keras", tensor, "scalars").SerializeToString() for step in range(1, 40)]
    found, others = fast(payloads)
    assert general(payloads[0])[0][1].endswith("value=1.0)")
    assert all(points == general(payloads[index]) for index, points in found.items())
    assert sorted([*found, *others]) == list(range(39))
