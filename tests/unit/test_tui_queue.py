"""The rows of the queue."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from support.fakes import make_entry

from fashiontui.runs.registry.entry import Wanted
from fashiontui.runs.state import RunState
from fashiontui.tui.project import ProjectSnapshot
from fashiontui.tui.queuerows import queue_counts, queue_rows

PROGRESS = {
    "phase": "training",
    "step": 62,
    "planned_steps": 100,
    "epoch": 31,
    "planned_epochs": 50,
    "samples_per_second": 2914.2,
    "eta_seconds": 201.0,
    "metrics": {"valid_accuracy": {"last": 0.9266}},
}


def snapshot(*entries, supervisor_pid=1, **changes):
    return ProjectSnapshot(
        Path("logs"),
        Path("experiments.toml"),
        entries=entries,
        supervisor_pid=supervisor_pid,
        **changes,
    )


def running(**changes):
    return make_entry(
        "cnn1",
        "20261123-091502-k3f",
        **{"state": RunState.RUNNING, "slot": "cpu/0", "facts": PROGRESS, **changes},
    )


def queued(run_id="q", reason=""):
    return make_entry("vgg16", run_id, state=RunState.QUEUED, reason=reason)


def words(*entries, **changes):
    return [row.words for row in queue_rows(snapshot(*entries, **changes), "braille")]


def test_a_live_run_tells_all_its_figures():
    (row,) = queue_rows(snapshot(running()), "braille")
    assert (row.name, row.mark, row.slot, row.share) == ("cnn1", "k3f", "cpu:0", 0.62)
    assert (row.epoch, row.rate, row.valid, row.left) == (
        "epoch 31/50",
        "2,914 img/s",
        "valid 0.9266",
        "3m 21s left",
    )


def test_one_that_has_told_nothing_yet():
    (row,) = queue_rows(snapshot(running(state=RunState.STARTING, facts={"training.epochs": 5})), "braille")
    assert (row.share, row.epoch, row.left) == (0.0, "", "starting")


def test_what_was_asked_of_it_is_told():
    (row,) = queue_rows(snapshot(running(wanted=Wanted.PAUSE)), "braille")
    assert row.left == "pausing"


def test_a_phase_other_than_training_is_told():
    (row,) = queue_rows(snapshot(running(facts={**PROGRESS, "phase": "testing"})), "braille")
    assert row.left == "testing"


def test_live_runs_come_first_then_the_paused_then_the_queue_in_its_order():
    paused = make_entry("cnn2", "p", state=RunState.PAUSED, facts={"epoch": 12}, attempts=1)
    rows = queue_rows(snapshot(paused, running(), queued("q1"), queued("q2")), "braille")
    assert [row.key.partition("/")[2] for row in rows] == ["20261123-091502-k3f", "p", "q1", "q2"]
    assert rows[1].words == "paused at epoch 12, resumes from its checkpoint"


def test_ended_runs_are_not_in_it():
    assert queue_rows(snapshot(make_entry(state=RunState.FINISHED)), "braille") == ()


def test_whoever_waits_says_for_what_and_about_how_long():
    reason = "cpu is taken by cnn1/20261123-091502-k3f"
    assert words(running(), queued("a", reason), queued("b", reason))[1:] == [
        "waits: cpu is taken by cnn1/k3f, about 3m",
        "waits: cpu is taken by cnn1/k3f",
    ]


def test_no_time_is_told_where_it_does_not_wait_for_a_slot():
    assert (
        words(running(), queued(reason="[devices] gives cuda no slot"))[1]
        == "waits: [devices] gives cuda no slot"
    )


def test_it_is_said_that_nobody_carries_out_the_queue():
    assert words(queued(), supervisor_pid=None) == ["waits: nobody carries out the queue"]


def test_a_run_that_was_paused_before_it_began_has_no_checkpoint():
    (row,) = queue_rows(snapshot(make_entry("cnn2", "p", state=RunState.PAUSED)), "braille")
    assert row.words == "paused before it began"


def test_a_forest_is_counted_in_trees():
    facts = {**PROGRESS, "model.kind": "forest", "model.trees": 100, "epoch": 7, "planned_epochs": 100}
    (row,) = queue_rows(snapshot(running(facts=facts)), "braille")
    assert row.epoch == "tree 7/100"


def test_counts():
    paused = make_entry("cnn2", "p", state=RunState.PAUSED)
    starting = running(state=RunState.STARTING)
    assert queue_counts(snapshot(running(), starting, paused, queued())) == "2 running · 1 paused · 1 waiting"
    assert queue_counts(snapshot()) == ""


def test_signs_in_ascii():
    (row,) = queue_rows(snapshot(running()), "ascii")
    assert row.sign == ">"


def test_a_held_queue_says_so_whoever_carries_it_out():
    waiting = queued(reason="the queue is held; `fashiontui release` lets it go on")
    for pid in (1, None):
        assert words(waiting, supervisor_pid=pid, is_held=True) == [
            "waits: the queue is held, H lets it go on"
        ]
    assert queue_counts(snapshot(waiting, is_held=True)) == "1 waiting · held"
    assert queue_counts(snapshot(is_held=True)) == "held"


def test_who_only_looks_on_is_told_nothing_that_is_not_known():
    assert words(queued(), supervisor_pid=None, read_only=True) == ["waits"]
    assert queue_counts(snapshot(queued(), read_only=True)) == "1 waiting"
    two = snapshot(queued(), replace(queued(), key="cnn1/other"), read_only=True)
    assert queue_counts(two) == "2 waiting · their order is not seen read only"
