"""What a person is told of while looking elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.fakes import make_entry

from fashiontui.runs.state import RunState
from fashiontui.tui.news import news_of
from fashiontui.tui.project import ProjectSnapshot


def snapshot(*entries, **changes):
    return ProjectSnapshot(Path("logs"), Path("e.toml"), entries=entries, **{"is_loaded": True, **changes})


def run(state, run_id="20261123-091502-k3f", **facts):
    return make_entry("cnn1", run_id, state=state, facts=facts)


def news(before, after):
    return news_of(snapshot(*before), snapshot(*after))


def test_a_run_that_finished():
    after = run(RunState.FINISHED, test_accuracy=0.9257, train_seconds=130.0)
    (told,) = news([run(RunState.RUNNING)], [after])
    assert told.words == "cnn1 k3f has finished: test accuracy 0.9257, 2m 10s"
    assert told.rings


def test_synthetic_data_are_called_so():
    after = run(RunState.FINISHED, test_accuracy=0.9, train_seconds=1.0, synthetic=True)
    (told,) = news([run(RunState.RUNNING)], [after])
    assert "SYNTHETIC" in told.words


def test_a_run_that_failed_says_why_in_one_line():
    after = run(RunState.FAILED, error={"message": "the loss\x1b is NaN\nat step 3"})
    (told,) = news([run(RunState.RUNNING)], [after])
    assert told.words == "cnn1 k3f has failed: the loss\\x1b is NaN"
    assert (told.severity, told.rings) == ("error", True)


def test_one_that_was_stopped_rings_no_bell():
    (told,) = news([run(RunState.RUNNING)], [run(RunState.STOPPED)])
    assert (told.words, told.rings) == ("cnn1 k3f is stopped", False)


@pytest.mark.parametrize("state", [RunState.PAUSED, RunState.STOPPED])
def test_one_taken_out_of_the_queue_is_no_news(state):
    assert news([run(RunState.QUEUED)], [run(state)]) == []


def test_what_had_ended_before_is_no_news():
    assert news([run(RunState.FINISHED)], [run(RunState.FINISHED)]) == []
    assert news([], [run(RunState.FINISHED)]) == []


def test_nothing_is_news_when_we_come():
    blank = ProjectSnapshot(Path("logs"), Path("e.toml"))
    assert news_of(blank, snapshot(run(RunState.FAILED))) == []


def test_many_at_once_are_summed_up():
    names = [f"r{number}" for number in range(5)]
    before = [run(RunState.RUNNING, name) for name in names]
    after = [run(RunState.FAILED if name == "r0" else RunState.FINISHED, name) for name in names]
    (told,) = news(before, after)
    assert told.words == "5 runs ended: 1 failed, 4 finished"
    assert told.severity == "error"


def test_a_loss_that_is_no_number_any_more():
    accuracy = {"valid_accuracy": {"last": 0.1}}
    before = run(RunState.RUNNING, metrics={"train_loss": {"last": 0.3}, **accuracy})
    (told,) = news([before], [run(RunState.RUNNING, metrics=accuracy)])
    assert "NaN" in told.words
    assert news([before], [before]) == []


def test_a_queue_that_nobody_carried_out_goes_on():
    nothing, waiting = snapshot(is_loaded=False), run(RunState.QUEUED)
    (told,) = news_of(nothing, snapshot(waiting, run(RunState.FINISHED)))
    assert (told.words, told.rings) == ("the queue goes on: 1 run waits, `H` holds it", False)
    for others in ({"is_held": True}, {"read_only": True}, {"supervisor_pid": 7}, {"foreign": True}):
        assert not news_of(nothing, snapshot(waiting, **others))
    assert not news_of(nothing, snapshot(run(RunState.RUNNING)))
    assert not news_of(snapshot(), snapshot(waiting))


def test_a_loss_that_was_never_a_number_is_told_too():
    begun = run(RunState.RUNNING, metrics={})
    lost = run(RunState.RUNNING, metrics={"valid_accuracy": {"last": 0.1}})
    (told,) = news([begun], [lost])
    assert (told.words, told.rings) == ("cnn1 k3f: its loss is no number any more (NaN)", True)
    assert not news([lost], [lost])


def test_overfitting_is_told_once_and_a_few_of_many():
    runs = [run(RunState.RUNNING, f"20261123-091502-k3{n}") for n in range(6)]
    words = {entry.key: "overfitting since epoch 4" for entry in runs}
    first = dict(list(words.items())[:1])
    (told,) = news_of(snapshot(*runs), snapshot(*runs, alerts=first))
    assert (told.words, told.severity, told.rings) == ("cnn1 k30: overfitting since epoch 4", "warning", True)
    assert not news_of(snapshot(*runs, alerts=first), snapshot(*runs, alerts=first))
    told = news_of(snapshot(*runs, alerts=first), snapshot(*runs, alerts=words))
    assert [news.words for news in told][2:] == [
        "cnn1 k33: overfitting since epoch 4",
        "and 2 more runs with odd losses",
    ]
