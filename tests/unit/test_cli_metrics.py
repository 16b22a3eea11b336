from __future__ import annotations

import csv
import io
import json

import pytest
from tensorboard.compat.proto.event_pb2 import Event

from fashiontui.cli.metrics import run_metrics
from fashiontui.errors import EventFileError, UnknownNameError
from fashiontui.tfevents.records import frame


@pytest.fixture
def logs(tmp_path):
    for run, offset in (("one", 0), ("two", 10)):
        (tmp_path / run).mkdir()
        data = b""
        for step, value in enumerate([3.0, 1.0, float("nan"), 2.0]):
            event = Event(wall_time=100.0 + step, step=step + offset)
            event.summary.value.add(tag="loss/train", simple_value=value)
            event.summary.value.add(tag="evil\x1b[31m", simple_value=1)
            data += frame(event.SerializeToString())
        (tmp_path / run / "events.out.tfevents.1").write_bytes(data)
    return tmp_path


def printed(path, output, tags=()):
    out, err = io.StringIO(), io.StringIO()
    run_metrics(path, tag_globs=tags, output=output, out=out, err=err)
    return out.getvalue(), err.getvalue()


def test_table(logs):
    out, err = printed(logs, "table")
    line = next(line for line in out.splitlines() if "loss/train" in line)
    assert line.split() == ["loss/train", "4", "0", "3", "2", "1", "1", "3", "0"]
    assert "\x1b" not in out
    assert "one" in out
    assert "two" in out
    assert not err


def test_csv(logs):
    rows = list(csv.DictReader(io.StringIO(printed(logs / "two", "csv", ["loss/*"])[0])))
    assert [row["step"] for row in rows] == ["10", "11", "12", "13"]
    assert rows[0] == {"run": "two", "tag": "loss/train", "step": "10", "wall_time": "100.0", "value": "3.0"}


def test_json_is_valid_where_values_are_not_numbers(logs):
    lines = [json.loads(line) for line in printed(logs, "json", ["loss/train"])[0].splitlines()]
    assert len(lines) == 8
    assert lines[2] == {
        "run": "one", "tag": "loss/train", "step": 2, "wall_time": 102.0, "value": None, "text": "nan",
    }  # fmt: skip


def test_damage_goes_to_stderr(logs):
    path = logs / "one" / "events.out.tfevents.1"
    data = bytearray(path.read_bytes())
    data[30] ^= 1
    path.write_bytes(bytes(data))
    out, err = printed(logs / "one", "csv", ["loss/*"])
    assert len(out.splitlines()) == 4
    assert "damaged at byte 0" in err


def test_unknown_tag_proposes_the_nearest(logs):
    with pytest.raises(UnknownNameError, match="loss/train"):
        printed(logs, "csv", ["loss/trian"])


def test_no_events(tmp_path):
    with pytest.raises(EventFileError):
        printed(tmp_path, "csv")
