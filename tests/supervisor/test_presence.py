"""Who is there, seen from other processes."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys

import pytest
from support.fakes import until

from fashiontui.errors import RunError
from fashiontui.supervisor.presence import SUPERVISOR, Guard, attached, is_anyone_attached, supervisor_pid

HOLD = (
    "import sys, time; from pathlib import Path; from fashiontui.supervisor.presence import *; "
    "logs = Path(sys.argv[1]); "
)


def holding(logs, code):
    return subprocess.Popen([sys.executable, "-c", HOLD + code, str(logs)])


def test_there_is_one_supervisor_a_folder(tmp_path):
    first, second = Guard(tmp_path), Guard(tmp_path)
    assert first.take()
    assert first.take()
    assert not second.take(0.05)
    assert supervisor_pid(tmp_path) == os.getpid()
    first.release()
    assert supervisor_pid(tmp_path) is None
    assert second.take()
    second.release()


def test_two_who_ask_at_once_do_not_take_each_other_for_a_supervisor(tmp_path):
    guard = Guard(tmp_path)
    guard.take()
    guard.release()
    with (tmp_path / SUPERVISOR).open() as file:
        fcntl.flock(file, fcntl.LOCK_SH)  # as another one does who asks at this very moment
        assert supervisor_pid(tmp_path) is None


def test_a_killed_supervisor_makes_room(tmp_path):
    process = holding(tmp_path, "Guard(logs).take(); time.sleep(60)")
    until(lambda: supervisor_pid(tmp_path) == process.pid)
    guard = Guard(tmp_path)
    assert not guard.take()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert guard.take()
    guard.release()


def test_a_folder_that_is_not_there_has_no_supervisor(tmp_path):
    assert supervisor_pid(tmp_path / "none") is None
    assert not is_anyone_attached(tmp_path / "none")


def test_apps_are_counted_until_the_last_has_gone(tmp_path):
    assert not is_anyone_attached(tmp_path)
    with attached(tmp_path):
        with attached(tmp_path):
            assert is_anyone_attached(tmp_path)
        assert is_anyone_attached(tmp_path)
    assert not is_anyone_attached(tmp_path)


def test_apps_are_seen_on_nfs_too(tmp_path, monkeypatch):
    flock = fcntl.flock

    def flock_of_nfs(descriptor, kind):
        is_read_only = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
        if kind & fcntl.LOCK_EX and is_read_only:
            raise OSError(errno.EBADF, "Bad file descriptor")
        flock(descriptor, kind)

    monkeypatch.setattr(fcntl, "flock", flock_of_nfs)
    with attached(tmp_path):
        assert is_anyone_attached(tmp_path)
    assert not is_anyone_attached(tmp_path)


def test_where_there_are_no_locks_nobody_is_attached(tmp_path, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    with attached(tmp_path):
        pass
    monkeypatch.setattr(fcntl, "flock", no_locks)
    assert not is_anyone_attached(tmp_path)


def test_a_killed_app_is_attached_no_more(tmp_path):
    process = holding(tmp_path, "context = attached(logs); context.__enter__(); time.sleep(60)")
    until(lambda: is_anyone_attached(tmp_path))
    process.kill()
    process.wait()
    assert not is_anyone_attached(tmp_path)


def test_a_folder_whose_files_cannot_be_locked_is_told(tmp_path, monkeypatch):
    def refuse(_descriptor, _operation):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(RunError, match=f"{SUPERVISOR} can't be locked: No locks available"):
        Guard(tmp_path).take()
    assert supervisor_pid(tmp_path) is None
