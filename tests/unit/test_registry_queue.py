"""What clients do: enqueue, want, resume, reorder, forget."""

from __future__ import annotations

import pytest
from support.fakes import make_run
from support.registry import Clock, in_state, opened, queued, said

from fashiontui.errors import RunError, RunNotFoundError
from fashiontui.runs import lock
from fashiontui.runs.record import Failure, Request, RunRecord
from fashiontui.runs.registry.entry import Wanted
from fashiontui.runs.state import RunState

LIVE = (RunState.STARTING, RunState.RUNNING)
WISHES = (
    (Wanted.PAUSE, RunState.PAUSED),
    (Wanted.STOP, RunState.STOPPED),
    (Wanted.KILL, RunState.STOPPED),
)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def registry(tmp_path, clock):
    with opened(tmp_path / "logs", clock=clock) as registry:
        yield registry


def order(registry) -> list[str]:
    return [entry.run_id for entry in registry.queue()]


def made_live(registry, name="a", state=RunState.RUNNING) -> str:
    (key,) = queued(registry, name)
    registry.claim(key, "cpu/0")
    registry.note_state(key, state, None)
    return key


def test_a_new_run_waits_as_its_folder_says(registry):
    paths = make_run(registry.logs, "lr", "a", request=Request(device="cuda:1", threads=3))
    registry.enqueue([paths], priority=2)
    entry = registry.entry("lr/a")
    assert (entry.key, entry.experiment, entry.run_id) == ("lr/a", "lr", "a")
    assert entry.paths(registry.logs) == paths
    assert (entry.state, entry.wanted, entry.asked) == (RunState.QUEUED, Wanted.RUN, None)
    assert (entry.device, entry.threads, entry.priority) == ("cuda:1", 3, 2)
    assert (entry.resume, entry.slot, entry.worker, entry.reason) == (False, None, None, "")
    assert (entry.attempts, entry.log_offset) == (0, 0)
    assert entry.created == RunRecord.load(paths.record).created.timestamp()
    assert entry.facts["state"] == "queued"
    assert registry.entry("lr/b") is None


def test_the_queue_is_in_the_order_of_priority_and_then_of_coming(registry):
    queued(registry, "d", "c")
    queued(registry, "b", priority=-1)
    queued(registry, "a", "e", priority=5)
    assert order(registry) == ["a", "e", "d", "c", "b"]


def test_a_clock_set_back_changes_no_order(registry, clock):
    queued(registry, "a")
    clock.now -= 3600
    queued(registry, "b")
    clock.now -= 3600
    registry.ask("lr/a", Wanted.PAUSE)
    registry.requeue("lr/a")
    assert order(registry) == ["b", "a"]


def test_entries_are_oldest_first_and_the_queue_comes_last(registry):
    queued(registry, "a", "b", "c", "d")
    for name in "ca":
        registry.ask(f"lr/{name}", Wanted.STOP)
    registry.move("lr/d", before="lr/b")
    assert [entry.run_id for entry in registry.entries()] == ["a", "c", "d", "b"]
    assert [entry.run_id for entry in registry.entries([RunState.STOPPED])] == ["a", "c"]


def test_enqueueing_twice_does_not_double_or_move_a_run(registry):
    queued(registry, "a", "b")
    registry.enqueue([registry.entry("lr/a").paths(registry.logs)], priority=0)
    assert order(registry) == ["a", "b"]


def test_a_run_that_was_seen_before_it_was_enqueued_gets_its_priority(registry):
    paths = make_run(registry.logs, "lr", "b")
    queued(registry, "a")
    registry.refresh()
    assert registry.entry("lr/b").state is RunState.STOPPED  # nobody knows where it was queued
    registry.enqueue([paths], priority=3)
    assert order(registry) == ["b", "a"]


def test_a_run_that_is_being_worked_on_is_not_enqueued_again(registry):
    key = made_live(registry)
    registry.enqueue([registry.entry(key).paths(registry.logs)])
    assert registry.entry(key).state is RunState.RUNNING


def test_all_or_none_are_enqueued(registry):
    good = make_run(registry.logs, "lr", "a")
    bad = make_run(registry.logs, "lr", "b")
    bad.record.write_text("{")
    with pytest.raises(RunError, match="is not a run record"):
        registry.enqueue([good, bad])
    assert registry.queue() == []


@pytest.mark.parametrize(("wanted", "state"), WISHES)
def test_a_queued_run_gets_where_it_is_wanted_at_once(registry, wanted, state):
    (key,) = queued(registry, "a")
    for _ in range(2):  # twice is once
        entry = registry.ask(key, wanted)
        assert (entry.state, entry.wanted) == (state, wanted)
        assert registry.queue() == []
        assert said(registry, key) is state


@pytest.mark.parametrize("state", LIVE)
@pytest.mark.parametrize("wanted", Wanted)
def test_of_a_live_run_it_is_noted_what_is_wanted(registry, state, wanted):
    key = made_live(registry, state=state)
    entry = registry.ask(key, wanted)
    assert (entry.state, entry.wanted) == (state, wanted)
    assert said(registry, key) is RunState.QUEUED  # its worker's to change


@pytest.mark.parametrize("wanted", Wanted)
def test_a_run_that_has_ended_stays_as_it_is(registry, wanted):
    key = in_state(registry.logs, RunState.FAILED)
    registry.refresh()
    before = registry.entry(key)
    assert registry.ask(key, wanted) == before
    assert said(registry, key) is RunState.FAILED


@pytest.mark.parametrize("state", [state for state in RunState if state.can_resume])
def test_what_can_be_resumed_is_queued_again(registry, state):
    queued(registry, "z")
    failure = Failure(kind="WorkerKilled", message="gone")
    key = in_state(registry.logs, state, failure=failure)
    registry.refresh()
    entry = registry.requeue(key)
    assert (entry.state, entry.resume, entry.wanted, entry.asked) == (
        RunState.QUEUED,
        True,
        Wanted.RUN,
        None,
    )
    assert order(registry) == ["z", "a"]
    record = RunRecord.load(registry.logs / key / "run.json")
    assert (record.state, record.failure) == (RunState.QUEUED, None)
    assert "error" not in entry.facts
    assert registry.requeue(key) == entry


def test_a_resumed_run_asks_for_what_its_record_says_now(registry):
    key = in_state(registry.logs, RunState.PAUSED)
    registry.refresh()
    record = registry.logs / key / "run.json"
    RunRecord.load(record).model_copy(update={"request": Request(device="cpu", threads=7)}).save(record)
    entry = registry.requeue(key)
    assert (entry.device, entry.threads) == ("cpu", 7)


@pytest.mark.parametrize("wanted", [Wanted.PAUSE, Wanted.STOP])
def test_resuming_a_live_run_takes_back_a_pause_or_stop(registry, wanted):
    key = made_live(registry)
    registry.ask(key, wanted)
    entry = registry.requeue(key)
    assert (entry.state, entry.wanted) == (RunState.RUNNING, Wanted.RUN)


def test_a_finished_run_is_not_resumed(registry):
    key = in_state(registry.logs, RunState.FINISHED)
    registry.refresh()
    with pytest.raises(RunError, match="is finished") as caught:
        registry.requeue(key)
    assert caught.value.hint == f"fashiontui rerun {key}"


def test_a_run_that_nobody_has_looked_for_yet_is_found_by_its_key(registry):
    key = in_state(registry.logs, RunState.PAUSED)
    assert registry.entry(key) is None
    assert registry.ask(key, Wanted.STOP).state is RunState.PAUSED
    assert registry.requeue(in_state(registry.logs, RunState.LOST, "b")).state is RunState.QUEUED


@pytest.mark.parametrize(
    "act",
    [
        lambda registry: registry.ask("lr/none", Wanted.STOP),
        lambda registry: registry.move("lr/none", priority=1),
    ],
)
def test_no_such_run(registry, act):
    with pytest.raises(RunNotFoundError, match="no run 'lr/none'"):
        act(registry)


def test_the_folder_of_a_stopped_run_may_be_gone(registry):
    (key,) = queued(registry, "a")
    (registry.logs / key / "run.json").unlink()
    (registry.logs / key / ".lock").unlink(missing_ok=True)
    (registry.logs / key).rmdir()
    assert registry.ask(key, Wanted.STOP).state is RunState.STOPPED


def test_a_worker_that_has_the_run_says_itself_how_it_stands(registry, monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE_S", 0.05)
    (key,) = queued(registry, "a")
    with lock.hold(registry.logs / key):
        assert registry.ask(key, Wanted.STOP).state is RunState.STOPPED
    assert said(registry, key) is RunState.QUEUED


def test_what_has_finished_meanwhile_stays_finished(registry):
    (key,) = queued(registry, "a")
    record = registry.logs / key / "run.json"
    RunRecord.load(record).in_state(RunState.FINISHED).save(record)
    registry.ask(key, Wanted.STOP)
    assert said(registry, key) is RunState.FINISHED


def test_of_two_who_tell_the_folder_the_later_one_tells_the_latest(registry, tmp_path, monkeypatch):
    (key,) = queued(registry, "a")
    hold = lock.hold

    def resumed_first(root, **options):
        monkeypatch.setattr(lock, "hold", hold)
        with opened(registry.logs) as other:
            other.requeue(key)
        return hold(root, **options)

    monkeypatch.setattr(lock, "hold", resumed_first)
    registry.ask(key, Wanted.STOP)
    assert registry.entry(key).state is said(registry, key) is RunState.QUEUED


def test_a_run_moves_before_another(registry):
    queued(registry, "a", "b", "c", "d")
    registry.move("lr/d", before="lr/b")
    assert order(registry) == ["a", "d", "b", "c"]
    registry.move("lr/c", before="lr/a")
    assert order(registry) == ["c", "a", "d", "b"]
    registry.move("lr/a", before="lr/a")
    registry.move("lr/a", before="lr/d")
    assert order(registry) == ["c", "a", "d", "b"]


def test_a_run_that_moves_before_another_takes_its_priority(registry):
    queued(registry, "a", "b", "c")
    registry.move("lr/b", priority=9)
    assert order(registry) == ["b", "a", "c"]
    assert registry.move("lr/c", before="lr/b").priority == 9
    assert order(registry) == ["c", "b", "a"]
    registry.move("lr/c", priority=-1)
    assert order(registry) == ["b", "a", "c"]


def test_there_is_always_room_between_two(registry):
    queued(registry, "a", "b", "c", "d")
    registry.ask("lr/d", Wanted.PAUSE)
    for turn in range(200):  # each halves the gap: more often than a float can be halved
        registry.move(f"lr/{'ba'[turn % 2]}", before="lr/c")
    assert order(registry) == ["b", "a", "c"]
    queued(registry, "e")
    registry.requeue("lr/d")
    assert order(registry) == ["b", "a", "c", "e", "d"]


def test_only_what_waits_has_a_place(registry):
    key = made_live(registry)
    queued(registry, "b")
    with pytest.raises(RunError, match="lr/a is running: it has no place in the queue"):
        registry.move(key, priority=1)
    with pytest.raises(RunError, match="lr/a is running"):
        registry.move("lr/b", priority=1, before=key)
    assert registry.entry("lr/b").priority == 0


def test_forgetting_is_for_runs_that_nobody_works_on(registry):
    key = made_live(registry)
    queued(registry, "b")
    with pytest.raises(RunError, match="lr/a is running") as caught:
        registry.forget(key)
    assert "fashiontui stop lr/a" in caught.value.hint
    for _ in range(2):
        registry.forget("lr/b")
        assert [entry.key for entry in registry.entries()] == [key]


def test_settings_are_for_all(registry):
    assert registry.setting("devices") is None
    registry.set_setting("devices", '{"cpu": 2}')
    registry.set_setting("devices", '{"cpu": 3}')
    with opened(registry.logs) as other:
        assert other.setting("devices") == '{"cpu": 3}'


def test_the_version_tells_what_others_did(registry):
    queued(registry, "a")
    with opened(registry.logs) as other:
        before = registry.version()
        assert registry.version() == before
        other.note_reasons({"lr/a": ""})
        other.set_setting("devices", "1")
        after = registry.version()
        assert after != before
        other.set_setting("devices", "1")  # nothing new
        assert registry.version() == after


def test_names_may_hold_whatever_a_folder_can_be_called(registry):
    name = "a\x1b[31m'\"%;--[bold]é 👗"
    (key,) = queued(registry, name)
    assert registry.entry(key).run_id == name
    assert registry.entry(key).facts["run_id"] == name
    assert registry.ask(key, Wanted.PAUSE).state is said(registry, key) is RunState.PAUSED


def test_an_entry_can_say_where_its_files_are(registry):
    (key,) = queued(registry, "a")
    assert registry.entry(key).facts["log_dir"] == str(registry.logs / key)
