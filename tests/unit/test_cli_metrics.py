from __future__ import annotations

import csv
import io
import json

import pytest
from support.event_logs import framed, scalar, tensor_event, version, write_events
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.util.tensor_util import make_tensor_proto

from fashiontui.cli.metrics import run_metrics
from fashiontui.errors import EventFileError, UnknownNameError


@pytest.fixture
def logs(tmp_path):
    for run, offset in (("one", 0), ("two", 10)):
        events = []
        for step, value in enumerate([3.0, 1.0, float("nan"), 2.0]):
            event = Event(wall_time=100.0 + step, step=step + offset)
            event.summary.value.add(tag="loss/train", simple_value=value)
            event.summary.value.add(tag="evil\x1b[31m", simple_value=float("-inf"))
            events.append(event)
        write_events(tmp_path / run, "1", events)
    return tmp_path


def printed(path, output, tags=()):
    out, err = io.StringIO(), io.StringIO()
    run_metrics(path, tag_globs=tags, output=output, out=out, err=err)
    return out.getvalue(), err.getvalue()


def test_table(logs):
    out, err = printed(logs, "table")
    assert out.splitlines()[:4] == [
        "one",
        "  tag           points  first step  last step  last   min  @ step   max  @ step",
        "  evil\\x1b[31m       4           0          3  -inf  -inf       0  -inf       0",
        "  loss/train         4           0          3     2     1       1     3       0",
    ]
    assert out.splitlines()[5] == "two"
    assert not err


def test_a_tag_that_is_never_a_number(tmp_path):
    path = write_events(tmp_path, "1", [scalar(1, "nan", float("nan"))])
    line = printed(path, "table")[0].splitlines()[2]
    assert line.split() == ["nan", "1", "1", "1", "nan", "–", "–", "–", "–"]


def test_csv(logs):
    out, _ = printed(logs / "two", "csv", ["loss/*"])
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["step"] for row in rows] == ["10", "11", "12", "13"]
    assert [row["value"] for row in rows] == ["3.0", "1.0", "nan", "2.0"]
    assert rows[0] == {"run": "two", "tag": "loss/train", "step": "10", "wall_time": "100.0", "value": "3.0"}
    assert "\x1b" not in printed(logs, "csv")[0]


def test_where_there_is_nothing_there_is_no_csv_either(tmp_path):
    (tmp_path / "events.out.tfevents.1").write_bytes(b"")
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(EventFileError):
        run_metrics(tmp_path, tag_globs=[], output="csv", out=out, err=err)
    assert out.getvalue() == ""


def test_json_is_valid_where_values_are_not_numbers(logs):
    lines = [json.loads(line, parse_constant=pytest.fail) for line in printed(logs, "json")[0].splitlines()]
    assert len(lines) == 16
    assert lines[0] == {
        "run": "one", "tag": "evil\x1b[31m", "step": 0, "wall_time": 100.0, "value": None, "text": "-inf",
    }  # fmt: skip
    assert lines[4] == {"run": "one", "tag": "loss/train", "step": 0, "wall_time": 100.0, "value": 3.0}
    assert lines[6]["text"] == "nan"


def test_a_name_may_stand_for_itself_though_it_looks_like_a_pattern(tmp_path):
    path = write_events(tmp_path, "1", [scalar(1, "loss[0]"), scalar(1, "loss0")])
    assert len(printed(path, "json", ["loss[0]"])[0].splitlines()) == 2
    assert len(printed(path, "json", ["loss[[]*"])[0].splitlines()) == 1


def test_values_are_those_that_were_written(tmp_path):
    path = write_events(tmp_path, "1", [scalar(2**40, "t", 0.1, 1234567890.123456)])
    (line,) = printed(path, "json")[0].splitlines()
    assert json.loads(line) == {
        "run": path.name, "tag": "t", "step": 2**40, "wall_time": 1234567890.123456, "value": 0.10000000149011612,
    }  # fmt: skip


def test_a_keras_log(tmp_path):
    events = [tensor_event(step, "epoch_loss", make_tensor_proto(step / 4), "scalars") for step in range(3)]
    write_events(tmp_path, "1", [version(), *events])
    values = [json.loads(line)["value"] for line in printed(tmp_path, "json")[0].splitlines()]
    assert values == [0.0, 0.25, 0.5]


def test_a_torn_tail_is_no_damage(logs):
    path = logs / "one" / "events.out.tfevents.1"
    path.write_bytes(path.read_bytes()[:-5])
    out, err = printed(logs / "one", "csv", ["loss/*"])
    assert len(out.splitlines()) == 4
    assert not err


def test_damage_goes_to_stderr_and_the_rest_is_printed(logs):
    event = framed([scalar(4, "loss/train")])
    path = logs / "one" / "events.out.tfevents.1"
    before = path.read_bytes()
    path.write_bytes(before + event[:20] + b"?" + event[21:] + event)
    out, err = printed(logs / "one", "csv", ["loss/*"])
    assert len(out.splitlines()) == 6
    assert err == f"{path}: damaged at byte {len(before)}, {len(event)} bytes skipped; the rest was read\n"


def test_unknown_tag_proposes_the_nearest(logs):
    with pytest.raises(UnknownNameError, match="loss/train"):
        printed(logs, "csv", ["loss/trian"])
    with pytest.raises(UnknownNameError, match="Tags here"):
        printed(logs, "csv", ["zzzzzzzz"])


def test_no_events(tmp_path):
    with pytest.raises(EventFileError, match="no event files"):
        printed(tmp_path, "csv")
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(b"")
    with pytest.raises(EventFileError, match="no events"):
        printed(tmp_path, "csv")
    path.write_text("some other file\n" * 9)
    with pytest.raises(EventFileError, match="no events"):
        printed(path, "table")


def test_a_log_without_scalars_says_so(tmp_path):
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(framed([version()]))
    assert printed(tmp_path, "table") == ("", f"{tmp_path}: no scalars in 1 events\n")
