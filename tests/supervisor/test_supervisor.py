"""The supervisor's rounds: real processes, fake workers, and every way a run can end."""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import sys
from pathlib import Path

import pytest
from support.fakes import fake_command, make_entry, until
from support.house import House

from fashiontui.errors import RunError
from fashiontui.runs import lock
from fashiontui.runs.identity import ProcessIdentity
from fashiontui.runs.niceness import LEAST, STEPS
from fashiontui.runs.record import Request, RunRecord
from fashiontui.runs.registry.entry import Wanted
from fashiontui.runs.state import RunState
from fashiontui.supervisor import loop
from fashiontui.supervisor.charge import start_in
from fashiontui.supervisor.queue import DEVICES, WAITS_FOR_RELEASE, hold
from fashiontui.supervisor.slots import Machine, Slot
from fashiontui.supervisor.starter import FreshStarter, Start

ENDED = [state for state in RunState if state.is_ended]


def pid_of(house, paths) -> int:
    worker = house.entry(paths).worker
    assert worker is not None
    return worker.pid


def kill(house, paths) -> None:
    os.kill(pid_of(house, paths), signal.SIGKILL)


def test_a_run_finishes_and_everyone_knows(house):
    paths = house.add()
    record = house.until_state(paths, RunState.FINISHED)
    assert record.result is not None
    entry = house.entry(paths)
    assert (entry.slot, entry.worker, entry.reason, entry.attempts) == (None, None, "", 1)
    assert entry.facts["test_accuracy"] == 0.875
    assert "fake worker at work" in paths.log.read_text()


def test_a_worker_lives_in_a_session_of_its_own_and_reads_nothing(house):
    paths = house.add("endless")
    house.until_training(paths)
    pid = pid_of(house, paths)
    assert os.getsid(pid) == pid != os.getsid(0)
    assert Path(f"/proc/{pid}/fd/0").readlink() == Path("/dev/null")


def test_a_worker_gives_way_to_what_somebody_sits_in_front_of(house):
    before = os.getpriority(os.PRIO_PROCESS, 0)
    paths = house.add("endless")
    house.until_training(paths)
    assert os.getpriority(os.PRIO_PROCESS, pid_of(house, paths)) == min(LEAST, before + STEPS)
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


def test_runs_take_turns_and_say_what_they_wait_for(house):
    first, second = house.add("endless"), house.add()
    house.until_training(first)
    assert house.entry(second).reason == f"cpu is taken by {first.key}"
    house.ask(first, Wanted.STOP)
    house.until_state(second, RunState.FINISHED)
    assert house.entry(first).state is RunState.STOPPED
    assert house.entry(second).reason == ""


def test_the_config_opens_more_slots_while_runs_go_on(house):
    first, second = house.add("endless"), house.add("endless")
    house.until_training(first)
    house.registry.set_setting(DEVICES, json.dumps({"cpu": 2}))
    house.until_training(second)
    assert {house.entry(first).slot, house.entry(second).slot} == {"cpu/0", "cpu/1"}


def test_a_held_queue_starts_nothing_and_says_so_until_it_is_released(house):
    first = house.add("endless")
    house.until_training(first)
    assert hold(house.registry, held=True)
    assert not hold(house.registry, held=True)
    second = house.add()
    house.until(lambda: house.entry(second).reason == WAITS_FOR_RELEASE)
    house.ask(first, Wanted.STOP)
    house.until_state(first, RunState.STOPPED)
    house.until(lambda: not house.supervisor.has_work)  # nothing it would have to wait for
    assert house.entry(second).state is RunState.QUEUED
    assert hold(house.registry, held=False)
    house.until_state(second, RunState.FINISHED)
    assert house.entry(second).reason == ""


def test_what_waits_when_the_queue_is_held_says_so_though_nobody_carries_it_out(house):
    paths = house.add()
    hold(house.registry, held=True)
    assert house.entry(paths).reason == WAITS_FOR_RELEASE


def test_a_higher_priority_goes_first(house):
    first, low, high = house.add("endless"), house.add(), house.add()
    house.until_training(first)
    house.registry.move(high.key, priority=5)
    house.ask(first, Wanted.KILL)
    house.until_state(high, RunState.FINISHED)
    assert house.entry(low).state is not RunState.FINISHED
    house.until_state(low, RunState.FINISHED)


def test_stop_and_pause_end_after_a_checkpoint(house):
    for wanted, state in ((Wanted.STOP, RunState.STOPPED), (Wanted.PAUSE, RunState.PAUSED)):
        paths = house.add("endless")
        house.until_training(paths)
        house.ask(paths, wanted)
        house.ask(paths, wanted)  # twice is no more than once
        record = house.until_state(paths, *ENDED)
        assert record.state is state
        assert record.failure is None


def test_a_paused_run_goes_on_where_it_was(house):
    paths = house.add("endless")
    house.until(paths.checkpoint.exists)
    house.ask(paths, Wanted.PAUSE)
    house.until_state(paths, RunState.PAUSED)
    house.behave(paths, "finish")
    house.registry.requeue(paths.key)
    record = house.until_state(paths, RunState.FINISHED)
    assert record.attempts[-1].from_step >= 10
    assert house.entry(paths).attempts == 2


def test_a_resume_while_it_is_being_paused_wins(house):
    paths = house.add("endless")
    house.until_training(paths)
    house.ask(paths, Wanted.PAUSE)
    house.until(lambda: house.entry(paths).asked is Wanted.PAUSE)
    house.behave(paths, "finish")
    house.registry.requeue(paths.key)
    house.until_state(paths, RunState.FINISHED)
    assert house.entry(paths).attempts == 2


def test_a_stop_before_the_worker_listens_is_a_stop_not_a_failure(tmp_path):
    command = (sys.executable, "-c", "import time; time.sleep(60)")
    house = House(tmp_path / "logs", FreshStarter(command))
    paths = house.add()
    house.until(lambda: house.entry(paths).worker is not None)
    house.ask(paths, Wanted.STOP)
    record = house.until_state(paths, *ENDED)
    house.close()
    assert record.state is RunState.STOPPED


def test_a_worker_that_ignores_being_asked_is_killed_when_that_is_wanted(house):
    paths = house.add("deaf")
    house.until_training(paths)
    house.ask(paths, Wanted.STOP)
    house.until(lambda: house.entry(paths).asked is Wanted.STOP)
    house.ask(paths, Wanted.KILL)
    assert house.until_state(paths, *ENDED).state is RunState.STOPPED


def test_a_crash_is_recorded_with_the_last_words_of_this_attempt(house):
    paths = house.add("crash")
    paths.log.write_text("words of an older attempt\n")
    record = house.until_state(paths, *ENDED)
    assert record.state is RunState.FAILED
    assert record.failure is not None
    assert record.failure.kind == "WorkerCrashed"
    assert "exited with status 1" in record.failure.message
    assert "lost its mind" in record.failure.message
    assert "older attempt" not in record.failure.message
    assert f"fashiontui resume {paths.root}" in record.failure.hint


def test_a_worker_that_ends_without_a_word_has_failed(house):
    record = house.until_state(house.add("quiet"), *ENDED)
    assert record.failure is not None
    assert "exited with status 0 without saying why" in record.failure.message


def test_what_the_worker_says_of_its_failure_stands(house):
    record = house.until_state(house.add("device"), *ENDED)
    assert record.failure is not None
    assert (record.failure.kind, record.failure.exit_code) == ("DeviceError", 2)


def test_kill_9_is_named_the_queue_goes_on_and_so_can_the_run(house):
    dying, next_one = house.add("endless"), house.add()
    house.until(dying.checkpoint.exists)
    kill(house, dying)
    record = house.until_state(dying, *ENDED)
    assert record.state is RunState.FAILED
    assert record.failure is not None
    assert "killed by SIGKILL" in record.failure.message
    assert "fake worker at work" in record.failure.message
    house.until_state(next_one, RunState.FINISHED)
    house.behave(dying, "finish")
    house.registry.requeue(dying.key)
    record = house.until_state(dying, RunState.FINISHED)
    assert record.failure is None
    assert record.attempts[-1].from_step >= 10


def test_what_a_killed_worker_left_behind_keeps_neither_its_run_nor_the_queue(house):
    paths, next_one = house.add("parent"), house.add()
    house.until_training(paths)
    kill(house, paths)  # alone, as for want of memory
    record = house.until_state(paths, *ENDED)
    assert record.failure is not None
    assert "killed by SIGKILL" in record.failure.message
    assert not lock.is_held(paths.root)
    house.until_state(next_one, RunState.FINISHED)


def test_nor_where_nobody_watched_it(house):
    paths = house.add("parent")
    house.until_training(paths)
    identity = house.entry(paths).worker
    kill(house, paths)
    until(lambda: not identity.is_alive())
    house.new_supervisor()
    assert house.until_state(paths, *ENDED).state is RunState.LOST
    assert not lock.is_held(paths.root)


def test_a_run_that_dies_while_starting_does_not_take_the_queue_with_it(tmp_path):
    class Choosy:
        def __init__(self) -> None:
            self.plain = FreshStarter((sys.executable, "-c", "raise SystemExit(7)"))
            self.absent = FreshStarter(("/nonexistent/python",))
            self.turn = 0

        def start(self, start):
            self.turn += 1
            return (self.absent if self.turn == 1 else self.plain).start(start)

        def close(self) -> None:
            pass

    house = House(tmp_path / "logs", Choosy())
    first, second = house.add(), house.add()
    house.until_idle()
    records = [RunRecord.load(paths.record) for paths in (first, second)]
    house.close()
    assert [record.state for record in records] == [RunState.FAILED] * 2
    assert "no worker could be started" in records[0].failure.message
    assert "exited with status 7" in records[1].failure.message


def test_a_start_waits_for_a_client_that_still_writes_what_it_asked_for(house, monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE_S", 0.0)
    paths = house.add()
    with lock.hold(paths.root, as_worker=False):  # as `resume` does, and the disk takes its time
        for _ in range(3):
            house.supervisor.tick()
    assert house.until_state(paths, *ENDED).state is RunState.FINISHED
    assert any("already being worked on" in line for line in house.said)


def test_a_start_that_takes_its_time_can_be_taken_back(tmp_path):
    class NotReady:
        def start(self, start):
            return None

        def close(self) -> None:
            pass

    house = House(tmp_path / "logs", NotReady())
    paths = house.add()
    house.until(lambda: house.entry(paths).state is RunState.STARTING)
    house.ask(paths, Wanted.PAUSE)
    assert house.until_state(paths, *ENDED).state is RunState.PAUSED
    house.close()


def test_the_next_supervisor_adopts_live_workers_and_records_their_end(house):
    paths = house.add("endless")
    house.until_training(paths)
    pid = pid_of(house, paths)
    house.new_supervisor()
    assert any(f"adopted, process {pid}" in line for line in house.said)
    house.ask(paths, Wanted.PAUSE)
    assert house.until_state(paths, *ENDED).state is RunState.PAUSED


def test_what_vanished_while_nobody_watched_is_lost_and_can_go_on(house):
    paths = house.add("endless")
    house.until(paths.checkpoint.exists)
    house.until_training(paths)
    identity = house.entry(paths).worker
    kill(house, paths)
    until(lambda: not identity.is_alive())
    house.new_supervisor()
    record = house.until_state(paths, *ENDED)
    assert record.state is RunState.LOST
    assert record.failure is not None
    assert record.failure.kind == "WorkerLost"
    house.behave(paths, "finish")
    house.registry.requeue(paths.key)
    assert house.until_state(paths, RunState.FINISHED).failure is None


def test_a_recycled_pid_is_not_taken_for_the_worker(house):
    paths = house.add()
    house.registry.claim(paths.key, "cpu/0")
    house.registry.note_worker(paths.key, ProcessIdentity(os.getpid(), "1@another boot"), 0)
    house.new_supervisor()
    assert house.until_state(paths, *ENDED).state is RunState.LOST


def test_a_claim_without_a_worker_goes_back_to_the_queue(house):
    paths = house.add()
    assert house.registry.claim(paths.key, "cpu/0") is not None
    house.new_supervisor()
    house.until_state(paths, RunState.FINISHED)
    assert house.entry(paths).attempts == 1


def test_an_adopted_worker_keeps_its_place_though_the_registry_was_made_anew(house):
    here = {"host": platform.node()}  # a queued run of another machine would not be queued here
    live, waiting = house.add("endless", environment=here), house.add(environment=here)
    house.until_training(live)
    for path in house.logs.glob("registry.sqlite*"):
        path.unlink()
    house.new_supervisor()
    house.until(lambda: house.entry(waiting).reason != "")
    assert house.entry(waiting).reason == f"cpu is taken by {live.key}"
    assert house.entry(live).worker is not None


def test_a_worker_nobody_noted_is_found_by_the_runs_lock(house):
    paths = house.add("endless")
    claimed = house.registry.claim(paths.key, "cpu/0")
    assert claimed is not None
    handle = FreshStarter(fake_command("as-told")).start(Start(paths))
    until(lambda: lock.is_held(paths.root))
    house.new_supervisor()
    house.until_training(paths)
    assert pid_of(house, paths) == handle.identity.pid
    house.ask(paths, Wanted.STOP)
    assert house.until_state(paths, *ENDED).state is RunState.STOPPED
    handle.process.wait()


def test_a_resumed_run_gets_as_many_threads_as_before():
    slot = Slot("cpu", 0, (2, 3))
    fresh, resumed = make_entry(), make_entry(resume=True, facts={"threads": 1, "device": "cpu"})
    paths = fresh.paths(Path("/logs"))
    assert (start_in(fresh, paths, slot).threads, start_in(fresh, paths, slot).cores) == (2, (2, 3))
    assert (start_in(resumed, paths, slot).threads, start_in(resumed, paths, slot).cores) == (1, ())
    off_a_gpu = make_entry(resume=True, facts={"threads": 16, "device": "cuda:0"})
    assert (start_in(off_a_gpu, paths, slot).threads, start_in(off_a_gpu, paths, slot).cores) == (2, (2, 3))
    onto_one = start_in(resumed, paths, Slot("cuda:0", 0))
    assert onto_one.threads is None
    alone = start_in(fresh, paths, Slot("cpu", 0))
    assert (alone.threads, alone.cores, alone.device) == (None, (), None)
    asked = make_entry(threads=4, device="auto")
    assert start_in(asked, paths, Slot("cuda:1", 0)).device == "auto:1"
    assert start_in(asked, paths, Slot("cuda:1", 0)).threads == 4


def test_a_gpu_that_a_run_found_useless_keeps_no_other_waiting(tmp_path):
    house = House(tmp_path / "logs", gpus=1)
    request = Request(device="auto")
    first, second = (house.add("endless", request=request) for _ in range(2))
    house.until_training(first)  # the fake worker says that it is on a CPU
    assert house.entry(first).slot == "cuda:0/0"
    house.until_training(second)
    assert house.entry(second).slot == "cpu/0"
    assert sum("cuda:0 can't be used" in line for line in house.said) == 1
    house.close()


def test_a_worker_in_a_slot_of_the_cpu_is_told_where_it_would_take_a_gpu():
    cpu, closed = Slot("cpu", 0), Machine.of({"cuda": 0}, range(2), 1).closed
    auto, forest = make_entry(device="auto"), make_entry(device="auto", facts={"model.kind": "forest"})
    paths = auto.paths(Path("/logs"))
    assert start_in(forest, paths, cpu).device == "cpu"
    assert start_in(auto, paths, cpu, closed).device == "cpu"
    assert start_in(auto, paths, cpu, Machine.of({"cuda:0": 0}, range(2), 1).closed).device == "cpu"
    assert start_in(auto, paths, cpu).device is None  # a GPU that no driver shows may be there all the same
    assert start_in(make_entry(device="cuda"), paths, cpu).device is None  # the worker says what is wrong


def full_disk(*_arguments: object) -> None:
    raise OSError(28, "No space left on device")


def gives_up(house, monkeypatch, words):
    """What can't be put on record ends this supervisor in a while, with these words; the next one carries on."""
    monkeypatch.setattr(loop, "PATIENCE_S", 0.0)
    with pytest.raises(RunError, match=words):
        house.until(lambda: False)
    monkeypatch.undo()
    house.new_supervisor()
    house.until_idle()
    assert [entry.state for entry in house.registry.entries()] == [RunState.FINISHED]


def test_a_disk_that_takes_nothing_is_complained_of_once_and_not_borne_for_ever(house, monkeypatch):
    monkeypatch.setattr(loop, "note_starting", full_disk)
    monkeypatch.setattr(loop, "note_failed_start", full_disk)
    house.add()
    for _ in range(5):
        house.supervisor.tick()
    assert sum("No space left" in line for line in house.said) == 1
    gives_up(house, monkeypatch, "can neither be started nor be put on record as failed")


def test_an_end_that_can_t_be_put_on_record_is_not_waited_for_for_ever(house, monkeypatch):
    monkeypatch.setattr(loop, "settle_as", full_disk)
    house.add()
    house.until(lambda: any("No space left" in line for line in house.said))
    gives_up(house, monkeypatch, "has ended, and how can't be put on record")


def test_a_run_whose_folder_was_removed_keeps_nobody_waiting(house):
    gone, next_one = house.add(), house.add()
    shutil.rmtree(gone.root)
    house.until_state(next_one, RunState.FINISHED)
    assert house.registry.entry(gone.key) is None
    house.until_idle()


def test_a_folder_that_is_removed_under_its_worker_frees_the_slot(house):
    gone, next_one = house.add("endless"), house.add()
    house.until_training(gone)
    shutil.rmtree(gone.root)
    house.until_state(next_one, RunState.FINISHED)
    assert house.registry.entry(gone.key) is None


def test_a_run_json_that_is_broken_costs_its_run_alone(house):
    broken, next_one = house.add(), house.add()
    text = broken.record.read_text()
    broken.record.write_text(text[:100])
    house.until_state(next_one, RunState.FINISHED)
    assert sum("is not a run record" in line for line in house.said) == 1
    broken.record.write_text(
        text.replace('"environment": {}', f'"environment": {{"host": "{platform.node()}"}}')
    )
    house.registry.refresh()
    house.until_state(broken, RunState.FINISHED)


def test_a_start_whose_folder_is_gone_can_be_taken_back(tmp_path):
    class Thinking:
        def start(self, _start: Start) -> None:
            return None

        def close(self) -> None:
            pass

    house = House(tmp_path / "logs", Thinking())
    paths = house.add()
    house.until(lambda: house.entry(paths).state is RunState.STARTING)
    shutil.rmtree(paths.root)
    house.registry.ask(paths.key, Wanted.STOP)
    house.until(lambda: house.registry.entry(paths.key) is None)
    house.close()


def test_what_an_unnoted_worker_has_finished_is_not_carried_out_again(house):
    paths = house.add()
    assert house.registry.claim(paths.key, "cpu/0") is not None
    handle = FreshStarter(fake_command("finish")).start(Start(paths))
    handle.process.wait()
    house.new_supervisor()
    house.until_state(paths, RunState.FINISHED)
    assert (paths.root / "endings").read_text().count("\n") == 1
    assert house.entry(paths).facts["test_accuracy"] == 0.875


def test_a_run_that_begins_anew_has_the_threads_of_its_slot_whatever_it_had_before():
    entry = make_entry(resume=False, facts={"threads": 1})
    start = start_in(entry, entry.paths(Path("/logs")), Slot("cpu", 0, (2, 3)))
    assert (start.threads, start.cores) == (2, (2, 3))
