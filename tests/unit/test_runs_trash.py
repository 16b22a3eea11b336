from __future__ import annotations

import pytest
from support.fakes import make_run

from fashiontui.errors import RunError
from fashiontui.runs import lock
from fashiontui.runs.find import list_runs
from fashiontui.runs.trash import move_to_trash, purge, trashed

RUN = "20261123-091502-k3f"


def test_a_run_goes_to_the_trash_whole_and_comes_back(tmp_path):
    paths = make_run(tmp_path, "lr", RUN)
    (paths.root / "checkpoint.pt").write_text("weights")
    make_run(tmp_path, "lr", "20261123-091503-aaa")
    moved = move_to_trash(paths)
    assert moved == tmp_path / ".trash" / "lr" / RUN
    assert (moved / "checkpoint.pt").read_text() == "weights"
    assert [each.run_id for each in list_runs(tmp_path)] == ["20261123-091503-aaa"]
    moved.rename(paths.root)
    assert len(list_runs(tmp_path)) == 2


def test_the_last_run_of_an_experiment_takes_its_folder_along(tmp_path):
    move_to_trash(make_run(tmp_path, "lr", RUN))
    assert [path.name for path in tmp_path.iterdir()] == [".trash"]


def test_a_name_that_is_taken_gets_a_number(tmp_path):
    moved = [move_to_trash(make_run(tmp_path, "lr", RUN)).name for _ in range(3)]
    assert moved == [RUN, f"{RUN}-2", f"{RUN}-3"]
    (tmp_path / ".trash" / "lr" / f"{RUN}-4").touch()  # whatever that is
    assert move_to_trash(make_run(tmp_path, "lr", RUN)).name == f"{RUN}-5"


def test_a_run_somebody_works_on_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE_S", 0.05)
    paths = make_run(tmp_path, "lr", RUN)
    with lock.hold(paths.root), pytest.raises(RunError, match="being worked on"):
        move_to_trash(paths)
    assert paths.record.exists()


def test_a_file_in_place_of_the_trash_is_said(tmp_path):
    paths = make_run(tmp_path, "lr", RUN)
    (tmp_path / ".trash").touch()
    with pytest.raises(RunError, match="can't be moved"):
        move_to_trash(paths)
    assert paths.record.exists()


def test_what_is_in_the_trash_answers_to_its_whole_name_alone(tmp_path):
    moved = move_to_trash(make_run(tmp_path, "lr", RUN))
    assert trashed(tmp_path, RUN) == trashed(tmp_path, f"lr/{RUN}") == [moved]
    for text in ("", "lr", RUN[:-1], f"cnn1/{RUN}", "../lr", "*", f"../.trash/lr/{RUN}"):
        assert trashed(tmp_path, text) == []


def test_purging_leaves_nothing_behind(tmp_path):
    one = move_to_trash(make_run(tmp_path, "lr", RUN))
    other = move_to_trash(make_run(tmp_path, "cnn1", RUN))
    purge(one)
    assert not one.parent.exists()
    assert other.exists()
    purge(other)
    purge(other)  # of two at once, the second finds nothing to do
    assert list(tmp_path.iterdir()) == []
