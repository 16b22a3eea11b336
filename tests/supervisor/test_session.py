"""Runs followed from start to end: real processes, a fake worker."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from support.fakes import fake_command, make_run
from support.house import Remembering

from fashiontui.cli.run import exit_code
from fashiontui.headless.interrupts import Interrupts
from fashiontui.headless.render_json import JsonRenderer
from fashiontui.headless.render_plain import PlainRenderer
from fashiontui.headless.session import Conductor
from fashiontui.headless.streams import SteadyStream
from fashiontui.headless.verdict import Session, Verdict
from fashiontui.runs.assertions import parse_assertion
from fashiontui.runs.identity import ProcessIdentity
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.entry import Wanted
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState
from fashiontui.runs.trash import move_to_trash
from fashiontui.supervisor.lead import Lead
from fashiontui.supervisor.presence import Guard
from fashiontui.supervisor.queue import DEVICES
from fashiontui.supervisor.starter import FreshStarter


class Listener(PlainRenderer):
    """A renderer that acts when the run has moved on."""

    def __init__(self, act: Callable[[], None]) -> None:
        self.said = io.StringIO()
        super().__init__(SteadyStream(io.StringIO()), SteadyStream(self.said))
        self.act = act

    def progressed(self, paths, progress) -> None:
        self.act()


def nothing() -> None:
    """What a user does who only watches."""


class Conducted:
    """Runs of fake workers, carried out as `run --headless` does."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.registry = Registry.open(logs, warn=pytest.fail)
        self.starters: list[Remembering] = []
        self.runs = 0

    def queue(self, behaviour: str) -> RunPaths:
        paths = make_run(self.logs, "lr", f"20261123-09150{self.runs}-k3f")
        self.runs += 1
        (paths.root / "behaviour").write_text(behaviour)
        self.registry.enqueue([paths])
        return paths

    def __call__(self, *behaviours: str, renderer=None, assertions=()) -> Session:
        return self.follow([self.queue(behaviour) for behaviour in behaviours], renderer, assertions)

    def follow(self, runs, renderer=None, assertions=()) -> Session:
        renderer = renderer or Listener(nothing)
        with Interrupts() as interrupts:
            self.lead = Lead(self.logs, self.starter, lambda text: None)
            verdict = Verdict(renderer, assertions)
            conductor = Conductor(self.registry, self.lead, renderer, interrupts, verdict)
            session = conductor.carry_out([paths.key for paths in runs])
            self.left = self.lead.leave()
            return session

    def starter(self) -> Remembering:
        self.starters.append(Remembering(FreshStarter(fake_command("as-told"))))
        return self.starters[-1]


@pytest.fixture
def conduct(tmp_path):
    conducted = Conducted(tmp_path / "logs")
    yield conducted
    for starter in conducted.starters:
        starter.collect()
    conducted.registry.close()


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


def test_an_absent_device_ends_it_all_and_leaves_no_folder(conduct):
    renderer = Listener(nothing)
    session = conduct("device", "finish", renderer=renderer)
    assert session.failures == [2]
    assert len(session.outcomes) == 1
    assert session.outcomes[0]["log_dir"] is None
    assert list(conduct.logs.glob("lr/*")) == []
    assert conduct.registry.entries() == []
    assert "was removed" in renderer.said.getvalue()
    assert "not started: lr/20261123-091501-k3f" in renderer.said.getvalue()


def test_ctrl_c_stops_after_a_checkpoint_and_says_how_to_go_on(conduct):
    renderer = Listener(lambda: signal.raise_signal(signal.SIGTERM))
    session = conduct("endless", "finish", renderer=renderer)
    assert session.interrupted
    assert [outcome["state"] for outcome in session.outcomes] == ["stopped"]
    assert re.search(r"--resume \S+/20261123-091500-k3f", renderer.said.getvalue())
    assert "not started: lr/20261123-091501-k3f" in renderer.said.getvalue()
    assert [entry.state for entry in conduct.registry.entries()] == [RunState.STOPPED] * 2
    assert not conduct.left


def test_a_second_ctrl_c_ends_a_worker_that_does_not_listen(conduct):
    session = conduct("deaf", renderer=Listener(lambda: signal.raise_signal(signal.SIGINT)))
    assert session.interrupted
    assert [outcome["state"] for outcome in session.outcomes] == ["stopped"]


def test_a_closed_terminal_leaves_the_runs_alone_and_to_someone_else(conduct):
    first, second = conduct.queue("endless"), conduct.queue("finish")
    session = conduct.follow([first, second], Listener(lambda: signal.raise_signal(signal.SIGHUP)))
    assert session.hung_up
    assert session.outcomes == []
    assert conduct.left
    assert RunRecord.load(first.record).state is RunState.RUNNING
    assert RunRecord.load(second.record).state is RunState.QUEUED
    conduct.registry.ask(first.key, Wanted.STOP)
    assert [outcome["state"] for outcome in conduct.follow([first, second]).outcomes] == [
        "stopped",
        "finished",
    ]


def test_a_resumed_run_tells_only_what_is_new(conduct):
    paths = conduct.queue("die")
    assert conduct.follow([paths]).failures == [1]
    (paths.root / "behaviour").write_text("finish")
    conduct.registry.requeue(paths.key)
    out = io.StringIO()
    conduct.follow([paths], JsonRenderer(SteadyStream(out), SteadyStream(io.StringIO())))
    assert [event.get("epoch") for event in json_lines(out)] == [None, 2, 3, None]


def test_nobody_listening_is_no_reason_to_end_a_run(conduct):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        renderer = PlainRenderer(SteadyStream(closed), SteadyStream(closed))
        session = conduct("finish", "finish", renderer=renderer)
    assert [outcome["state"] for outcome in session.outcomes] == ["finished", "finished"]


def test_what_others_queued_is_handed_on(conduct):
    others = conduct.queue("endless")
    mine = conduct.queue("finish")
    conduct.registry.move(mine.key, before=others.key)
    assert [outcome["state"] for outcome in conduct.follow([mine]).outcomes] == ["finished"]
    assert conduct.left


def test_a_follower_takes_the_lead_when_the_supervisor_is_gone(conduct):
    guard = Guard(conduct.logs)
    assert guard.take()
    waiting = threading.Timer(1.0, guard.release)
    waiting.start()
    assert [outcome["state"] for outcome in conduct("finish").outcomes] == ["finished"]
    waiting.join()


def test_it_says_what_it_waits_for(conduct):
    others, mine = conduct.queue("endless"), conduct.queue("finish")

    class Impatient(Listener):
        def note(self, text: str) -> None:
            super().note(text)
            if text.startswith("waiting"):
                conduct.registry.ask(others.key, Wanted.KILL)

    renderer = Impatient(nothing)
    conduct.follow([mine], renderer)
    assert f"waiting: cpu is taken by {others.key}" in renderer.said.getvalue()


class ActsOnWaiting(JsonRenderer):
    """Does something once a run is said to wait."""

    def __init__(self, act: Callable[[], None]) -> None:
        self.told = io.StringIO()
        super().__init__(SteadyStream(self.told), SteadyStream(io.StringIO()))
        self.act = act

    def note(self, text: str) -> None:
        super().note(text)
        if text.startswith("waiting"):
            self.act()


def test_a_run_that_is_deleted_meanwhile_is_not_waited_for_and_is_a_failure(conduct):
    others, mine = conduct.queue("endless"), conduct.queue("finish")

    def delete() -> None:
        with Registry.open(conduct.logs, warn=pytest.fail) as registry:
            registry.ask(mine.key, Wanted.STOP)
            move_to_trash(mine)
            registry.forget(mine.key)

    renderer = ActsOnWaiting(delete)
    session = conduct.follow([mine], renderer, [parse_assertion("test_accuracy>=0.8")])
    (event,) = json_lines(renderer.told)
    assert (event["event"], event["run_id"], event["state"]) == ("result", mine.run_id, "lost")
    assert (event["error"]["kind"], event["log_dir"], event["test_accuracy"]) == ("RunDeleted", None, None)
    assert exit_code(session) == 1
    assert others.root.exists()


def test_a_run_whose_run_json_breaks_meanwhile_is_a_failure_that_says_so(conduct):
    others, mine = conduct.queue("endless"), conduct.queue("finish")

    def break_it() -> None:
        mine.record.write_text("{")
        conduct.registry.ask(others.key, Wanted.KILL)

    renderer = ActsOnWaiting(break_it)
    session = conduct.follow([mine], renderer)
    (event,) = json_lines(renderer.told)
    assert "its run.json can't be read" in event["error"]["message"]
    assert event["log_dir"] == str(mine.root)
    assert exit_code(session) == 1


def test_a_run_that_is_just_being_deleted_does_not_end_the_watch_over_the_others(conduct):
    first, gone, last = conduct.queue("slow"), conduct.queue("finish"), conduct.queue("finish")

    def delete_halfway() -> None:  # as `delete` does it, up to the moment before the row goes
        if gone.root.exists():
            with Registry.open(conduct.logs, warn=pytest.fail) as registry:
                registry.ask(gone.key, Wanted.STOP)
                move_to_trash(gone)

    renderer = Listener(delete_halfway)
    outcomes = conduct.follow([first, gone, last], renderer).outcomes
    finished = [outcome["run_id"] for outcome in outcomes if outcome["state"] == "finished"]
    assert finished == [first.run_id, last.run_id]
    assert f"{gone.experiment} {gone.run_id} failed: it was deleted" in renderer.said.getvalue()


def test_several_runs_at_once_are_told_apart(conduct):
    conduct.registry.set_setting(DEVICES, json.dumps({"cpu": 3}))
    out = io.StringIO()
    session = conduct(
        "finish",
        "finish",
        "finish",
        renderer=JsonRenderer(SteadyStream(out), SteadyStream(io.StringIO())),
    )
    told = json_lines(out)
    assert len(session.outcomes) == 3
    for run_id in {event["run_id"] for event in told}:
        own = [event["event"] for event in told if event["run_id"] == run_id]
        assert own == ["started", "epoch", "epoch", "epoch", "result"]


def test_a_run_that_got_lost_is_a_failure(conduct):
    paths = conduct.queue("endless")
    assert conduct.registry.claim(paths.key, "cpu/0") is not None
    conduct.registry.note_worker(paths.key, ProcessIdentity(os.getpid(), "1@another boot"), 0)
    session = conduct.follow([paths])
    assert [outcome["state"] for outcome in session.outcomes] == ["lost"]
    assert session.failures == [1]
