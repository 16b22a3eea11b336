"""A run that overfits is told of, though nobody looks at it."""

from __future__ import annotations

import pytest
from support.cli import project
from support.fakes import make_entry
from support.pilot import drive, options, until
from support.shown_runs import append_epoch, full_run

from fashiontui.runs.lock import hold
from fashiontui.runs.progress import Progress
from fashiontui.runs.state import RunState
from fashiontui.tui.alarms import PERIOD_S, Alarms
from fashiontui.tui.runview import RunFolder


@pytest.fixture
def folder(tmp_path):
    project(tmp_path)
    return tmp_path


def live(folder, run_id, **changes):
    return full_run(folder / "logs", "ann1", run_id, state=RunState.RUNNING, **{"epochs": 9, **changes})


def entry(paths, epoch):
    return make_entry("ann1", paths.run_id, state=RunState.RUNNING, facts={"epoch": epoch})


def test_each_run_is_read_once_an_epoch_one_at_a_time(folder):
    over, fine = live(folder, "20261123-100000-p2m", overfits=True), live(folder, "20261123-100001-k3f")
    alarms = Alarms(folder / "logs")
    alarms.follow([entry(over, 9), entry(fine, 9)])
    found = [
        alarms.look(1000.0),
        alarms.look(1000.0),
        alarms.look(1000.0 + PERIOD_S),
        alarms.look(1000.0 + 2 * PERIOD_S),
    ]
    assert sorted(found) == [False, False, False, True]
    assert list(alarms.told) == [over.key]
    assert "overfitting since epoch" in alarms.told[over.key]
    alarms.follow([entry(fine, 9)])
    assert alarms.told == {}
    assert not alarms.look(2000.0)  # it has got no further
    append_epoch(fine, 10)
    alarms.follow([entry(fine, 10)])
    assert not alarms.look(3000.0)
    assert not Alarms(folder / "logs").look(1.0)


def test_files_are_read_at_first_and_while_the_loss_is_above_its_lowest(folder, monkeypatch):
    paths, reads = live(folder, "20261123-100000-p2m"), []
    look = RunFolder.look
    monkeypatch.setattr(RunFolder, "look", lambda self: (reads.append(self), look(self))[1])
    alarms, now = Alarms(folder / "logs"), 1000.0
    for epoch, loss, read in (
        (3, 0.5, True),
        (4, 0.001, False),
        (5, 0.00101, False),
        (6, 0.5, True),
        (7, None, False),
    ):
        reads.clear()
        metrics = {} if loss is None else {"valid_loss": {"last": loss}}
        entry = make_entry(
            "ann1", paths.run_id, state=RunState.RUNNING, facts={"epoch": epoch, "metrics": metrics}
        )
        alarms.follow([entry])
        now += PERIOD_S
        assert not alarms.look(now)
        assert bool(reads) is read, epoch


def test_a_run_without_files_is_let_be(folder):
    paths = live(folder, "20261123-100000-p2m", overfits=True)
    for file in paths.root.glob("*tfevents*"):
        file.unlink()
    alarms = Alarms(folder / "logs")
    alarms.follow([entry(paths, 9)])
    assert not alarms.look(1000.0)


def test_it_is_told_on_any_screen(folder):
    paths = live(folder, "20261123-100000-p2m", overfits=True)
    Progress(phase="training", step=90, steps=90, epoch=9, epochs=9).save(paths.progress)

    async def act(app, pilot):
        await until(
            pilot,
            lambda: any("ann1 p2m: overfitting since epoch" in note.message for note in app._notifications),
        )
        assert app.current_mode == "experiments"

    with hold(paths.root):
        drive(options(folder), act)
