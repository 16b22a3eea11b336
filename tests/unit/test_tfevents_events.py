from __future__ import annotations

import math

import numpy as np
import pytest
from support.event_logs import restart, scalar, tensor_event, version
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.histogram_pb2 import HistogramProto
from tensorboard.compat.proto.summary_pb2 import DATA_CLASS_SCALAR, Summary
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.types_pb2 import DT_BFLOAT16, DT_FLOAT, DT_HALF, DT_STRING
from tensorboard.util.tensor_util import make_ndarray, make_tensor_proto

from fashiontui.tfevents import tensors
from fashiontui.tfevents.events import decode_event
from fashiontui.tfevents.message import Message
from fashiontui.tfevents.points import ImagePoint, ScalarPoint, SessionEnd, SessionStart, TextPoint
from fashiontui.tfevents.wire import WireError

DTYPES = [np.float16, np.float32, np.float64, np.int8, np.uint8, np.int16, np.uint16, np.int32, np.int64, np.uint32,
          np.uint64, bool]  # fmt: skip


def decode(event, plugins=None):
    return decode_event(event.SerializeToString(), {} if plugins is None else plugins)


def only_point(event, plugins=None):
    ((_, point),) = decode(event, plugins).points
    return point


def test_plain_scalars():
    event = scalar(7, "a", 0.1, 5.25)
    event.summary.value.add(tag="b", simple_value=math.inf)
    assert decode(event).points == (
        ("a", ScalarPoint(7, 5.25, float(np.float32(0.1)))),
        ("b", ScalarPoint(7, 5.25, math.inf)),
    )


@pytest.mark.parametrize("step", [0, 1, 127, 128, 2**31, 2**63 - 1, -1, -(2**63)])
def test_steps_of_all_sizes(step):
    assert decode(scalar(step)).step == step


def test_words_about_the_file():
    assert decode(version(2)).version == 2
    assert decode(Event(file_version="nonsense")).version == -1
    assert decode(restart(9)).restarts
    assert not decode(Event(session_log=SessionLog(status=SessionLog.STOP))).restarts
    assert not decode(Event(graph_def=b"\x0a\x00")).has_summary


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_number_kept_as_a_tensor(dtype):
    tensor = make_tensor_proto(np.array(1, dtype))
    assert only_point(tensor_event(3, "t", tensor, "scalars")) == ScalarPoint(3, 1e9 + 3, 1.0)


@pytest.mark.parametrize(
    ("field", "dtype", "number", "value"),
    [
        ("float_val", 1, 0.5, 0.5),
        ("double_val", 2, -0.1, -0.1),
        ("int_val", 3, -5, -5.0),
        ("int64_val", 9, -(2**40), -float(2**40)),
        ("uint32_val", 22, 2**32 - 1, float(2**32 - 1)),
        ("uint64_val", 23, 2**53, float(2**53)),
        ("bool_val", 10, True, 1.0),
        ("half_val", DT_HALF, int(np.float16(1.5).view(np.uint16)), 1.5),
        ("half_val", DT_BFLOAT16, 0x3FC0, 1.5),
    ],
)
def test_a_number_kept_in_a_list_of_its_type(field, dtype, number, value):
    tensor = TensorProto(dtype=dtype)
    getattr(tensor, field).append(number)
    assert only_point(tensor_event(1, "t", tensor, "scalars")).value == value
    if field not in {"uint32_val", "uint64_val"} and dtype != DT_BFLOAT16:  # TensorBoard can't
        assert float(make_ndarray(tensor).item()) == value


def test_bfloat16_content():
    tensor = TensorProto(dtype=DT_BFLOAT16, tensor_content=b"\xc0\x3f")
    assert only_point(tensor_event(1, "t", tensor, "scalars")).value == 1.5


def test_only_the_first_event_of_a_tag_names_its_plugin():
    plugins = {}
    number, strings = make_tensor_proto(2.0), make_tensor_proto([b"hello"], dtype=DT_STRING)
    decode(tensor_event(0, "s", number, "scalars"), plugins)
    decode(tensor_event(0, "p", number, "pr_curves"), plugins)
    decode(tensor_event(0, "t", strings, "text"), plugins)
    assert only_point(tensor_event(1, "s", number), plugins) == ScalarPoint(1, 1e9 + 1, 2.0)
    assert only_point(tensor_event(1, "t", strings), plugins) == TextPoint(1, 1e9 + 1, ("hello",))
    assert decode(tensor_event(1, "p", number), plugins).points == ()
    assert plugins == {"s": "scalars", "p": "pr_curves", "t": "text"}


def test_a_lone_number_without_metadata_is_a_scalar_and_a_table_is_not():
    assert only_point(tensor_event(1, "t", make_tensor_proto(2.0))).value == 2.0
    assert decode(tensor_event(1, "t", make_tensor_proto([1.0, 2.0]))).points == ()


def test_the_data_class_tells_scalars_of_other_plugins():
    event = tensor_event(1, "t", make_tensor_proto(2.0))
    event.summary.value[0].metadata.data_class = DATA_CLASS_SCALAR
    assert only_point(event).value == 2.0


@pytest.mark.parametrize(
    "tensor",
    [
        TensorProto(dtype=DT_FLOAT, tensor_content=b"\0\0\0"),
        TensorProto(dtype=DT_FLOAT),
        TensorProto(dtype=99, tensor_content=b"\0\0\0\0"),
        TensorProto(dtype=DT_STRING, string_val=[b"1"]),
    ],
)
def test_tensors_that_hold_no_number_give_no_point(tensor):
    assert decode(tensor_event(1, "t", tensor, "scalars")).points == ()


def test_a_shape_without_bounds_takes_no_memory():
    tensor = TensorProto(dtype=DT_FLOAT, float_val=[1.0])
    for _ in range(4):
        tensor.tensor_shape.dim.add(size=2**31)
    assert decode(tensor_event(1, "t", tensor, "histograms")).points == ()


def test_histograms_of_both_kinds_are_alike():
    event = Event(wall_time=1, step=2)
    limits, counts = [-1e308, 0.0, 1.0, 2.0, 1e308], [0, 0, 3, 4, 0]
    event.summary.value.add(
        tag="h", histo=HistogramProto(min=0.25, max=1.75, num=7, bucket_limit=limits, bucket=counts)
    )
    old = only_point(event)
    table = make_tensor_proto(np.array([[0.25, 1.0, 3.0], [1.0, 1.75, 4.0]], np.float32))
    new = only_point(tensor_event(2, "h", table, "histograms"))
    for point in (old, new):
        assert point.lefts.tolist() == [0.25, 1.0]
        assert point.rights.tolist() == [1.0, 1.75]
        assert point.counts.tolist() == [3.0, 4.0]


def test_an_empty_histogram():
    event = Event()
    event.summary.value.add(tag="h", histo=HistogramProto(bucket_limit=[0.0, 1.0], bucket=[0, 0]))
    assert len(only_point(event).counts) == 0


def test_images_of_both_kinds():
    event = Event(wall_time=1, step=2)
    event.summary.value.add(tag="i", image=Summary.Image(width=6, height=4, encoded_image_string=b"png"))
    assert only_point(event) == ImagePoint(2, 1.0, 6, 4, (b"png",))
    tensor = make_tensor_proto([b"6", b"4", b"one", b"two"], dtype=DT_STRING)
    assert only_point(tensor_event(2, "i", tensor, "images")) == ImagePoint(
        2, 1e9 + 2, 6, 4, (b"one", b"two")
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_hparams():
    from torch.utils.tensorboard.summary import hparams

    settings = {"lr": 0.5, "model": "cnn", "norm": True}
    _, start, end = (Event(wall_time=1, summary=summary) for summary in hparams(settings, {"loss": 0.0}))
    assert only_point(start) == SessionStart(0, 1.0, settings, "")
    assert only_point(end) == SessionEnd(0, 1.0, 1)


def test_an_old_writers_tag():
    event = Event()
    event.summary.value.add(node_name="old", tensor=make_tensor_proto(1.0))
    assert decode(event).points[0][0] == "old"


def test_scalars_only():
    event = scalar(1)
    event.summary.value.add(tag="i", image=Summary.Image(encoded_image_string=b"png"))
    payload = event.SerializeToString()
    assert [tag for tag, _ in decode_event(payload, {}, scalars_only=True).points] == ["loss"]


def test_tags_that_are_not_utf8_are_read():
    payload = scalar(1, "tagg").SerializeToString().replace(b"tagg", b"t\xffgg")
    assert decode_event(payload, {}).points[0][0] == "t\ufffdgg"


@pytest.mark.parametrize(
    "payload", [b"\x09\x00", b"\x80", b"\x2a\x05\x0a", b"\x0f", b"\x00\x00", b"\xff" * 12]
)
def test_nonsense_is_refused(payload):
    with pytest.raises(WireError):
        decode_event(payload, {})


def test_every_cut_of_an_event_is_refused_or_read_without_a_crash():
    event = tensor_event(300, "t", make_tensor_proto(np.arange(6.0).reshape(2, 3)), "histograms")
    payload = event.SerializeToString()
    refused = 0
    for cut in range(len(payload)):
        try:
            decode_event(payload[:cut], {})
        except WireError:
            refused += 1
    assert refused > len(payload) // 2


def test_fields_of_the_future_and_groups_are_passed_over():
    group = bytes([0xF3, 0x01, 0x08, 0x05, 0x12, 0x01, 0x61, 0xF4, 0x01])  # field 30: {1: 5, 2: "a"}
    payload = b"\xfa\x3f\x02hi" + group + scalar(4).SerializeToString()
    assert decode_event(payload, {}).points == decode(scalar(4)).points


def test_what_later_events_say_of_a_tag_changes_nothing():
    plugins, number = {}, make_tensor_proto(2.0)
    decode(tensor_event(0, "s", number, "scalars"), plugins)
    later = tensor_event(1, "s", number)
    later.summary.value[0].metadata.summary_description = "in words"
    assert only_point(later, plugins).value == 2.0
    assert plugins == {"s": "scalars"}


@pytest.mark.parametrize(
    ("shape", "values", "expected"),
    [
        ((), [1.5], 1.5),
        ((4,), [1.0, 2.0], [1.0, 2.0, 2.0, 2.0]),  # the last one stands for the rest
        ((2, 2), [3.0], [[3.0, 3.0], [3.0, 3.0]]),
        ((0,), [], []),
        ((2,), [1.0, 2.0, 3.0], None),  # more than there is room for
        ((), [1.0, 2.0], None),
        ((2,), [], None),
        ((-1,), [1.0], None),
    ],
)
def test_as_many_numbers_as_the_shape_has_places(shape, values, expected):
    tensor = TensorProto(dtype=DT_FLOAT, float_val=values)
    for size in shape:
        tensor.tensor_shape.dim.add(size=size)
    found = tensors.numbers(Message(tensor.SerializeToString()))
    assert (None if found is None else found.tolist()) == expected
