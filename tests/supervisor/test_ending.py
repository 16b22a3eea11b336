"""What is said on behalf of workers, and which process is meant."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from support.fakes import fake_command, until, until_training

from fashiontui.errors import RunError
from fashiontui.runs import lock
from fashiontui.runs.identity import ProcessIdentity, identify
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.entry import Wanted
from fashiontui.runs.state import RunState
from fashiontui.supervisor.charge import AdoptedHandle, Charge, kill_group, kill_left_behind, send_signal
from fashiontui.supervisor.ending import Ending, last_lines, note_starting, note_withdrawn, settle_as
from fashiontui.supervisor.starter import LOST, FreshStarter, Start


@pytest.fixture
def slow_worker(paths):
    handle = FreshStarter(fake_command("endless")).start(Start(paths))
    until_training(paths)
    yield handle
    handle.process.kill()
    handle.process.wait()


def test_the_lock_goes_when_its_holder_is_killed(paths, slow_worker):
    assert lock.is_held(paths.root)
    assert lock.holder(paths.root) == slow_worker.identity.pid
    slow_worker.process.kill()
    slow_worker.process.wait()
    assert not lock.is_held(paths.root)


def test_a_run_in_a_workers_hands_is_neither_started_nor_settled(paths, slow_worker):
    with pytest.raises(RunError, match="already being worked on by process"):
        note_starting(paths)
    with pytest.raises(RunError, match="already being worked on by process"):
        settle_as(paths, Ending(1))
    assert RunRecord.load(paths.record).state is RunState.RUNNING


def test_the_loser_of_two_workers_changes_nothing(paths, slow_worker):
    command = [*fake_command("endless"), str(paths.root)]
    loser = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "already being worked on" in loser.stderr
    assert RunRecord.load(paths.record).state is RunState.RUNNING


def test_identity_ends_with_the_process_though_it_waits_to_be_collected(paths, slow_worker):
    assert slow_worker.identity.is_alive()
    slow_worker.process.kill()
    os.waitid(os.P_PID, slow_worker.identity.pid, os.WEXITED | os.WNOWAIT)  # dead, not collected
    assert not slow_worker.identity.is_alive()


@pytest.mark.parametrize(
    ("status", "asked", "state"),
    [
        (-signal.SIGTERM, Wanted.STOP, RunState.STOPPED),
        (-signal.SIGUSR1, Wanted.PAUSE, RunState.PAUSED),
        (-signal.SIGKILL, Wanted.KILL, RunState.STOPPED),
        (LOST, Wanted.STOP, RunState.STOPPED),
        (LOST, None, RunState.LOST),
        (-signal.SIGTERM, None, RunState.FAILED),
        (-signal.SIGKILL, Wanted.STOP, RunState.FAILED),
        (0, Wanted.STOP, RunState.FAILED),
    ],
)
def test_what_was_asked_for_is_no_failure(paths, status, asked, state):
    assert settle_as(paths, Ending(status, asked)).state is state


def test_what_the_worker_said_last_stands(paths):
    RunRecord.load(paths.record).in_state(RunState.PAUSED).save(paths.record)
    assert settle_as(paths, Ending(-9)).state is RunState.PAUSED
    assert note_withdrawn(paths, Wanted.STOP).state is RunState.PAUSED


def test_a_recycled_pid_is_another_process():
    own = identify(os.getpid())
    assert own is not None
    assert own.is_alive()
    assert not ProcessIdentity(own.pid, "1@another boot").is_alive()


def test_signals_without_a_name_are_numbered():
    assert Ending(-64 - signal.SIGRTMIN).words.startswith("was killed by signal")


def test_a_line_of_all_that_was_imported_is_cut(tmp_path):
    log = tmp_path / "worker.log"
    log.write_text("Extension modules: " + "numpy, " * 1000)
    (line,) = last_lines(log)
    assert (len(line), line[-1]) == (300, "…")


def test_last_lines_are_few_and_printable(tmp_path):
    log = tmp_path / "worker.log"
    log.write_bytes(b"".join(b"line %d \x1b[31mred\xff\n" % n for n in range(1000)))
    lines = last_lines(log)
    assert len(lines) == 12
    assert lines[-1] == "line 999 [31mred\N{REPLACEMENT CHARACTER}"
    assert last_lines(tmp_path / "none") == []


def test_a_pid_that_was_given_again_since_the_machine_went_up_is_another_process():
    own = identify(os.getpid())
    assert own is not None
    ticks, at, boot = own.started.partition("@")
    if at:  # Linux counts the ticks since then
        assert not ProcessIdentity(own.pid, f"{int(ticks) - 1}@{boot}").is_alive()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_another_process_that_was_given_the_id_since_is_not_signalled(slow_worker, number):
    other = ProcessIdentity(slow_worker.identity.pid, "1@another boot")
    send_signal(other, number)
    kill_group(other)
    with pytest.raises(subprocess.TimeoutExpired):
        slow_worker.process.wait(0.2)
    send_signal(slow_worker.identity, number)
    assert slow_worker.process.wait(30) is not None
    send_signal(slow_worker.identity, number)  # one that has gone
    kill_group(slow_worker.identity)


def test_a_worker_that_is_killed_takes_along_what_it_has_started(paths):
    program = "import subprocess; print(subprocess.Popen(['sleep', '600']).pid, flush=True); input()"
    worker = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    started = identify(int(worker.stdout.readline()))
    Charge("key", paths, "cpu/0", AdoptedHandle(identify(worker.pid))).ask(Wanted.KILL)
    assert worker.wait(30) == -signal.SIGKILL
    until(lambda: not started.is_alive())
    worker.stdin.close()
    worker.stdout.close()


def test_a_record_that_was_not_rewritten_is_no_news(paths):
    charge = Charge("key", paths, "cpu/0")
    assert charge.has_news()
    assert not charge.has_news()
    RunRecord.load(paths.record).in_state(RunState.RUNNING).save(paths.record)
    os.utime(paths.record, ns=(1, 1))
    assert charge.has_news()
    assert not charge.has_news()
    paths.record.unlink()
    assert not charge.has_news()


@pytest.mark.parametrize(
    ("status", "kept", "memory", "resume"),
    [(1, False, False, False), (1, True, False, True), (-9, False, True, False), (-9, True, True, True), (-11, False, False, False)],
)  # fmt: skip
def test_what_to_do_about_an_end(paths, status, kept, memory, resume):
    if kept:
        paths.checkpoint.touch()
    failure = settle_as(paths, Ending(status)).failure
    assert ("memory runs out" in failure.hint) is memory
    assert ("fashiontui resume" in failure.hint) is resume
    assert failure.kind == ("WorkerKilled" if status < 0 else "WorkerCrashed")


def test_a_run_that_is_started_again_says_no_more_why_it_had_failed(paths):
    paths.log.write_text("words of an older attempt\n")
    settle_as(paths, Ending(-9))
    record = RunRecord.load(paths.record)
    assert record.failure is not None
    record.in_state(RunState.QUEUED).save(paths.record)
    assert note_starting(paths) == len("words of an older attempt\n")
    record = RunRecord.load(paths.record)
    assert (record.state, record.failure) == (RunState.STARTING, None)


def test_who_took_a_run_over_is_not_what_a_dead_worker_left_behind(paths, slow_worker):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    identity = ProcessIdentity(dead.pid, "1@another boot")
    dead.wait()
    assert not kill_left_behind(identity, paths)
    assert not kill_left_behind(slow_worker.identity, paths)  # which is not dead
    assert slow_worker.process.poll() is None
