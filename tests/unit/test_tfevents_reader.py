from __future__ import annotations

import math
import os
import random
from pathlib import Path

import numpy as np
import pytest
from support.event_logs import (
    all_points,
    framed,
    points,
    read,
    restart,
    scalar,
    tensor_event,
    tensorboard_points,
    version,
    write_events,
)
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.util.tensor_util import make_tensor_proto

from fashiontui.errors import EventFileError
from fashiontui.tfevents import tail
from fashiontui.tfevents.reader import Damage, RunReader, find_runs
from fashiontui.tfevents.records import frame


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_reads_what_pytorch_writes(tmp_path):
    from torch.utils.tensorboard import SummaryWriter

    values = np.linspace(-1, 1, 50)
    with SummaryWriter(tmp_path) as writer:
        for step in range(300):
            writer.add_scalar("loss/train", math.sin(step), step)
            writer.add_scalar("new style", math.cos(step), step, new_style=True)
            writer.add_scalar("weird [tag] ü", float("nan") if step % 7 == 0 else -step, step * 1000)
        writer.add_histogram("weights", values, 3)
        writer.add_image("picture", np.zeros((1, 4, 6), np.uint8), 4)
        writer.add_text("note", "hello *you*", 5)
    reader = read(tmp_path)
    ours = all_points(reader)
    assert [value for _, _, value in ours.pop("new style")] == [
        float(np.float32(math.cos(s))) for s in range(300)
    ]
    assert repr(ours) == repr(tensorboard_points(tmp_path))
    (histogram,) = reader.histograms["weights"]
    assert (histogram.step, histogram.counts.sum()) == (3, 50)
    assert (histogram.lefts[0], histogram.rights[-1]) == (-1, 1)
    (picture,) = reader.images["picture"]
    assert (picture.step, picture.width, picture.height) == (4, 6, 4)
    assert picture.encoded[0].startswith(b"\x89PNG")
    assert reader.texts["note/text_summary"][0].texts == ("hello *you*",)
    assert not reader.damage


@pytest.mark.parametrize("with_metadata", [True, False])
def test_reads_what_keras_writes(tmp_path, with_metadata):
    events = [
        tensor_event(
            step, "epoch_loss", make_tensor_proto(step / 8), "scalars" if step == 0 or with_metadata else ""
        )
        for step in range(400)
    ]
    reader = read(write_events(tmp_path, "1", [version(), *events]))
    assert points(reader.scalars["epoch_loss"]) == [(step, 1e9 + step, step / 8) for step in range(400)]


@pytest.mark.parametrize("seed", range(30))
def test_restarts_are_folded_as_tensorboard_folds_them(tmp_path, seed):
    """Files of both formats, several tags an event, restarts in the middle; long enough for the fast way."""
    rng = random.Random(seed)
    format_version = rng.choice([None, 1, 2, 2, 2])
    for number in range(3):
        start = rng.randrange(120)
        events = [] if format_version is None else [version(format_version)]
        for step in range(start, start + 150):
            if rng.random() < 0.01:
                events.append(restart(step - rng.randrange(60)))
            if rng.random() < 0.02:
                events.append(scalar(step - rng.randrange(30), "late", rng.random()))
            if rng.random() < 0.02:
                events.append(version(rng.choice([1, 2])))
            event = scalar(step, rng.choice(["a", "b", "long name"]), rng.random(), 1e9 + number + step)
            if step % 10 == 0:
                event.summary.value.add(tag="a", simple_value=rng.random())
            events.append(event)
        write_events(tmp_path, str(number), events)
    assert all_points(read(tmp_path)) == tensorboard_points(tmp_path)


@pytest.mark.parametrize("seed", range(5))
def test_bounded_polls_end_with_what_one_poll_gives(tmp_path, seed, monkeypatch):
    monkeypatch.setattr(tail, "CHUNK_BYTES", 700)
    rng = random.Random(seed)
    for number in range(3):
        start = rng.randrange(100)
        head = [version(), restart(start)] if number else [version()]
        write_events(
            tmp_path, str(number), head + [scalar(step, value=rng.random()) for step in range(start, 200)]
        )
    reader = RunReader(tmp_path)
    polls = 0
    while reader.poll(max_bytes=rng.randrange(1, 2000)):
        polls += 1
    assert polls > 5
    assert all_points(reader) == tensorboard_points(tmp_path)


def test_histograms_images_and_texts_restart_too(tmp_path):
    def picture(step):
        event = scalar(step, "loss")
        event.summary.value.add(tag="i", image=Summary.Image(width=1, height=1, encoded_image_string=b"png"))
        return event

    write_events(tmp_path, "1", [version(), *(picture(step) for step in range(30))])
    write_events(tmp_path, "2", [version(), restart(10), *(picture(step) for step in range(10, 13))])
    reader = read(tmp_path)
    assert [image.step for image in reader.images["i"]] == list(range(13))
    assert reader.scalars["loss"].steps.tolist() == list(range(13))


def test_a_tag_that_a_restart_emptied_is_not_there(tmp_path):
    write_events(
        tmp_path, "1", [version(), scalar(5, "loss"), scalar(5, "test"), restart(3), scalar(3, "loss")]
    )
    assert list(read(tmp_path).scalars) == ["loss"]


def test_what_an_earlier_file_gets_late_stays_void(tmp_path):
    first = write_events(tmp_path, "1", [version(), *(scalar(step) for step in range(20))])
    write_events(tmp_path, "2", [version(), restart(10), scalar(10, value=7.0)])
    reader = read(tmp_path)
    with first.open("ab") as file:
        file.write(framed([scalar(step, value=9.0) for step in (8, 20, 21)]))
    assert reader.poll()
    assert reader.scalars["loss"].steps.tolist() == [*range(10), 10, 8]
    assert 9.0 in reader.scalars["loss"].values


def test_a_growing_file_is_read_at_whatever_places_it_is_cut(tmp_path):
    data = framed([version(), *(scalar(step) for step in range(200))])
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(b"")
    reader = RunReader(tmp_path)
    rng = random.Random(3)
    at = 0
    while at < len(data):
        more = rng.randrange(1, 500)
        with path.open("ab") as file:
            file.write(data[at : at + more])
        at += more
        assert reader.poll()
    assert reader.scalars["loss"].steps.tolist() == list(range(200))
    assert (reader.damage, reader.torn_bytes, reader.generation) == ([], 0, 0)
    assert not reader.poll()


def test_new_files_are_found(tmp_path):
    reader = RunReader(tmp_path)
    assert not reader.poll()
    write_events(tmp_path, "1", [scalar(1)])
    assert reader.poll()
    write_events(tmp_path, "2", [scalar(2)])
    assert reader.poll()
    assert reader.scalars["loss"].steps.tolist() == [1, 2]


def test_a_poll_is_bounded_in_time(tmp_path, monkeypatch):
    monkeypatch.setattr(tail, "CHUNK_BYTES", 200)
    write_events(tmp_path, "1", [scalar(step) for step in range(100)])
    ticks = iter(range(1000))
    reader = RunReader(tmp_path)
    assert reader.poll(max_seconds=2.5, clock=lambda: next(ticks))
    few = len(reader.scalars["loss"])
    assert 0 < few < 20
    assert reader.poll(max_seconds=2.5, clock=lambda: next(ticks))
    assert few < len(reader.scalars["loss"]) <= 2 * few + 1


def test_a_poll_is_bounded_in_bytes(tmp_path):
    write_events(tmp_path, "1", [scalar(step) for step in range(100)])
    size = len(framed([scalar(1)]))
    reader = RunReader(tmp_path)
    assert reader.poll(max_bytes=10 * size)
    assert reader.scalars["loss"].steps.tolist() == list(range(10))


@pytest.mark.parametrize("longer", [True, False])
def test_a_file_that_was_replaced_is_read_anew(tmp_path, longer):
    path = write_events(tmp_path, "1", [version(), *(scalar(step) for step in range(20))])
    reader = read(tmp_path)
    replacement = tmp_path / "new"
    replacement.write_bytes(framed([scalar(step, "other") for step in range(40 if longer else 3)]))
    replacement.replace(path)
    assert reader.poll()
    assert list(reader.scalars) == ["other"]
    assert reader.generation == 1


def test_a_file_rewritten_in_place_is_read_anew(tmp_path):
    path = write_events(tmp_path, "1", [scalar(step) for step in range(20)])
    reader = read(tmp_path)
    path.write_bytes(framed([scalar(step, "other") for step in range(50)]))
    reader.poll()
    assert len(reader.scalars["other"]) == 50
    assert "loss" not in reader.scalars


def test_a_longer_copy_of_a_file_is_read_on(tmp_path):
    """As rsync leaves it: a new file of the same beginning."""
    path = write_events(tmp_path, "1", [scalar(step) for step in range(20)])
    reader = read(tmp_path)
    copy = tmp_path / "copy"
    copy.write_bytes(path.read_bytes() + framed([scalar(20)]))
    copy.replace(path)
    assert reader.poll()
    assert reader.generation == 0
    assert reader.scalars["loss"].steps.tolist() == list(range(21))


def test_a_file_that_vanished_leaves_its_points(tmp_path):
    path = write_events(tmp_path, "1", [scalar(1)])
    reader = read(tmp_path)
    path.unlink()
    assert not reader.poll()
    assert len(reader.scalars["loss"]) == 1


def test_a_record_longer_than_a_chunk(tmp_path):
    event = scalar(1)
    event.summary.value.add(tag="big").image.encoded_image_string = os.urandom(5_000_000)
    path = write_events(tmp_path, "1", [event, scalar(2)])
    reader = read(path)
    assert reader.scalars["loss"].steps.tolist() == [1, 2]
    assert reader.images["big"][0].encoded == (event.summary.value[1].image.encoded_image_string,)


@pytest.mark.parametrize("at", [0, 3, 9, 14, 30, -1])
@pytest.mark.parametrize("record", [0, 1, 50, 99])
def test_damage_costs_its_record_and_is_reported(tmp_path, record, at):
    events = [version(), *(scalar(step) for step in range(1, 100))]
    offsets = [len(framed(events[:n])) for n in range(101)]
    path = write_events(tmp_path, "1", events)
    data = bytearray(path.read_bytes())
    data[offsets[record] + at if at >= 0 else offsets[record + 1] - 1] ^= 0xFF
    path.write_bytes(bytes(data))
    reader = read(tmp_path)
    assert reader.scalars["loss"].steps.tolist() == [step for step in range(1, 100) if step != record]
    assert reader.damage == [Damage(path, offsets[record], offsets[record + 1] - offsets[record])]
    assert reader.events == 99


def test_a_damaged_first_record_does_not_make_the_file_an_old_one(tmp_path):
    path = write_events(tmp_path, "1", [version(), scalar(5), scalar(3)])
    data = bytearray(path.read_bytes())
    data[15] ^= 0xFF
    path.write_bytes(bytes(data))
    assert read(tmp_path).scalars["loss"].steps.tolist() == [5, 3]


def test_files_that_hold_no_events(tmp_path):
    (tmp_path / "empty.tfevents").write_bytes(b"")
    (tmp_path / "text.tfevents").write_bytes(b"not an event file" * 100)
    reader = read(tmp_path)
    assert not reader.scalars
    assert reader.events == 0
    assert reader.damage == [Damage(tmp_path / "text.tfevents", 0, 1700)]


def test_records_that_are_no_events_are_counted(tmp_path):
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(frame(b"\xff\xff\xff") + framed([scalar(1)]))
    reader = read(path)
    assert (reader.undecodable, reader.events) == (1, 1)
    assert len(reader.scalars["loss"]) == 1


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_hparams(tmp_path):
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(tmp_path) as writer:
        writer.add_hparams({"lr": 0.5, "model": "cnn"}, {"loss": 1.0}, run_name=".")
    assert read(tmp_path).hparams == {"lr": 0.5, "model": "cnn"}


def test_arrays_given_out_stay_as_they_are(tmp_path):
    path = write_events(tmp_path, "1", [version(), *(scalar(step) for step in range(50))])
    reader = read(tmp_path)
    before = reader.scalars["loss"].steps
    with path.open("ab") as file:
        file.write(framed([restart(10), *(scalar(1000 + step) for step in range(50))]))
    reader.poll()
    assert before.tolist() == list(range(50))
    assert not before.flags.writeable
    assert reader.scalars["loss"].steps[10] == 1000
    assert reader.scalars["loss"].last == 0.5


def test_find_runs(tmp_path):
    write_events(tmp_path / "b", "1", [scalar(1)])
    write_events(tmp_path / "a", "1", [scalar(1)])
    path = write_events(tmp_path / "a" / "inner", "1", [scalar(1)])
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    (tmp_path / "profile").mkdir()
    (tmp_path / "profile" / "x.tfevents.profile-empty").touch()
    assert find_runs(tmp_path) == [tmp_path / "a", tmp_path / "a" / "inner", tmp_path / "b"]
    assert find_runs(path) == [path]
    with pytest.raises(EventFileError, match="no event files"):
        find_runs(tmp_path / "profile")
    with pytest.raises(EventFileError, match="does not exist"):
        find_runs(tmp_path / "nowhere")


def histogram_event(step):
    event = scalar(step)
    event.summary.value[0].Clear()
    event.summary.value[0].tag = "weights"
    event.summary.value[0].histo.min = -1
    event.summary.value[0].histo.max = 1
    event.summary.value[0].histo.num = 3
    event.summary.value[0].histo.bucket_limit.extend([0.0, 1.0])
    event.summary.value[0].histo.bucket.extend([1.0, 2.0])
    return event


def test_of_a_long_run_histograms_are_thinned_evenly_and_others_are_kept_whole(tmp_path):
    steps = [*range(0, 1000, 10), *range(1000, 3000, 40)]
    write_events(tmp_path, "events.out.tfevents.1", [version(), *map(histogram_event, steps)])
    few, all_of_them = RunReader(tmp_path, most=40), RunReader(tmp_path)
    for reader in (few, all_of_them):
        while reader.poll():
            pass
    assert [point.step for point in all_of_them.histograms["weights"]] == steps
    kept = [point.step for point in few.histograms["weights"]]
    assert 20 <= len(kept) <= 40
    assert (kept[0], kept[-1]) == (steps[0], steps[-1])
    assert max(np.diff(kept)) <= 3 * steps[-1] / 20
    assert set(kept) <= set(steps)


def test_of_many_texts_the_newest_are_kept_though_all_have_one_step(tmp_path):
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(tmp_path) as writer:
        for number in range(50):
            writer.add_text("sample", f"text {number}")
    few, all_of_them = RunReader(tmp_path, most=20), RunReader(tmp_path)
    for reader in (few, all_of_them):
        while reader.poll():
            pass
    (kept,), (whole,) = few.texts.values(), all_of_them.texts.values()
    assert [point.texts for point in kept] == [(f"text {number}",) for number in range(30, 50)]
    assert len(whole) == 50


def test_thinning_takes_what_is_nearest_to_even_steps():
    from fashiontui.tfevents.points import TextPoint
    from fashiontui.tfevents.rundata import thinned

    points = [TextPoint(step, 0.0, ()) for step in (0, 1, 2, 48, 53, 99, 100)]
    assert [point.step for point in thinned(points, 3)] == [0, 48, 100]
    assert [point.step for point in thinned(points[:3], 3)] == [0, 1, 2]
    same = [TextPoint(7, 0.0, ()) for _ in range(5)]
    assert len(thinned(same, 3)) <= 3


def test_however_short_the_time_it_gets_on(tmp_path):
    write_events(tmp_path, "1", [version(), *(scalar(step) for step in range(50_000))])
    reader = RunReader(tmp_path)
    looks = 0
    while reader.poll(max_seconds=0.0):
        looks += 1
        assert len(reader.scalars["loss"]) > 10_000 * looks
    assert len(reader.scalars["loss"]) == 50_000
    assert looks == 3  # of a mebibyte at most


def test_where_nothing_is_new_no_file_is_opened(tmp_path, monkeypatch):
    path = write_events(tmp_path, "1", [version(), *(scalar(step) for step in range(5))])
    reader = read(tmp_path)

    def opened(self, *arguments, **options):
        raise AssertionError(f"{self} was opened")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", opened)
        assert not reader.poll()
    with path.open("ab") as file:
        file.write(framed([scalar(5)]))
    assert reader.poll()
    assert len(reader.scalars["loss"]) == 6


def test_a_file_that_goes_between_two_looks_has_nothing_new(tmp_path):
    assert list(tail.TailReader(tmp_path / "gone").poll(tail.Budget())) == []


def test_who_minds_the_memory_reads_in_smaller_portions(tmp_path):
    assert tail.Budget(is_thrifty=True).chunk_bytes < tail.Budget().chunk_bytes
    write_events(tmp_path, "1", [version(), *(scalar(step) for step in range(20_000))])
    few, many = RunReader(tmp_path, most=10), RunReader(tmp_path)
    for reader in (few, many):
        reader.poll(max_seconds=0.0)
    assert 0 < len(few.scalars["loss"]) < len(many.scalars["loss"])


def test_what_a_restart_made_void_stays_so_though_the_later_file_goes_on(tmp_path):
    first = write_events(tmp_path, "1", [version(), *(scalar(step) for step in range(20))])
    second = write_events(tmp_path, "2", [version(), restart(10), scalar(10, value=7.0)])
    reader = read(tmp_path)
    with second.open("ab") as file:
        file.write(framed([scalar(11, value=7.0)]))
    assert reader.poll()
    with first.open("ab") as file:
        file.write(framed([scalar(step, value=9.0) for step in (9, 10, 20)]))
    assert reader.poll()
    assert reader.scalars["loss"].steps.tolist() == [*range(10), 10, 11, 9]


def test_of_several_restarts_at_once_the_earliest_counts_for_an_earlier_file(tmp_path):
    first = write_events(tmp_path, "1", [version(), *(scalar(step) for step in range(20))])
    later = [scalar(step, value=7.0) for step in range(10, 150)]
    write_events(tmp_path, "2", [version(), *later, restart(110), restart(140), *later[130:]])
    reader = read(tmp_path)
    with first.open("ab") as file:
        file.write(framed([scalar(step, value=9.0) for step in (109, 120, 139)]))
    assert reader.poll()
    steps = reader.scalars["loss"].steps.tolist()
    assert 109 in steps[-1:]
    assert 9.0 in reader.scalars["loss"].values
    assert (reader.scalars["loss"].values == 9.0).sum() == 1


def test_two_values_at_one_step_of_an_old_file_are_no_restart(tmp_path):
    write_events(
        tmp_path, "1", [version(1), scalar(5, value=1.0), scalar(5, value=2.0), scalar(6, value=3.0)]
    )
    assert all_points(read(tmp_path)) == tensorboard_points(tmp_path)
    assert read(tmp_path).scalars["loss"].values.tolist() == [1.0, 2.0, 3.0]


def everything(step):
    """A histogram, a picture and a text at a step."""
    event = histogram_event(step)
    event.summary.value.add(
        tag="picture", image=Summary.Image(width=1, height=1, encoded_image_string=b"png")
    )
    text = event.summary.value.add(tag="text", tensor=make_tensor_proto([b"words"]))
    text.metadata.plugin_data.plugin_name = "text"
    return event


@pytest.mark.parametrize("before", [0, 100])  # a few records one by one, or many at once
@pytest.mark.parametrize("in_one_file", [True, False])
def test_histograms_pictures_and_texts_are_void_from_a_restart_on(tmp_path, before, in_one_file):
    curve = [scalar(0, "curve") for _ in range(before)]
    first, second = [version(), *curve, *map(everything, range(8))], [restart(5), *map(everything, (5, 6))]
    if in_one_file:
        write_events(tmp_path, "1", [*first, *second, *curve])
    else:
        write_events(tmp_path, "1", first)
        write_events(tmp_path, "2", [version(), *second])
    reader = read(tmp_path)
    for found in (reader.histograms["weights"], reader.images["picture"], reader.texts["text"]):
        assert [point.step for point in found] == list(range(7))


def test_hparams_are_those_of_the_last_start(tmp_path):
    from torch.utils.tensorboard.summary import hparams

    starts = [
        Event(wall_time=1e9, step=step, summary=hparams({"lr": rate}, {"loss": 0.0})[1])
        for step, rate in ((0, 0.5), (10, 0.25), (20, 0.125))
    ]
    write_events(tmp_path, "1", [version(), *starts])
    assert read(tmp_path).hparams == {"lr": 0.125}
    write_events(tmp_path, "2", [version(), restart(15)])
    assert read(tmp_path).hparams == {"lr": 0.25}
