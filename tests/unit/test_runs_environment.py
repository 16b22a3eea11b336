from __future__ import annotations

import os
import subprocess
import sys

from fashiontui.runs import environment
from fashiontui.runs.environment import collect_environment, git_state, package_versions


def git(folder, *arguments):
    identity = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


def repository(folder):
    git(folder, "init")
    (folder / "experiments.toml").write_text("epochs = 1\n")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "first")
    return folder


def test_what_is_known_without_importing_anything(tmp_path):
    facts = collect_environment(tmp_path, ["fashiontui", "run", "lr"])
    assert facts["argv"] == ["fashiontui", "run", "lr"]
    assert facts["executable"] == sys.executable
    assert {"numpy", "torch"} <= set(facts["packages"])
    assert facts["cpu"]
    assert facts["git"] is None


def test_words_of_the_command_line_that_are_not_utf8_are_told_all_the_same(tmp_path):
    argv = collect_environment(tmp_path, ["run", "é", os.fsdecode(b"caf\xe9")])["argv"]
    assert argv == ["run", "é", "caf\\xe9"]


def test_packages_that_are_not_there_are_left_out():
    assert package_versions(["no-such-package-anywhere"]) == {}


def test_a_clean_repository(tmp_path):
    state = git_state(repository(tmp_path))
    assert state is not None
    assert len(state["commit"]) == 40
    assert not state["dirty"]
    assert state["diff"] == ""


def test_a_changed_repository_keeps_the_change(tmp_path, monkeypatch):
    repository(tmp_path)
    (tmp_path / "experiments.toml").write_text("epochs = 2\n")
    (tmp_path / "nets.py").touch()
    state = git_state(tmp_path)
    assert state is not None
    assert state["dirty"]
    assert "+epochs = 2" in state["diff"]
    assert state["untracked"] == ["nets.py"]
    assert not state["diff_cut"]
    monkeypatch.setattr(environment, "DIFF_LIMIT", 10)
    cut = git_state(tmp_path)
    assert cut is not None
    assert (len(cut["diff"]), cut["diff_cut"]) == (10, True)


def test_without_git_nothing_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_state(tmp_path) is None
