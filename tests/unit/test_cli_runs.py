from __future__ import annotations

import io
import json

import pytest
from support.fake_worker import result
from support.fakes import make_run

from fashiontui.cli.runs import present_outcome, print_run, print_runs
from fashiontui.runs import lock
from fashiontui.runs.record import Failure
from fashiontui.runs.state import RunState


@pytest.fixture
def logs(tmp_path):
    make_run(tmp_path, "lr", "20261123-091501-aaa", state=RunState.FINISHED, result=result(3))
    failure = Failure(kind="RunError", message="it \x1b[31mdiverged", hint="Lower it.")
    make_run(tmp_path, "cnn1", "20261123-091502-bbb", state=RunState.FAILED, failure=failure)
    return tmp_path


def printed(logs, *, as_json):
    out, err = io.StringIO(), io.StringIO()
    print_runs(logs, out, err, as_json=as_json)
    return out.getvalue(), err.getvalue()


def test_a_line_a_run(logs):
    out, err = printed(logs, as_json=False)
    lines = [line.split() for line in out.splitlines()]
    assert lines[1][:6] == ["20261123-091501-aaa", "lr", "finished", "1", "0.8800", "0.8750"]
    assert lines[2][:6] == ["20261123-091502-bbb", "cnn1", "failed", "1", "-", "-"]
    assert err == ""


def test_an_object_a_run(logs):
    out, _ = printed(logs, as_json=True)
    assert [json.loads(line)["state"] for line in out.splitlines()] == ["finished", "failed"]


def test_a_damaged_record_does_not_hide_the_others(logs):
    (logs / "lr" / "20261123-091501-aaa" / "run.json").write_text("{")
    out, err = printed(logs, as_json=True)
    assert len(out.splitlines()) == 1
    assert "is not a run record" in err


def test_no_runs_is_said(tmp_path):
    out, err = printed(tmp_path, as_json=False)
    assert out == ""
    assert "there are no runs" in err


def test_a_run_nobody_works_on_is_lost(tmp_path):
    paths = make_run(tmp_path, state=RunState.RUNNING)
    assert present_outcome(paths)["state"] == "lost"
    with lock.hold(paths.root):
        assert present_outcome(paths)["state"] == "running"


def test_show_leaves_out_what_is_not_known_and_what_steers_a_terminal(logs):
    out = io.StringIO()
    paths = make_run(
        logs, "lr", "20261123-091503-ccc", failure=Failure(kind="RunError", message="it \x1b[31mdiverged")
    )
    print_run(paths, out, as_json=False)
    shown = dict(line.split(maxsplit=1) for line in out.getvalue().splitlines())
    assert shown["run_id"] == "20261123-091503-ccc"
    assert "test_accuracy" not in shown
    assert "diverged" in shown["error"]
    assert "\x1b" not in out.getvalue()
    out = io.StringIO()
    print_run(paths, out, as_json=True)
    assert json.loads(out.getvalue())["test_accuracy"] is None
