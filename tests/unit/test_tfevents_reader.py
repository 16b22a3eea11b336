from __future__ import annotations

import math
import random

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import SummaryMetadata
from tensorboard.compat.proto.types_pb2 import DT_STRING
from tensorboard.util.tensor_util import make_tensor_proto

from fashiontui.errors import EventFileError
from fashiontui.tfevents.events import Histogram, Image, Text
from fashiontui.tfevents.reader import RunReader, TailReader, find_runs
from fashiontui.tfevents.records import frame

ALL = {"scalars": 0, "histograms": 0, "images": 0, "tensors": 0}


def scalar(step, tag="loss", value=0.5, wall_time=1e9):
    event = Event(wall_time=wall_time, step=step)
    event.summary.value.add(tag=tag, simple_value=value)
    return event


def version(number=2):
    return Event(wall_time=1e9, file_version=f"brain.Event:{number}")


def write(folder, name, events):
    folder.mkdir(exist_ok=True)
    path = folder / f"events.out.tfevents.{name}"
    path.write_bytes(b"".join(frame(event.SerializeToString()) for event in events))
    return path


def read(path):
    reader = RunReader(path)
    while reader.poll():
        pass
    return reader


def points(series):
    return list(zip(series.steps.tolist(), series.wall_times.tolist(), series.values.tolist(), strict=True))


def tensorboards(folder):
    accumulator = EventAccumulator(str(folder), size_guidance=ALL)
    accumulator.Reload()
    return {
        tag: [(p.step, p.wall_time, p.value) for p in accumulator.Scalars(tag)]
        for tag in accumulator.Tags()["scalars"]
    }


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_reads_what_pytorch_writes(tmp_path):
    from torch.utils.tensorboard import SummaryWriter

    values = np.linspace(-1, 1, 50)
    with SummaryWriter(tmp_path) as writer:
        for step in range(300):
            writer.add_scalar("loss/train", math.sin(step), step)
            writer.add_scalar("weird [tag] ü", float("nan") if step % 7 == 0 else -step, step * 1000)
        writer.add_histogram("weights", values, 3)
        writer.add_image("picture", np.zeros((1, 4, 6), np.uint8), 4)
        writer.add_text("note", "hello *you*", 5)
    reader = read(tmp_path)
    theirs = tensorboards(tmp_path)
    assert repr({tag: points(series) for tag, series in sorted(reader.scalars.items())}) == repr(
        dict(sorted(theirs.items()))
    )
    assert sum(reader.histograms["weights"].contents[0].counts) == 50
    assert reader.histograms["weights"].contents[0].low == -1
    assert (reader.images["picture"].contents[0].width, reader.images["picture"].contents[0].height) == (6, 4)
    assert reader.texts["note/text_summary"].contents == [Text("hello *you*")]


def tensor_event(step, tag, tensor, plugin):
    event = Event(wall_time=1e9 + step, step=step)
    value = event.summary.value.add(tag=tag)
    value.tensor.CopyFrom(tensor)
    if plugin:
        value.metadata.CopyFrom(SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name=plugin)))
    return event


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int32, np.int64, np.uint8, bool])
def test_reads_scalars_kept_as_tensors(tmp_path, dtype):
    events = [
        tensor_event(
            step, "epoch_loss", make_tensor_proto(np.array(step % 2, dtype)), "scalars" if step == 0 else ""
        )
        for step in range(5)
    ]
    reader = read(write(tmp_path, "1", [version(), *events]))
    assert points(reader.scalars["epoch_loss"]) == [(step, 1e9 + step, float(step % 2)) for step in range(5)]


def test_reads_bfloat16_tensors(tmp_path):
    event = tensor_event(1, "loss", make_tensor_proto(np.array(0.0, np.float32)), "scalars")
    tensor = event.summary.value[0].tensor
    tensor.Clear()
    tensor.dtype = 14  # DT_BFLOAT16
    tensor.tensor_content = np.array(1.5, "<f4").view("<u4").astype("<u4").tobytes()[2:]
    assert read(write(tmp_path, "1", [event])).scalars["loss"].values.tolist() == [1.5]


def test_reads_histograms_images_and_texts_kept_as_tensors(tmp_path):
    rows = np.array([[0.0, 1.0, 3.0], [1.0, 2.0, 4.0]])
    picture = make_tensor_proto([b"6", b"4", b"png"], dtype=DT_STRING)
    events = [
        tensor_event(1, "h", make_tensor_proto(rows), "histograms"),
        tensor_event(2, "i", picture, "images"),
        tensor_event(3, "t", make_tensor_proto([b"a", b"b"], dtype=DT_STRING), "text"),
        tensor_event(4, "pr", make_tensor_proto(rows), "pr_curves"),
    ]
    reader = read(write(tmp_path, "1", events))
    assert reader.histograms["h"].contents == [Histogram(0.0, 2.0, (1.0, 2.0), (3.0, 4.0))]
    assert reader.images["i"].contents == [Image(b"png", 6, 4)]
    assert reader.texts["t"].contents == [Text("a\nb")]
    assert not reader.scalars


def test_a_negative_step_and_a_value_of_several_tags(tmp_path):
    event = scalar(-3)
    event.summary.value.add(tag="more", simple_value=2.0)
    reader = read(write(tmp_path, "1", [event]))
    assert points(reader.scalars["loss"]) == [(-3, 1e9, 0.5)]
    assert points(reader.scalars["more"]) == [(-3, 1e9, 2.0)]


@pytest.mark.parametrize("seed", range(20))
def test_restarts_are_folded_as_tensorboard_folds_them(tmp_path, seed):
    rng = random.Random(seed)
    file_version = rng.choice([1, 2])
    for number in range(3):
        start = rng.randrange(40)
        events = [version(file_version)]
        if number and file_version == 2:
            events.append(Event(wall_time=1e9, step=start, session_log=SessionLog(status=SessionLog.START)))
        events += [
            scalar(step, rng.choice(["a", "b"]), rng.random(), 1e9 + number)
            for step in range(start, start + 30)
            if rng.random() < 0.8
        ]
        write(tmp_path, str(number), events)
    theirs = {tag: found for tag, found in tensorboards(tmp_path).items() if found}
    ours = {tag: points(series) for tag, series in read(tmp_path).scalars.items() if len(series)}
    assert ours == theirs


def test_a_growing_file_costs_only_what_is_new(tmp_path):
    data = b"".join(frame(scalar(step).SerializeToString()) for step in range(200))
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(b"")
    reader = RunReader(tmp_path)
    rng = random.Random(3)
    at = 0
    while at < len(data):
        at += rng.randrange(1, 500)
        path.write_bytes(data[:at])
        while reader.poll():
            pass
    assert reader.scalars["loss"].steps.tolist() == list(range(200))
    assert not reader.damage
    assert not reader.poll()


def test_a_poll_is_bounded_in_time(tmp_path):
    write(tmp_path, "1", [scalar(step) for step in range(100)])
    write(tmp_path, "2", [scalar(step) for step in range(100, 200)])
    ticks = iter(range(100))
    reader = RunReader(tmp_path)
    assert reader.poll(max_seconds=0.5, clock=lambda: next(ticks))
    assert len(reader.scalars["loss"]) == 100
    assert reader.poll(max_seconds=0.5, clock=lambda: next(ticks))
    assert len(reader.scalars["loss"]) == 200


def test_a_record_longer_than_a_chunk(tmp_path):
    event = scalar(1)
    event.summary.value.add(tag="big").image.encoded_image_string = b"x" * 5_000_000
    path = write(tmp_path, "1", [event, scalar(2)])
    assert len(TailReader(path).poll()) == 2
    assert read(path).scalars["loss"].steps.tolist() == [1, 2]


def test_damage_is_reported_and_the_rest_read(tmp_path):
    events = [scalar(step) for step in range(10)]
    path = write(tmp_path, "1", events)
    size = len(frame(events[0].SerializeToString()))
    data = bytearray(path.read_bytes())
    data[3 * len(frame(events[3].SerializeToString())) + 20] ^= 0xFF
    path.write_bytes(bytes(data))
    reader = read(tmp_path)
    assert len(reader.scalars["loss"]) == 9
    assert [item.path for item in reader.damage] == [path]
    assert abs(reader.damage[0].damage.size_bytes - size) <= 2


def test_records_that_are_no_events_are_counted(tmp_path):
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(frame(b"\xff\xff\xff") + frame(scalar(1).SerializeToString()))
    reader = read(path)
    assert reader.unreadable_records == 1
    assert len(reader.scalars["loss"]) == 1


def test_find_runs(tmp_path):
    write(tmp_path / "a", "1", [scalar(1)])
    write(tmp_path / "b", "1", [scalar(1)])
    assert find_runs(tmp_path) == [tmp_path / "a", tmp_path / "b"]
    empty = tmp_path / "none"
    empty.mkdir()
    with pytest.raises(EventFileError, match="no event files"):
        find_runs(empty)
    with pytest.raises(EventFileError, match="does not exist"):
        find_runs(tmp_path / "nowhere")
