from __future__ import annotations

import subprocess

import pytest
from support.fakes import make_run

from fashiontui.errors import RunNotFoundError
from fashiontui.runs.find import find_run, list_runs, other_runs
from fashiontui.runs.trash import move_to_trash

OLD, NEW = "20261122-080000-aaa", "20261123-091502-k3f"


@pytest.fixture
def logs(tmp_path):
    make_run(tmp_path, "cnn1", OLD)
    make_run(tmp_path, "cnn1", NEW)
    make_run(tmp_path, "lr", "20261123-100000-bbb")
    (tmp_path / "lr" / "not-a-run").mkdir()
    return tmp_path


def test_runs_are_listed_oldest_first(logs):
    assert [paths.run_id for paths in list_runs(logs)] == [OLD, NEW, "20261123-100000-bbb"]
    assert list_runs(logs / "nowhere") == []


@pytest.mark.parametrize("text", [NEW, f"cnn1/{NEW}", "cnn1", "20261123-09", "k3f", "cnn1/k3f"])
def test_a_run_answers_to(logs, text):
    assert find_run(logs, text).root == logs / "cnn1" / NEW


def test_a_run_answers_to_its_path(logs, monkeypatch):
    assert find_run(logs / "elsewhere", str(logs / "cnn1" / OLD)).run_id == OLD
    monkeypatch.chdir(logs / "cnn1" / OLD)
    assert find_run(logs / "elsewhere", ".").experiment == "cnn1"


def test_an_ambiguous_beginning_lists_its_runs(logs):
    with pytest.raises(RunNotFoundError, match="the beginning of 2 runs") as caught:
        find_run(logs, "20261123")
    assert caught.value.hint == f"Which one: lr/20261123-100000-bbb, cnn1/{NEW}?"
    assert caught.value.exit_code == 2


def test_a_long_list_of_candidates_is_cut(tmp_path):
    for number in range(10):
        make_run(tmp_path, "lr", f"20261123-1000{number:02}-bbb")
    with pytest.raises(RunNotFoundError, match="and 2 older ones"):
        find_run(tmp_path, "20261123")


def test_an_unknown_name_proposes_the_nearest(logs):
    with pytest.raises(RunNotFoundError, match=r"Did you mean cnn1\?"):
        find_run(logs, "cnn2")


def test_a_name_like_none_names_the_newest(logs):
    with pytest.raises(RunNotFoundError, match="newest run is lr/20261123-100000-bbb"):
        find_run(logs, "xyzzy")


def test_no_runs_at_all(tmp_path):
    with pytest.raises(RunNotFoundError, match="there are no runs in"):
        find_run(tmp_path, "cnn1")


def test_nothing_is_no_name(logs):
    with pytest.raises(RunNotFoundError):
        find_run(logs, "")


def test_the_beginning_of_experiment_and_id_will_do(logs):
    assert find_run(logs, "cnn1/20261123").run_id == NEW


def test_a_folder_without_a_record_is_no_run(logs):
    with pytest.raises(RunNotFoundError):
        find_run(logs, "not-a-run")


def test_what_was_deleted_is_said_to_be_in_the_trash(logs):
    move_to_trash(find_run(logs, NEW))
    with pytest.raises(RunNotFoundError, match="it is in the trash") as caught:
        find_run(logs, NEW)
    subprocess.run(caught.value.hint.partition(": ")[2], shell=True, check=True)  # as the user would
    assert find_run(logs, NEW).record.exists()


@pytest.mark.parametrize("text", ["x" * 10_000, "a\0b", "\x1b[2J"])
def test_what_can_be_no_path_is_no_run(logs, text):
    with pytest.raises(RunNotFoundError):
        find_run(logs, text)


def test_others_than_the_known(logs):
    assert [paths.key for paths in other_runs(logs, {f"cnn1/{OLD}", f"cnn1/{NEW}"})] == [
        "lr/20261123-100000-bbb"
    ]


def test_runs_of_several_experiments_are_listed_by_time(tmp_path):
    for experiment, minute in (("b", 3), ("a", 1), ("b", 2), ("a", 4)):
        make_run(tmp_path, experiment, f"20261123-0915{minute:02}-abc")
    assert [paths.run_id[9:15] for paths in list_runs(tmp_path)] == ["091501", "091502", "091503", "091504"]


def test_nothing_is_no_name_even_of_the_only_run(tmp_path):
    make_run(tmp_path, "lr", NEW)
    for text in ("", "/", "cnn1/"):
        with pytest.raises(RunNotFoundError, match="no run"):
            find_run(tmp_path, text)


def test_the_mark_of_another_experiment_s_run_is_no_name(logs):
    with pytest.raises(RunNotFoundError, match="no run 'lr/k3f'"):
        find_run(logs, "lr/k3f")
