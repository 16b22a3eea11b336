"""What the app sees of a logs folder, and how often."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.fakes import make_run
from support.registry import opened

from fashiontui.runs.lock import hold
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import RunRecord
from fashiontui.runs.state import RunState
from fashiontui.tui import runswatch
from fashiontui.tui.project import FREE, ProjectSnapshot
from fashiontui.tui.runswatch import FOLDERS_S, SILENT_S, RunsWatch


class Watched:
    """A logs folder with a live run, and who watches it by a clock of its own."""

    def __init__(self, logs: Path) -> None:
        self.now = 100.0
        self.paths = make_run(logs, "lr", "a")
        self.registry = opened(logs)
        self.registry.enqueue([self.paths])
        self.registry.claim(self.paths.key, "cpu/0")
        self.watch = RunsWatch(logs, read_only=False, warn=pytest.fail, clock=lambda: self.now)

    def get_on(self, step: int) -> None:
        Progress(step=step).save(self.paths.progress)

    def step(self):
        blank = ProjectSnapshot(self.paths.logs, Path("experiments.toml"), now=self.now)
        return self.watch.snapshot(blank).entries[0].facts.get("step")


@pytest.fixture
def watched(tmp_path):
    watched = Watched(tmp_path / "logs")
    yield watched
    watched.watch.close()
    watched.registry.close()


def test_progress_alone_is_looked_at_once_a_second(watched):
    assert watched.watch.poll()
    watched.get_on(5)
    assert not watched.watch.poll()
    watched.now += FOLDERS_S
    assert watched.watch.poll()
    assert watched.step() == 5
    assert not watched.watch.poll()


def test_folders_are_looked_at_however_often_the_registry_says_something_new(watched):
    watched.watch.poll()
    watched.now += FOLDERS_S / 2
    make_run(watched.paths.logs, "lr", "copied")
    watched.registry.enqueue([make_run(watched.paths.logs, "lr", "b")])
    watched.watch.poll()
    watched.now += FOLDERS_S / 2
    watched.registry.enqueue([make_run(watched.paths.logs, "lr", "c")])
    watched.watch.poll()
    blank = ProjectSnapshot(watched.paths.logs, Path("experiments.toml"), now=watched.now)
    assert "lr/copied" in {entry.key for entry in watched.watch.snapshot(blank).entries}


def test_what_the_registry_says_anew_is_seen_at_once_and_progress_with_it(watched):
    watched.watch.poll()
    watched.get_on(7)
    watched.registry.enqueue([make_run(watched.paths.logs, "lr", "b")])
    assert watched.watch.poll()
    assert watched.step() == 7


def test_a_run_that_gave_no_sign_for_long_is_looked_for_whatever_its_supervisor_makes_of_it(
    watched, monkeypatch
):
    """Its disk may take nothing, and the run's end not be on record for it."""
    monkeypatch.setattr(runswatch, "supervisor_pid", lambda _logs: 1)
    record = RunRecord.load(watched.paths.record).in_state(RunState.RUNNING)
    record.save(watched.paths.record)
    watched.registry.note_state(watched.paths.key, RunState.RUNNING, record)
    watched.get_on(5)
    written = watched.paths.progress.stat().st_mtime
    watched.watch.poll()

    def state(now):
        blank = ProjectSnapshot(watched.paths.logs, Path("experiments.toml"), now=now)
        return watched.watch.snapshot(blank).entries[0].state

    assert state(written + 1) is RunState.RUNNING
    assert state(written + SILENT_S + 1) is RunState.LOST
    with hold(watched.paths.root):
        assert state(written + SILENT_S + 1) is RunState.RUNNING


def test_slots_are_as_the_file_gives_them_before_there_is_a_logs_folder(tmp_path):
    watch = RunsWatch(tmp_path / "logs", read_only=False, warn=pytest.fail)
    watch.give_devices({"cpu": 2})
    watch.poll()
    blank = ProjectSnapshot(tmp_path / "logs", Path("experiments.toml"))
    assert dict(watch.snapshot(blank).slots) == {"cpu/0": FREE, "cpu/1": FREE}
    watch.close()
    assert not (tmp_path / "logs").exists()


def test_there_are_no_more_slots_than_the_supervisor_makes(tmp_path, monkeypatch):
    monkeypatch.setattr(runswatch, "_cores", lambda: list(range(64)))
    monkeypatch.setattr(runswatch, "cpu_quota", lambda: 8)
    monkeypatch.setattr(runswatch, "count_gpus", lambda: 0)
    watched = Watched(tmp_path / "logs")
    watched.watch.poll()
    blank = ProjectSnapshot(watched.paths.logs, Path("experiments.toml"), now=0.0)
    assert list(watched.watch.snapshot(blank).slots) == ["cpu/0", "cpu/1"]
    watched.watch.close()
    watched.registry.close()
