from __future__ import annotations

import json

import pytest
from support.fakes import make_run
from support.nobody import public_folder, reading_only
from support.registry import opened

from fashiontui.cli.holding import hold_and_tell
from fashiontui.errors import RunError
from fashiontui.supervisor.queue import WAITS_FOR_RELEASE, is_held


@pytest.fixture
def logs(tmp_path):
    return tmp_path / "logs"


@pytest.fixture
def called(monkeypatch):
    """Folders that a supervisor was wanted for."""
    folders = []
    monkeypatch.setattr("fashiontui.supervisor.ensure.ensure_supervisor", folders.append)
    return folders


@pytest.fixture
def queued(logs):
    """The key of a run that waits."""
    with opened(logs) as registry:
        paths = make_run(logs, "lr", "a")
        registry.enqueue([paths])
        return paths.key


def said(capsys):
    return capsys.readouterr().out


def test_hold_and_release_each_say_how_the_queue_stands_and_twice_is_no_mistake(logs, queued, called, capsys):
    waits = "0 go on, 1 waits"
    assert hold_and_tell(logs, held=True, as_json=False) == 0
    assert said(capsys) == f"the queue is held: {waits}; `fashiontui release` lets it go on\n"
    with opened(logs) as registry:
        assert is_held(registry)
        assert registry.entry(queued).reason == WAITS_FOR_RELEASE
    assert hold_and_tell(logs, held=True, as_json=False) == 0
    assert said(capsys) == f"the queue is held already: {waits}; `fashiontui release` lets it go on\n"
    assert called == []
    assert hold_and_tell(logs, held=False, as_json=False) == 0
    assert said(capsys) == f"the queue goes on: {waits}\n"
    assert called == [logs]
    assert hold_and_tell(logs, held=False, as_json=False) == 0
    assert said(capsys) == f"the queue is not held: {waits}\n"


def test_for_scripts_it_is_an_object(logs, queued, called, capsys):
    hold_and_tell(logs, held=True, as_json=True)
    told = json.loads(said(capsys))
    assert told == {"event": "queue", "held": True, "changed": True, "live": 0, "waiting": 1}


def test_an_empty_queue_needs_nobody(logs, called):
    with opened(logs):
        pass
    hold_and_tell(logs, held=False, as_json=False)
    assert called == []


def test_a_folder_that_can_t_be_written_can_t_be_held(called):
    with public_folder() as folder:
        with opened(folder) as registry:
            registry.enqueue([make_run(folder, "lr", "a")])
        with reading_only(folder), pytest.raises(RunError, match="is read only"):
            hold_and_tell(folder, held=True, as_json=False)
    assert called == []


def test_a_queue_may_be_held_before_there_is_anything_in_it(logs, called, capsys):
    assert hold_and_tell(logs, held=False, as_json=False) == 0
    assert said(capsys) == "the queue is not held: 0 go on, 0 wait\n"
    assert not logs.exists()
    hold_and_tell(logs, held=True, as_json=False)
    with opened(logs) as registry:
        assert is_held(registry)
