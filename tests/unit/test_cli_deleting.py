from __future__ import annotations

import io
import json

import pytest
from support.fakes import make_run
from support.nobody import public_folder, reading_only
from support.registry import HERE, opened, queued, said

from fashiontui.cli import actions, deleting
from fashiontui.cli.deleting import delete_runs
from fashiontui.errors import RunNotFoundError, UsageError
from fashiontui.runs import lock
from fashiontui.runs.find import find_run, list_runs
from fashiontui.runs.state import RunState
from fashiontui.runs.trash import move_to_trash


@pytest.fixture
def logs(tmp_path, monkeypatch):
    monkeypatch.setattr(actions, "ensure_supervisor", lambda _: None)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "logs"


@pytest.fixture
def delete(logs, capsys):
    def delete(*names, for_good=False, sure=False, as_json=False):
        code = delete_runs(names, logs, for_good=for_good, sure=sure, as_json=as_json)
        return (code, *capsys.readouterr())

    return delete


def ended(logs, run_id="a", state=RunState.FINISHED):
    return make_run(logs, "lr", run_id, state=state)


def test_an_ended_run_goes_to_the_trash_and_twice_is_no_mistake(logs, delete):
    ended(logs)
    assert delete("a") == (0, "lr/a is in the trash: logs/.trash/lr/a\n", "")
    assert delete("lr/a") == (0, "lr/a is in the trash already: logs/.trash/lr/a\n", "")
    with opened(logs) as registry:
        assert registry.entries() == []


def test_one_that_goes_to_the_trash_as_it_is_found_was_deleted(logs, delete, monkeypatch):
    ended(logs)

    def find_and_lose(logs, name):
        paths = find_run(logs, name)
        move_to_trash(paths)
        return paths

    monkeypatch.setattr(deleting, "find_run", find_and_lose)
    assert delete("a") == (0, "lr/a is in the trash already: logs/.trash/lr/a\n", "")


def test_what_is_in_the_trash_answers_to_its_path_too(logs, delete):
    ended(logs)
    delete("a")
    path = str(logs / ".trash" / "lr" / "a")
    assert delete(path) == (0, "lr/a is in the trash already: logs/.trash/lr/a\n", "")
    assert delete(path, for_good=True, sure=True)[1] == "lr/a is removed from the trash, for good\n"
    assert not (logs / ".trash").exists()


def test_a_run_that_comes_back_is_there_again(logs, delete):
    ended(logs)
    delete("a")
    (logs / "lr").mkdir()
    (logs / ".trash" / "lr" / "a").rename(logs / "lr" / "a")
    with opened(logs) as registry:
        registry.refresh()
        assert [entry.key for entry in registry.entries()] == ["lr/a"]


def test_a_queued_run_leaves_the_queue_first(logs, delete):
    with opened(logs) as registry:
        queued(registry, "a", "b")
        assert delete("a")[0] == 0
        assert [entry.run_id for entry in registry.queue()] == ["b"]
        assert said(registry, ".trash/lr/a") is RunState.STOPPED


def test_a_live_run_is_refused(logs, delete):
    with opened(logs) as registry:
        (key,) = queued(registry, "a")
        registry.claim(key, "cpu/0")
        code, out, err = delete("a", "a")
        assert (code, out) == (1, "")
        assert err == "error: run lr/a is starting\nStop it first: fashiontui stop a\n"
        registry.note_state(key, RunState.FINISHED, None)
        with lock.hold(logs / key):  # the registry does not know of this one
            assert "already being worked on" in delete("a")[2]
    assert len(list_runs(logs)) == 1


def test_a_run_that_can_not_be_read_can_be_deleted(logs, delete):
    ended(logs).record.write_text("{")
    assert delete("a")[0] == 0
    assert list_runs(logs) == []


def test_for_good(logs, delete):
    ended(logs)
    ended(logs, "b")
    delete("b")
    assert delete("a", "lr/b", for_good=True, sure=True)[:2] == (
        0,
        "lr/a is removed for good\nlr/b is removed from the trash, for good\n",
    )
    assert [path.name for path in logs.iterdir() if path.is_dir()] == []
    with pytest.raises(RunNotFoundError):
        delete("a", for_good=True, sure=True)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("YES\n", 0), ("n\n", 1), ("\n", 1), ("", 1)])
def test_for_good_is_asked(logs, monkeypatch, answer, code):
    runs = [ended(logs, run_id) for run_id in "abcd"]
    err = Terminal()
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    monkeypatch.setattr("sys.stderr", err)
    assert delete_runs(["status:finished"], logs, for_good=True, sure=False, as_json=False) == code
    assert "Remove 4 runs for good (lr/a, lr/b, lr/c, …)? [y/N]" in err.getvalue()
    assert any(paths.root.exists() for paths in runs) == bool(code)


def test_where_nobody_can_be_asked_nothing_is_removed(logs, delete):
    paths = ended(logs)
    with pytest.raises(UsageError, match="nobody can be asked"):
        delete("a", for_good=True)
    assert paths.record.exists()


def test_a_filter_deletes_all_that_fit_and_only_them(logs, delete):
    ended(logs, "a", RunState.FAILED)
    ended(logs, "b", RunState.FAILED)
    ended(logs, "c")
    code, out, _ = delete("status:failed", as_json=True)
    assert (code, [json.loads(line)["run_id"] for line in out.splitlines()]) == (0, ["a", "b"])
    assert json.loads(out.splitlines()[0])["trash"] == str(logs / ".trash" / "lr" / "a")
    assert [paths.run_id for paths in list_runs(logs)] == ["c"]
    assert delete("status:failed") == (0, "", "no run is like that: status:failed\n")
    with pytest.raises(UsageError):
        delete("c", "status:finished")


def test_where_nothing_may_be_written_nothing_goes(capsys):
    with public_folder() as folder:
        paths = make_run(folder, "lr", "a", state=RunState.FINISHED, environment=HERE)
        with reading_only(folder):
            assert delete_runs(["a"], folder, for_good=False, sure=False, as_json=False) == 1
        assert paths.record.exists()
        assert "is read only" in capsys.readouterr().err
