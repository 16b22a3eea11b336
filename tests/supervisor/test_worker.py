from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.fakes import fake_command, until_training

from fashiontui.errors import RunError
from fashiontui.runs import lock
from fashiontui.runs.identity import ProcessIdentity, identify
from fashiontui.runs.record import RunRecord
from fashiontui.runs.state import RunState
from fashiontui.supervisor import worker as workers
from fashiontui.supervisor.ending import Ending, last_lines, settle, settle_as


def test_a_worker_finishes_and_says_so(paths, started):
    record = settle(started("finish"))
    assert record.state is RunState.FINISHED
    assert record.result is not None
    assert record.result.best_epoch == 3
    assert "fake worker at work" in paths.log.read_text()


def test_a_worker_lives_in_a_session_of_its_own_and_reads_nothing(paths, started):
    worker = started("slow")
    assert os.getsid(worker.identity.pid) == worker.identity.pid != os.getsid(0)
    assert Path(f"/proc/{worker.identity.pid}/fd/0").readlink() == Path("/dev/null")


def test_stop_ends_in_state_stopped(paths, started):
    worker = started("slow")
    until_training(paths)
    worker.stop()
    assert settle(worker).state is RunState.STOPPED
    assert worker.poll() == 130


def test_pause_ends_in_state_paused(paths, started):
    worker = started("slow")
    until_training(paths)
    worker.pause()
    assert settle(worker).state is RunState.PAUSED


def test_a_stop_before_the_worker_listens_is_a_stop_not_a_failure(paths):
    command = (sys.executable, "-c", "import time; time.sleep(60)")
    worker = workers.start(paths, command=command)
    worker.stop()
    assert settle(worker).state is RunState.STOPPED


def test_a_crash_is_recorded_with_the_last_words_of_this_attempt(paths, started):
    paths.log.write_text("words of an older attempt\n")
    record = settle(started("crash"))
    assert record.state is RunState.FAILED
    assert record.failure is not None
    assert record.failure.kind == "WorkerCrashed"
    assert "exited with status 1" in record.failure.message
    assert "lost its mind" in record.failure.message
    assert "older attempt" not in record.failure.message
    assert f"--resume {paths.run_id}" in record.failure.hint


def test_a_worker_that_ends_without_a_word_has_failed(started):
    record = settle(started("quiet"))
    assert record.state is RunState.FAILED
    assert record.failure is not None
    assert "exited with status 0 without saying why" in record.failure.message


def test_kill_9_is_named_and_the_run_can_go_on(paths, started):
    record = settle(started("die"))
    assert record.state is RunState.FAILED
    assert record.failure is not None
    assert "killed by SIGKILL" in record.failure.message
    assert settle(started("finish", resume=True)).state is RunState.FINISHED
    assert RunRecord.load(paths.record).failure is None


def test_kill_ends_a_worker_that_ignores_being_asked(paths, started):
    worker = started("deaf")
    until_training(paths)
    worker.stop()
    assert worker.wait(0.2) is None
    worker.kill()
    assert settle(worker).state is RunState.STOPPED


def test_what_the_worker_says_of_its_failure_stands(started):
    record = settle(started("device"))
    assert record.failure is not None
    assert (record.failure.kind, record.failure.exit_code) == ("DeviceError", 2)


def test_no_second_worker_is_started_on_a_run(paths, started):
    started("slow")
    until_training(paths)
    with pytest.raises(RunError, match="already being worked on by process"):
        started("slow", resume=True)
    assert RunRecord.load(paths.record).state is RunState.RUNNING


def test_the_loser_of_two_workers_changes_nothing(paths, started):
    started("slow")
    until_training(paths)
    command = [*fake_command("slow"), str(paths.root)]
    loser = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "already being worked on" in loser.stderr
    with pytest.raises(RunError, match="already being worked on"):
        settle_as(paths, Ending(loser.returncode))
    assert RunRecord.load(paths.record).state is RunState.RUNNING


def test_a_command_that_is_not_there_is_a_run_error(paths):
    with pytest.raises(RunError, match="no worker could be started"):
        workers.start(paths, command=("/nonexistent/python",))
    assert RunRecord.load(paths.record).state is RunState.QUEUED


def test_the_lock_goes_when_its_holder_is_killed(paths, started):
    worker = started("slow")
    until_training(paths)
    assert lock.is_held(paths.root)
    assert lock.holder(paths.root) == worker.identity.pid
    worker.kill()
    worker.wait()
    assert not lock.is_held(paths.root)


def test_identity_ends_with_the_process_though_it_waits_to_be_collected(started, paths):
    worker = started("slow")
    assert worker.identity.is_alive()
    worker.kill()
    os.waitid(os.P_PID, worker.identity.pid, os.WEXITED | os.WNOWAIT)  # dead, not collected
    assert not worker.identity.is_alive()


def test_a_recycled_pid_is_another_process():
    own = identify(os.getpid())
    assert own is not None
    assert own.is_alive()
    assert not ProcessIdentity(own.pid, "1@another boot").is_alive()


def test_signals_without_a_name_are_numbered():
    assert Ending(-64 - signal.SIGRTMIN).words.startswith("was killed by signal")


def test_last_lines_are_few_and_printable(tmp_path):
    log = tmp_path / "worker.log"
    log.write_bytes(b"".join(b"line %d \x1b[31mred\xff\n" % n for n in range(1000)))
    lines = last_lines(log)
    assert len(lines) == 12
    assert lines[-1] == "line 999 [31mred\N{REPLACEMENT CHARACTER}"
    assert last_lines(tmp_path / "none") == []
