from __future__ import annotations

import json

import pytest
from support.fakes import make_run
from support.registry import opened, queued

from fashiontui.cli import actions
from fashiontui.cli.moving import Target, move_runs
from fashiontui.errors import RunError, RunNotFoundError, UsageError
from fashiontui.runs.state import RunState

FIRST, LAST = Target(first=True), Target(last=True)


@pytest.fixture
def registry(tmp_path, monkeypatch):
    monkeypatch.setattr(actions, "ensure_supervisor", lambda _: None)
    with opened(tmp_path / "logs") as registry:
        queued(registry, *"abcde")
        yield registry


def moved(registry, target, *names):
    """The queue after a move, and the exit code."""
    code = move_runs(names, registry.logs, target, as_json=False)
    return "".join(entry.run_id for entry in registry.queue()), code


@pytest.mark.parametrize(
    ("target", "names", "queue"),
    [
        (FIRST, "c", "cabde"),
        (FIRST, "a", "abcde"),
        (FIRST, "db", "dbace"),
        (FIRST, "edcba", "edcba"),
        (LAST, "b", "acdeb"),
        (LAST, "e", "abcde"),
        (LAST, "ca", "bdeca"),
        (LAST, "edcba", "edcba"),
        (Target(before="b"), "e", "aebcd"),
        (Target(before="a"), "ec", "ecabd"),
        (Target(before="e"), "ab", "cdabe"),
        (Target(before="c"), "c", "abcde"),
        (Target(priority=5), "db", "bdace"),
        (Target(priority=-1), "a", "bcdea"),
    ],
)
def test_the_queue_after_a_move(registry, target, names, queue):
    assert moved(registry, target, *names) == (queue, 0)
    assert moved(registry, target, *names) == (queue, 0)


def test_priorities_stay_what_they_mean(registry):
    moved(registry, Target(priority=5), "c")
    assert moved(registry, FIRST, "a")[0] == "acbde"
    assert registry.entry("lr/a").priority == 5
    assert moved(registry, LAST, "a")[0] == "cbdea"
    assert registry.entry("lr/a").priority == 0
    assert moved(registry, FIRST, "c")[0] == "cbdea"
    assert registry.entry("lr/c").priority == 5  # it was the first already


def test_where_it_is_now_is_said(registry, capsys):
    move_runs(["c", "a"], registry.logs, FIRST, as_json=False)
    move_runs(["c", "d"], registry.logs, FIRST, as_json=True)
    move_runs(["d"], registry.logs, Target(priority=2), as_json=False)
    out = capsys.readouterr().out.splitlines()
    assert out[:2] == ["lr/c is number 1 of 5 in the queue", "lr/a is number 2 of 5 in the queue"]
    first, second = map(json.loads, out[2:4])
    assert (first["run_id"], first["place"], first["changed"]) == ("c", 1, False)
    assert (second["run_id"], second["place"], second["changed"]) == ("d", 2, True)
    assert out[4] == "lr/d is number 1 of 5 in the queue, with priority 2"


def test_only_what_waits_has_a_place(registry, capsys):
    registry.claim("lr/b", "cpu/0")
    make_run(registry.logs, "lr", "x", state=RunState.FINISHED)
    assert moved(registry, FIRST, "b", "d", "x") == ("dace", 1)
    err = capsys.readouterr().err
    assert "run lr/b is starting: it has no place in the queue" in err
    assert "run lr/x is finished" in err
    with pytest.raises(RunError, match="nothing can be put before it"):
        moved(registry, Target(before="x"), "a")
    with pytest.raises(RunNotFoundError):
        moved(registry, Target(before="nonsense"), "a")


@pytest.mark.parametrize("target", [Target(), Target(first=True, last=True), Target(before="a", priority=0)])
def test_one_way_to_go(registry, target):
    with pytest.raises(UsageError, match="move where to"):
        moved(registry, target, "a")


def test_a_filter_moves_all_that_fit_in_their_order(registry):
    registry.move("lr/d", priority=1)
    assert moved(registry, FIRST, "run:[ce]*")[0] == "cedab"
