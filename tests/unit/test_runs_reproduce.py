from __future__ import annotations

from datetime import UTC, datetime

import pytest
from support.fake_worker import facts, result
from support.fakes import make_run

from fashiontui.runs.record import Attempt, RunRecord
from fashiontui.runs.reproduce import Difference, Today, comparison, differences, repeating

DIFF = "--- a\n+++ b\n-old\n+new\n"
THEN = {
    "python": "3.11.7",
    "platform": "Linux",
    "host": "here",
    "cpu": "EPYC",
    "packages": {"torch": "2.6", "numpy": "2.0"},
    "git": {"commit": "0123456789abcdef", "diff": "", "untracked": []},
}


def attempt(device="cpu", threads=2):
    return Attempt(started=datetime.now(UTC), device=device, device_name="thing", threads=threads, pid=1)


@pytest.fixture
def record(tmp_path):
    record = RunRecord.load(make_run(tmp_path, environment=THEN).record)
    return record.model_copy(update={"dataset": facts(record), "attempts": (attempt(),)})


def told(record, *, cores=2, gpus=0, source=None, **environment):
    today = Today(THEN | environment, cores, gpus, source)
    return [(each.what, each.then, each.now) for each in differences(record, today)]


def test_nothing_differs(record):
    assert told(record) == []
    assert told(record, source=record.dataset.source, cores=64, gpus=1) == []


@pytest.mark.parametrize(
    ("environment", "difference"),
    [
        ({"python": "3.12.1"}, ("python", "3.11.7", "3.12.1")),
        ({"cpu": "Xeon"}, ("cpu", "EPYC", "Xeon")),
        ({"packages": {"torch": "2.7", "numpy": "2.0"}}, ("torch", "2.6", "2.7")),
        ({"packages": {"torch": "2.6"}}, ("numpy", "2.0", "not installed")),
        ({"packages": {**THEN["packages"], "new": "1"}}, ("new", "not installed", "1")),
        ({"git": None}, ("git commit", "0123456789ab", "none")),
        ({"git": {"commit": "fedcba9876543210"}}, ("git commit", "0123456789ab", "fedcba987654")),
        ({"git": {**THEN["git"], "diff": DIFF}}, ("uncommitted changes", "none", "2 lines")),
        ({"git": {**THEN["git"], "untracked": ["x.py"]}}, ("uncommitted changes", "none", "1 new file")),
    ],
)
def test_what_differs(record, environment, difference):
    assert told(record, **environment) == [difference]


def test_the_same_changes_on_the_same_commit_are_the_same(record):
    dirty = {"commit": "0123456789abcdef", "diff": DIFF, "untracked": []}
    record = record.model_copy(update={"environment": THEN | {"git": dirty}})
    assert told(record, git=dirty) == []
    assert [what for what, _, _ in told(record, git={**dirty, "commit": "f" * 16})] == [
        "git commit",
        "uncommitted changes",
    ]


def test_data_from_elsewhere(record):
    assert told(record, source="/other") == [("data", "made up", "/other")]


def test_hardware_that_is_not_there(record):
    assert told(record, cores=1) == [("threads", "2", "2, on 1 core")]
    on_gpu = record.model_copy(update={"attempts": (attempt("cuda:0"),)})
    assert told(on_gpu) == [("device", "cuda:0 (thing)", "no GPU here")]
    assert told(on_gpu, gpus=1) == []


def test_a_run_that_changed_its_hardware_on_the_way(record):
    record = record.model_copy(
        update={"attempts": (attempt(), attempt(), attempt("cuda:0"), attempt(threads=1))}
    )
    assert told(record)[0] == ("attempts", "cpu with 2 threads, then cuda:0, then cpu with 1 thread", "one")


def test_a_run_that_never_began_has_no_hardware(record):
    assert told(record.model_copy(update={"attempts": (), "dataset": None}), source="/other") == []


def test_an_old_record_without_an_environment(record):
    record = record.model_copy(update={"environment": {}})
    assert Difference("torch", "not installed", "2.6") in differences(record, Today(THEN, 2, 0))


def test_on_the_cpu_the_threads_are_asked_for_again(record):
    assert (repeating(record).device, repeating(record).threads) == ("cpu", 2)
    on_gpu = record.model_copy(update={"attempts": (attempt("cuda:0"),)})
    assert repeating(on_gpu) == on_gpu.request
    assert repeating(record.model_copy(update={"attempts": ()})) == record.request


def test_a_repeat_compared(record):
    done = record.model_copy(update={"result": result(3)})
    assert comparison(done, done) == "the very same weights"
    assert comparison(record, done) == comparison(done, record) == ""
    other = done.model_copy(
        update={
            "result": result(3).model_copy(update={"weights_sha256": "1", "test_accuracy": 0.5}),
            "dataset": done.dataset.model_copy(update={"fingerprint": "11"}),
        }
    )
    assert comparison(done, other) == "other data, and other weights: test accuracy 0.8750 then, 0.5000 now"


def test_the_threads_are_those_of_the_last_attempt(record):
    resumed = record.model_copy(update={"attempts": (attempt(threads=2), attempt(threads=5))})
    assert repeating(resumed).threads == 5


def test_the_same_accuracy_is_not_the_same_weights(record):
    then, now = result(3), result(3).model_copy(update={"weights_sha256": "f" * 64})
    said = comparison(record.model_copy(update={"result": then}), record.model_copy(update={"result": now}))
    assert said == f"other weights: test accuracy {then.test_accuracy:.4f} then, {then.test_accuracy:.4f} now"
