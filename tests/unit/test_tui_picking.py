"""What a row stands for, and which runs a key means."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.fakes import make_entry

from fashiontui.runs.registry.entry import Wanted
from fashiontui.runs.state import RunState
from fashiontui.tui.actions.starting import Wish
from fashiontui.tui.actions.targets import SUITS, WHY_NONE, pause_or_resume
from fashiontui.tui.outline import REST, Group, Member
from fashiontui.tui.picking import picked
from fashiontui.tui.project import ProjectSnapshot
from fashiontui.tui.queuerows import queue_rows
from fashiontui.tui.summaries import Summaries
from fashiontui.tui.tree import TreeView, tree_rows

LR = Member("lr", "lr", "lr", spec=object())
VARIANT = Member("lr-rate-1", "rate=1", "lr", spec=object(), variant={"rate": 1})
OUTLINE = (
    Group("all", "?", (LR,)),
    Group("rates", "?", (VARIANT,), varies={"rate": (1,)}),
    Group("repeats", "?", (LR,), seeds=3),
    Group(REST, "", (Member("best", "best", "best", spec=object()),)),
)
OPEN = ("study:rates", "study:repeats", "experiment:all/lr", "experiment:not in the file/old")


def look(*entries):
    snapshot = ProjectSnapshot(
        Path("logs"), Path("e.toml"), entries=entries, outline=OUTLINE, supervisor_pid=1
    )
    summaries = Summaries()
    summaries.update(entries)
    rows = {row.key: row for row in tree_rows(OUTLINE, summaries, TreeView(open=OPEN))}
    return snapshot, summaries, rows


def pick(key, *entries):
    snapshot, summaries, rows = look(*entries)
    return picked(rows[key], snapshot, summaries)


def run(state, run_id="a", experiment="lr", **changes):
    return make_entry(experiment, run_id, state=state, **changes)


@pytest.mark.parametrize(
    ("key", "where"),
    [
        ("study:all", "studies.all"),
        ("experiment:all/lr", "experiments.lr"),
        ("experiment:all/lr/a", "experiments.lr"),
        ("experiment:rates/lr-rate-1", "studies.rates"),
        ("experiment:repeats/lr", "experiments.lr"),
        ("experiment:/best", "experiments.best"),
        ("study:", ""),
    ],
)
def test_where_the_file_tells_of_it(key, where):
    assert pick(key, run(RunState.FINISHED)).where == where


@pytest.mark.parametrize(
    ("key", "wish", "study"),
    [
        ("study:all", Wish("all"), "all"),
        ("experiment:all/lr", Wish("lr"), "all"),
        ("experiment:rates/lr-rate-1", Wish("rates", variant="lr-rate-1"), "rates"),
        ("experiment:repeats/lr", Wish("repeats", variant="lr"), "repeats"),
        ("experiment:/best", Wish("best"), None),
        ("study:", None, None),
        ("experiment:all/lr/a", Wish("lr"), "all"),
    ],
)
def test_what_would_be_run(key, wish, study):
    found = pick(key, run(RunState.FINISHED))
    assert found.wish == wish
    assert (found.study.name if found.study else None) == study


def test_an_experiment_that_the_file_does_not_have_can_not_be_run():
    assert pick("experiment:not in the file/old", run(RunState.FINISHED, experiment="old")).wish is None


def test_nothing_is_picked_where_there_is_no_row():
    snapshot, summaries, _ = look()
    assert picked(None, snapshot, summaries).targets("stop") == ()


def test_a_row_of_the_queue_is_a_run():
    entry = run(RunState.QUEUED)
    snapshot, summaries, _ = look(entry)
    (row,) = queue_rows(snapshot, "braille")
    found = picked(row, snapshot, summaries)
    assert (found.runs, found.wish) == ((entry,), Wish("lr"))
    gone = ProjectSnapshot(Path("logs"), Path("e.toml"))
    assert picked(row, gone, summaries).runs == ()


def test_stopping_an_experiment_means_all_that_is_under_way():
    entries = [run(RunState.RUNNING, "a"), run(RunState.QUEUED, "b"), run(RunState.FINISHED, "c")]
    assert set(pick("experiment:all/lr", *entries).targets("stop")) == {"lr/a", "lr/b"}
    assert set(pick("study:all", *entries).targets("stop")) == {"lr/a", "lr/b"}


@pytest.mark.parametrize("action", ["resume", "rerun", "delete"])
def test_what_has_ended_means_the_newest_of_an_experiment(action):
    entries = [run(RunState.STOPPED, "a", created=1.0), run(RunState.STOPPED, "b", created=2.0)]
    assert pick("experiment:all/lr", *entries).targets(action) == ("lr/b",)


def test_a_finished_run_can_not_go_on_and_a_live_one_not_be_deleted():
    assert pick("experiment:all/lr/a", run(RunState.FINISHED)).targets("resume") == ()
    assert pick("experiment:all/lr/a", run(RunState.RUNNING)).targets("delete") == ()
    assert pick("experiment:all/lr/a", run(RunState.QUEUED)).targets("delete") == ("lr/a",)


def test_one_key_pauses_and_goes_on():
    assert pause_or_resume([run(RunState.RUNNING), run(RunState.PAUSED)]) == "pause"
    assert pause_or_resume([run(RunState.PAUSED)]) == "resume"
    assert pause_or_resume([run(RunState.RUNNING, wanted=Wanted.PAUSE)]) == "resume"


def test_every_action_can_say_why_it_means_nothing():
    assert set(WHY_NONE) == set(SUITS)


def test_a_mark_on_an_experiment_is_for_its_best_run():
    entries = [
        run(RunState.FINISHED, "a", facts={"valid_accuracy": 0.9}),
        run(RunState.FINISHED, "b", facts={"valid_accuracy": 0.95}),
        run(RunState.RUNNING, "c"),
    ]
    assert pick("experiment:all/lr", *entries).to_mark() == ("lr/b",)
    assert pick("experiment:all/lr", run(RunState.RUNNING, "c", attempts=1)).to_mark() == ("lr/c",)
    assert pick("experiment:all/lr").to_mark() == ()
    got_on = {"metrics": {"valid_accuracy": {"best": 0.8, "best_epoch": 3}}}
    failed_at_once = run(RunState.FAILED, "d", attempts=1)
    paused = run(RunState.PAUSED, "c", attempts=1, facts=got_on)
    assert pick("experiment:all/lr", failed_at_once, paused).to_mark() == ("lr/c",)


def measured(run_id, accuracy, created, experiment="lr", **facts):
    known = {"test_accuracy": accuracy, "valid_accuracy": accuracy, **facts}
    return run(RunState.FINISHED, run_id, experiment, facts=known, created=created)


def test_a_mark_on_repeats_is_for_all_of_them_the_newest_of_each_seed():
    entries = [
        measured("a", 0.9, 1.0, seed=1),
        measured("b", 0.95, 2.0, seed=1),
        measured("c", 0.8, 3.0, seed=2),
        measured("d", 0.99, 0.5, seed=3, variant={"x": 1}),  # no repeat of the newest
    ]
    assert set(pick("experiment:all/lr", *entries).to_mark()) == {"lr/b", "lr/c"}


def test_a_mark_on_a_study_is_for_the_runs_of_all_its_experiments():
    entries = [
        measured("a", 0.9, 1.0, seed=1),
        measured("b", 0.8, 2.0, seed=2),
        measured("c", 0.7, 3.0, "lr-rate-1"),
    ]
    assert set(pick("study:repeats", *entries).to_mark()) == {"lr/a", "lr/b"}
    assert pick("study:rates", *entries).to_mark() == ("lr-rate-1/c",)
    assert pick("experiment:all/lr/a", *entries).to_mark() == ("lr/a",)


def test_under_a_filter_a_row_is_for_the_runs_that_fit():
    entries = [run(RunState.FAILED, "a", created=1.0), run(RunState.FINISHED, "b", created=2.0)]
    row = pick("experiment:all/lr", *entries)
    assert [found.key for found in row.among({"lr/a", "other/x"}).runs] == ["lr/a"]
    assert row.among({"other/x"}) is row  # it is shown for what it is


def test_the_runs_of_a_variant_that_changes_nothing_are_its_experiments():
    same = Member("lr-rate-1", "rate=1", "lr", object(), same_as="lr")
    outline = (Group("rates", "?", (same,), varies={"rate": (1,)}),)
    entries = (run(RunState.FINISHED),)
    snapshot = ProjectSnapshot(Path("logs"), Path("e.toml"), entries=entries, outline=outline)
    summaries = Summaries()
    summaries.update(entries)
    rows = tree_rows(outline, summaries, TreeView(open=("experiment:rates/lr-rate-1",)))
    found = {row.key: picked(row, snapshot, summaries) for row in rows}
    assert found["study:rates"].runs == entries
    assert found["experiment:rates/lr-rate-1"].runs == entries
    assert found["experiment:rates/lr-rate-1/a"].wish == Wish("rates", variant="lr-rate-1")
