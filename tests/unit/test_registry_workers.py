"""What the supervisor notes of runs it has in hand."""

from __future__ import annotations

import os

import pytest
from support.registry import Clock, opened, queued, said

from fashiontui.runs.identity import ProcessIdentity, identify
from fashiontui.runs.record import Failure, RunRecord
from fashiontui.runs.registry.entry import Wanted
from fashiontui.runs.state import RunState

WORKER = ProcessIdentity(4711, "12345@some-boot")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def registry(tmp_path, clock):
    with opened(tmp_path / "logs", clock=clock) as registry:
        yield registry


@pytest.fixture
def key(registry):
    return queued(registry, "a")[0]


def record_of(registry, key) -> RunRecord:
    return RunRecord.load(registry.logs / key / "run.json")


def begin(registry, key) -> None:
    registry.claim(key, "cpu/0")
    registry.note_worker(key, WORKER, 10)
    registry.note_state(key, RunState.RUNNING, record_of(registry, key).in_state(RunState.RUNNING))


def test_a_run_is_claimed_once(registry, key, clock):
    clock.now += 5
    entry = registry.claim(key, "cuda:1/0")
    assert (entry.state, entry.slot, entry.attempts) == (RunState.STARTING, "cuda:1/0", 1)
    assert entry.state_since == clock.now
    assert registry.claim(key, "cpu/0") is None
    assert registry.queue() == []
    assert registry.live() == [entry]


def test_what_is_wanted_no_more_is_not_claimed(registry, key):
    registry.ask(key, Wanted.PAUSE)
    assert registry.claim(key, "cpu/0") is None
    assert registry.claim("lr/none", "cpu/0") is None


def test_a_claim_begins_a_new_attempt(registry, key):
    begin(registry, key)
    registry.ask(key, Wanted.STOP)
    registry.note_asked(key, Wanted.STOP)
    registry.note_state(key, RunState.STOPPED, None)
    registry.requeue(key)
    registry.note_reasons({key: "all is taken"})
    entry = registry.claim(key, "cpu/0")
    assert (entry.attempts, entry.asked, entry.worker, entry.reason) == (2, None, None, "")
    assert entry.resume


def test_a_worker_is_known_by_its_id_and_its_start(registry, key):
    registry.claim(key, "cpu/0")
    own = identify(os.getpid())
    registry.note_worker(key, own, 77)
    entry = registry.entry(key)
    assert (entry.worker, entry.log_offset, entry.state) == (own, 77, RunState.STARTING)
    assert entry.worker.is_alive()


def test_a_run_whose_worker_never_started_goes_back_to_its_place(registry, key):
    queued(registry, "b")
    registry.claim(key, "cpu/0")
    for _ in range(2):
        registry.unclaim(key)
        assert [entry.run_id for entry in registry.queue()] == ["a", "b"]
        entry = registry.entry(key)
        assert (entry.slot, entry.attempts) == (None, 0)
    assert said(registry, key) is RunState.QUEUED


def test_a_run_whose_worker_never_started_goes_where_it_is_wanted(registry, key):
    registry.claim(key, "cpu/0")
    registry.ask(key, Wanted.PAUSE)
    registry.unclaim(key)
    assert registry.entry(key).state is said(registry, key) is RunState.PAUSED


def test_a_run_with_a_worker_is_not_given_back(registry, key):
    begin(registry, key)
    registry.unclaim(key)
    assert registry.entry(key).state is RunState.RUNNING
    registry.unclaim("lr/none")


def test_a_live_run_s_facts_are_those_of_its_record(registry, key):
    begin(registry, key)
    entry = registry.entry(key)
    assert (entry.state, entry.facts["state"]) == (RunState.RUNNING, "running")
    assert entry.state_since > 0
    assert entry.facts["metrics"] == {}


@pytest.mark.parametrize("state", [state for state in RunState if state.is_ended])
def test_an_ended_run_has_no_slot_and_no_worker(registry, key, state):
    begin(registry, key)
    record = record_of(registry, key).in_state(state)
    registry.note_state(key, state, record)
    entry = registry.entry(key)
    assert (entry.state, entry.slot, entry.worker) == (state, None, None)
    assert entry.state_since == record.state_since.timestamp()
    assert (entry.log_offset, entry.attempts) == (10, 1)
    assert registry.live() == []


def test_why_it_failed_is_a_fact_until_it_goes_on(registry, key):
    begin(registry, key)
    failure = Failure(kind="WorkerKilled", message="gone")
    registry.note_state(
        key, RunState.FAILED, record_of(registry, key).in_state(RunState.FAILED, failure=failure)
    )
    assert registry.entry(key).facts["error"]["kind"] == "WorkerKilled"
    registry.requeue(key)
    assert "error" not in registry.entry(key).facts


def test_a_state_without_a_record_changes_no_facts(registry, key):
    before = registry.entry(key).facts
    registry.note_state(key, RunState.LOST, None)
    assert registry.entry(key).facts == {**before, "state": "lost"}


@pytest.mark.parametrize(
    ("asked", "state"),
    [
        (Wanted.PAUSE, RunState.PAUSED),
        (Wanted.STOP, RunState.STOPPED),
        (Wanted.KILL, RunState.STOPPED),
    ],
)
def test_a_run_that_was_paused_and_resumed_before_it_had_stopped_goes_back_to_the_queue(
    registry, key, asked, state
):
    queued(registry, "b")
    begin(registry, key)
    registry.ask(key, asked)
    registry.note_asked(key, asked)
    registry.requeue(key)
    record = record_of(registry, key).in_state(state)
    record.save(registry.logs / key / "run.json")
    registry.note_state(key, state, record)
    entry = registry.entry(key)
    assert (entry.state, entry.resume, entry.asked, entry.slot) == (RunState.QUEUED, True, None, None)
    assert [each.run_id for each in registry.queue()] == ["b", "a"]
    assert said(registry, key) is RunState.QUEUED


def test_a_run_that_ended_otherwise_than_it_was_asked_to_is_not_queued_again(registry, key):
    begin(registry, key)
    registry.ask(key, Wanted.PAUSE)
    registry.note_asked(key, Wanted.PAUSE)
    registry.requeue(key)
    registry.note_state(key, RunState.FINISHED, None)
    assert registry.entry(key).state is RunState.FINISHED


def test_a_run_that_someone_stopped_by_hand_is_not_queued_again(registry, key):
    begin(registry, key)
    registry.note_state(key, RunState.STOPPED, None)
    assert registry.entry(key).state is RunState.STOPPED


def test_a_reason_is_written_only_if_it_is_new(registry, key):
    registry.note_reasons({key: "all 2 slots of cpu are taken", "lr/none": "?"})
    with opened(registry.logs) as other:
        before = other.version()
        registry.note_reasons({key: "all 2 slots of cpu are taken", "lr/none": "?"})
        assert other.version() == before
        registry.note_reasons({key: "cpu is taken"})
        assert other.version() != before
        assert other.entry(key).reason == "cpu is taken"


def test_only_what_waits_has_a_reason(registry, key):
    registry.claim(key, "cpu/0")
    registry.note_reasons({key: "cpu is taken"})
    assert registry.entry(key).reason == ""


def test_a_worker_is_noted_though_the_run_was_taken_for_lost(registry, key):
    registry.claim(key, "cpu/0")
    registry.note_state(key, RunState.LOST, None)  # as a registry made anew at this moment has it
    registry.note_worker(key, WORKER, 0)
    assert [(entry.state, entry.worker) for entry in registry.live()] == [(RunState.STARTING, WORKER)]


def test_notes_on_a_run_that_is_not_there_change_nothing(registry):
    registry.note_state("lr/none", RunState.LOST, None)
    registry.note_worker("lr/none", WORKER, 0)
    registry.note_asked("lr/none", Wanted.STOP)
    assert registry.entries() == []
