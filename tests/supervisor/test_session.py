"""Runs followed from start to end: real processes, a fake worker."""

from __future__ import annotations

import io
import json
import os
import re
import signal
from collections.abc import Callable

import pytest
from support.fakes import fake_command, make_run, until

from fashiontui.errors import RunError
from fashiontui.headless.interrupts import Interrupts
from fashiontui.headless.render_json import JsonRenderer
from fashiontui.headless.render_plain import PlainRenderer
from fashiontui.headless.session import Conductor, Session, Ticket
from fashiontui.headless.streams import SteadyStream
from fashiontui.runs import lock
from fashiontui.runs.assertions import parse_assertion
from fashiontui.runs.record import RunRecord
from fashiontui.runs.state import RunState
from fashiontui.supervisor.executor import LocalExecution, LocalExecutor


class Listener(PlainRenderer):
    """A renderer that acts when the run has moved on."""

    def __init__(self, act: Callable[[], None]) -> None:
        self.said = io.StringIO()
        super().__init__(SteadyStream(io.StringIO()), SteadyStream(self.said))
        self.act = act

    def progressed(self, progress) -> None:
        self.act()


def nothing() -> None:
    """What a user does who only watches."""


@pytest.fixture
def conduct(tmp_path):
    """Carry out runs of a fake worker."""
    begun: list[LocalExecution] = []

    def carry_out(*behaviours: str, renderer=None, assertions=(), paths=None) -> Session:
        opened = iter(behaviours)
        tickets = []
        for number, _ in enumerate(behaviours):
            own = paths or make_run(tmp_path / "logs", "lr", f"20261123-09150{number}-k3f")
            tickets.append(Ticket("lr", lambda own=own: own, resume=paths is not None))

        class Executor:
            def begin(self, paths, *, resume):
                begun.append(LocalExecutor(fake_command(next(opened))).begin(paths, resume=resume))
                return begun[-1]

        with Interrupts() as interrupts:
            conductor = Conductor(Executor(), renderer or Listener(nothing), interrupts, assertions)
            return conductor.carry_out(tickets)

    yield carry_out
    for execution in begun:
        execution.kill()
        execution.worker.wait()


def json_lines(out: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_json_tells_start_epochs_and_result(conduct):
    out = io.StringIO()
    renderer = JsonRenderer(SteadyStream(out), SteadyStream(io.StringIO()))
    session = conduct("finish", renderer=renderer, assertions=[parse_assertion("test_accuracy>=0.9")])
    events = json_lines(out)
    assert [event["event"] for event in events] == ["started", "epoch", "epoch", "epoch", "result"]
    assert events[0]["device"] == "cpu"
    assert events[0]["synthetic"] is True
    assert events[2]["valid_loss"] == 0.75
    assert events[-1]["state"] == "finished"
    assert events[-1]["test_accuracy"] == 0.875
    assert events[-1]["assertions"] == [{"text": "test_accuracy>=0.9", "measured": 0.875, "met": False}]
    assert session.failures == []
    assert len(session.unmet) == 1


def test_plain_lines(conduct):
    out, err = io.StringIO(), io.StringIO()
    conduct("finish", renderer=PlainRenderer(SteadyStream(out), SteadyStream(err)))
    lines = err.getvalue().splitlines()
    assert len(lines) == 4
    assert "SYNTHETIC" in lines[0]
    assert lines[3].startswith("lr epoch 3/3  train loss 0.3333 accuracy 0.9000")
    assert out.getvalue().startswith("lr 20261123-091500-k3f finished; SYNTHETIC data, test accuracy 0.8750")


def test_a_failure_does_not_keep_the_next_run_from_its_turn(conduct):
    session = conduct("crash", "finish")
    assert [outcome["state"] for outcome in session.outcomes] == ["failed", "finished"]
    assert session.failures == [1]
    assert "lost its mind" in session.outcomes[0]["error"]["message"]


def test_an_absent_device_ends_it_all_and_leaves_no_folder(conduct, tmp_path):
    renderer = Listener(nothing)
    session = conduct("device", "finish", renderer=renderer)
    assert session.failures == [2]
    assert len(session.outcomes) == 1
    assert session.outcomes[0]["log_dir"] is None
    assert [path.name for path in (tmp_path / "logs" / "lr").iterdir()] == ["20261123-091501-k3f"]
    assert "was removed" in renderer.said.getvalue()
    assert "not started: lr" in renderer.said.getvalue()


def test_ctrl_c_stops_after_a_checkpoint_and_says_how_to_go_on(conduct, tmp_path):
    renderer = Listener(lambda: signal.raise_signal(signal.SIGTERM))
    session = conduct("slow", "finish", renderer=renderer)
    assert session.interrupted
    assert [outcome["state"] for outcome in session.outcomes] == ["stopped"]
    assert re.search(r"--resume \S+/20261123-091500-k3f", renderer.said.getvalue())
    assert "not started: lr" in renderer.said.getvalue()


def test_a_second_ctrl_c_ends_a_worker_that_does_not_listen(conduct):
    session = conduct("deaf", renderer=Listener(lambda: signal.raise_signal(signal.SIGINT)))
    assert session.interrupted
    assert [outcome["state"] for outcome in session.outcomes] == ["stopped"]


def test_a_closed_terminal_leaves_the_worker_alone(conduct, tmp_path):
    session = conduct("slow", "finish", renderer=Listener(lambda: signal.raise_signal(signal.SIGHUP)))
    root = tmp_path / "logs" / "lr" / "20261123-091500-k3f"
    assert session.hung_up
    assert session.outcomes == []
    assert RunRecord.load(root / "run.json").state is RunState.RUNNING
    pid = lock.holder(root)
    assert pid is not None
    os.kill(pid, signal.SIGTERM)
    until(lambda: RunRecord.load(root / "run.json").state is RunState.STOPPED)


def test_a_resumed_run_tells_only_what_is_new(conduct, tmp_path):
    paths = make_run(tmp_path / "logs", "lr", "20261123-091500-k3f")
    assert conduct("die", paths=paths).failures == [1]
    out = io.StringIO()
    renderer = JsonRenderer(SteadyStream(out), SteadyStream(io.StringIO()))
    conduct("finish", paths=paths, renderer=renderer)
    assert [event.get("epoch") for event in json_lines(out)] == [None, 2, 3, None]


def test_nobody_listening_is_no_reason_to_end_a_run(conduct):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        renderer = PlainRenderer(SteadyStream(closed), SteadyStream(closed))
        session = conduct("finish", "finish", renderer=renderer)
    assert [outcome["state"] for outcome in session.outcomes] == ["finished", "finished"]


def test_a_run_that_is_worked_on_elsewhere_is_left_alone(conduct, tmp_path):
    paths = make_run(tmp_path / "logs", "lr", "20261123-091500-k3f")
    with lock.hold(paths.root), pytest.raises(RunError, match="already being worked on"):
        conduct("finish", paths=paths)
    assert RunRecord.load(paths.record).state is RunState.QUEUED
