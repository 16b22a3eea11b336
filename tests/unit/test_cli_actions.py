"""What commands do to runs, and what they say, without a supervisor: whether one is asked for is noted."""

from __future__ import annotations

import json
from functools import partial

import pytest
from support.fake_worker import result
from support.fakes import make_run
from support.nobody import public_folder, reading_only
from support.registry import HERE, opened, said

from fashiontui.cli import actions
from fashiontui.cli.actions import carry_out
from fashiontui.cli.choices import Places, RunOptions
from fashiontui.cli.resuming import resume
from fashiontui.cli.stopping import ask
from fashiontui.errors import FilterError, RunNotFoundError
from fashiontui.runs import lock
from fashiontui.runs.record import Request, RunRecord
from fashiontui.runs.registry.entry import Wanted
from fashiontui.runs.state import RunState

STOP, PAUSE, KILL = (partial(ask, wanted=wanted) for wanted in (Wanted.STOP, Wanted.PAUSE, Wanted.KILL))


def going_on(first=False, **options):
    return partial(resume, options=RunOptions(**options), places=Places(), first=first)


@pytest.fixture
def logs(tmp_path):
    return tmp_path / "logs"


@pytest.fixture
def called(monkeypatch):
    """Folders that a supervisor was wanted for."""
    folders = []
    monkeypatch.setattr(actions, "ensure_supervisor", folders.append)
    return folders


@pytest.fixture
def registry(logs):
    with opened(logs) as registry:
        yield registry


@pytest.fixture
def act(logs, called, capsys):
    """Do something to runs; the exit code and what was printed."""

    def act(action, *arguments, as_json=False):
        code = carry_out(arguments, logs, action, as_json=as_json)
        out, err = capsys.readouterr()
        return code, ([json.loads(line) for line in out.splitlines()] if as_json else out), err

    return act


def add(registry, run_id="a", state=RunState.QUEUED, **changes):
    """The key of a run that the registry knows in this state."""
    paths = make_run(registry.logs, "lr", run_id, environment=HERE, **changes)
    registry.enqueue([paths])
    if state is not RunState.QUEUED:
        registry.claim(paths.key, "cpu/0")
        record = RunRecord.load(paths.record).in_state(state)
        record.save(paths.record)
        registry.note_state(paths.key, state, record)
    return paths.key


def test_a_queued_run_is_stopped_at_once_and_twice_is_no_mistake(registry, act, called):
    key = add(registry)
    assert act(STOP, "a") == (0, "lr/a is stopped, and out of the queue\n", "")
    assert said(registry, key) is RunState.STOPPED
    assert act(STOP, "a") == (0, "lr/a is stopped already\n", "")
    assert called == []


def test_a_live_run_is_asked_and_a_supervisor_sees_to_it(registry, act, called, logs):
    key = add(registry, state=RunState.RUNNING)
    with lock.hold(logs / key):
        assert act(PAUSE, "a") == (0, "lr/a pauses after a checkpoint\n", "")
        assert act(PAUSE, "a") == (0, "lr/a is pausing already\n", "")
        assert act(STOP, "a") == (0, "lr/a stops after a checkpoint\n", "")
        assert act(PAUSE, "a") == (0, "lr/a is stopping already\n", "")  # the firmer wish stands
        assert act(KILL, "a") == (0, "lr/a is being killed\n", "")
        assert act(STOP, "a") == (0, "lr/a is being killed already\n", "")
        assert act(going_on(), "a") == (0, "lr/a goes on\n", "")
        assert act(going_on(), "a") == (0, "lr/a is running already\n", "")
    assert called == [logs] * 8


@pytest.mark.parametrize("state", [RunState.FINISHED, RunState.FAILED, RunState.PAUSED, RunState.LOST])
def test_what_has_ended_is_left_alone(registry, act, called, state):
    key = add(registry, state=state)
    for action in (STOP, PAUSE, KILL):
        assert act(action, "a") == (0, f"lr/a is {state.value} already\n", "")
    assert (said(registry, key), called) == (state, [])


@pytest.mark.parametrize("state", [RunState.STOPPED, RunState.FAILED, RunState.PAUSED, RunState.LOST])
def test_all_but_a_finished_run_go_on(registry, act, called, logs, state):
    key = add(registry, state=state)
    assert act(going_on(), "a") == (0, "lr/a goes on: it is in the queue\n", "")
    entry = registry.entry(key)
    assert (entry.state, entry.resume, said(registry, key)) == (RunState.QUEUED, True, RunState.QUEUED)
    assert act(going_on(), "a") == (0, "lr/a is queued already\n", "")
    assert called == [logs, logs]  # the second time too: whoever says `resume` means it to be carried out


def test_a_finished_run_does_not_go_on(registry, act):
    add(registry, state=RunState.FINISHED, result=result(3))
    code, out, err = act(going_on(), "a")
    assert (code, out) == (1, "")
    assert "is finished" in err
    assert "fashiontui rerun a" in err


def test_another_device_and_more_threads_from_here_on(registry, act, logs):
    key = add(registry, state=RunState.STOPPED)
    act(going_on(device="cuda:1", threads=3), "a")
    entry, request = registry.entry(key), RunRecord.load(logs / key / "run.json").request
    assert (entry.device, entry.threads) == (request.device, request.threads) == ("cuda:1", 3)
    code, _, err = act(going_on(device="cpu"), "a")
    assert code == 1
    assert "is queued: its --device can't be changed now" in err


def test_modules_of_a_project_that_was_moved_are_found(registry, act, logs, monkeypatch):
    monkeypatch.chdir(logs.parent)
    key = add(registry, state=RunState.STOPPED, request=Request(import_dirs=("/where/it/was",)))
    act(going_on(), "a")
    request = RunRecord.load(logs / key / "run.json").request
    assert request.import_dirs == ("/where/it/was", str(logs.parent))


def test_resumed_runs_may_go_first(registry, act):
    add(registry, "waiting")
    add(registry, "b", RunState.PAUSED)
    assert act(going_on(first=True), "b")[1] == "lr/b goes on: it is in the queue, at its front\n"
    assert [entry.run_id for entry in registry.queue()] == ["b", "waiting"]
    assert act(going_on(first=True), "b")[1] == "lr/b is queued already\n"


def test_several_runs_by_name_and_by_filter(registry, act):
    for run_id in "abc":
        add(registry, run_id)
    assert act(PAUSE, "lr/a", "c")[0] == 0
    code, out, _ = act(STOP, "status:queued,paused", "experiment:lr")
    assert (code, out.splitlines()) == (
        0,
        ["lr/a is paused already", "lr/c is paused already", "lr/b is stopped, and out of the queue"],
    )
    assert act(STOP, "status:running") == (0, "", "no run is like that: status:running\n")


def test_an_unknown_name_keeps_everything_as_it_was(registry, act):
    key = add(registry)
    with pytest.raises(RunNotFoundError):
        act(STOP, "a", "nonsense")
    with pytest.raises(FilterError):
        act(STOP, "stats:queued")
    assert registry.entry(key).state is RunState.QUEUED


def test_what_can_not_be_done_to_one_is_done_to_the_others(registry, act):
    add(registry, "a", RunState.FINISHED)
    add(registry, "b", RunState.PAUSED)
    code, out, err = act(going_on(), "status:finished,paused")
    assert (code, out) == (1, "lr/b goes on: it is in the queue\n")
    assert err.startswith("error: run lr/a is finished")


def test_an_object_a_run(registry, act):
    add(registry, "a", RunState.FINISHED)
    add(registry, "b", RunState.PAUSED)
    code, objects, _ = act(going_on(), "a", "b", as_json=True)
    assert code == 1
    assert objects[0] | {"error": None} == {
        "run_id": "a", "experiment": "lr", "state": "finished", "wanted": "run", "changed": False, "error": None,
    }  # fmt: skip
    assert objects[0]["error"]["kind"] == "RunError"
    assert objects[1] == {
        "run_id": "b",
        "experiment": "lr",
        "state": "queued",
        "wanted": "run",
        "changed": True,
    }


def test_a_run_whose_worker_has_gone_is_put_down_as_lost_before_it_goes_on(registry, act, monkeypatch, logs):
    key = add(registry, state=RunState.RUNNING)
    assert act(STOP, "a")[1] == "lr/a is lost already\n"

    def settling(folder):
        assert folder == logs
        with opened(logs) as other:
            other.note_state(key, RunState.LOST, None)

    monkeypatch.setattr(actions, "ensure_supervisor", settling)
    assert act(going_on(), "a")[1] == "lr/a goes on: it is in the queue\n"


def test_a_run_of_another_folder_by_its_path(act, logs, tmp_path, called):
    paths = make_run(tmp_path / "other", "lr", "x", state=RunState.PAUSED)
    code, _, err = act(STOP, str(paths.root))
    assert code == 1
    assert f"--logs {tmp_path / 'other'}" in err
    with opened(paths.logs):
        pass
    assert act(going_on(), str(paths.root))[:2] == (0, "lr/x goes on: it is in the queue\n")
    assert called == [paths.logs]
    assert not logs.exists()


def test_where_nothing_may_be_written_that_is_said(capsys, called):
    with public_folder() as folder:
        make_run(folder, "lr", "a", environment=HERE)
        with reading_only(folder):
            assert carry_out(["a"], folder, STOP, as_json=False) == 1
        assert "is read only" in capsys.readouterr().err
        make_run(folder, "lr", "b", state=RunState.FINISHED)
        with reading_only(folder):
            assert carry_out(["b"], folder, STOP, as_json=False) == 0
    assert called == []
