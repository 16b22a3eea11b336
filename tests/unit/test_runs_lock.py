from __future__ import annotations

import errno
import fcntl
import os
import threading
from pathlib import Path

import pytest

from fashiontui.errors import RunError
from fashiontui.runs import lock


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE_S", 0.05)


OPEN_FILES = Path("/proc/self/fd")


def test_only_one_holds_a_run(tmp_path):
    with lock.hold(tmp_path):
        assert lock.is_held(tmp_path)
        assert lock.holder(tmp_path) == os.getpid()
        with (
            pytest.raises(RunError, match=f"already being worked on by process {os.getpid()}"),
            lock.hold(tmp_path),
        ):
            pass
    assert not lock.is_held(tmp_path)
    with lock.hold(tmp_path):
        pass


def test_who_is_no_worker_leaves_no_name(tmp_path):
    with lock.hold(tmp_path):
        pass
    with lock.hold(tmp_path, as_worker=False):
        assert lock.is_held(tmp_path)
        assert lock.holder(tmp_path) is None
        with pytest.raises(RunError, match="by another process"), lock.hold(tmp_path):
            pass


def test_the_lock_goes_with_an_error(tmp_path):
    with pytest.raises(ValueError), lock.hold(tmp_path):
        raise ValueError
    assert not lock.is_held(tmp_path)


def test_asking_makes_no_file(tmp_path):
    assert not lock.is_held(tmp_path)
    assert lock.holder(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_no_folder_is_a_run_error(tmp_path):
    with pytest.raises(RunError, match="No such file"), lock.hold(tmp_path / "nowhere"):
        pass


@pytest.fixture
def inherited(monkeypatch):
    """Whoever holds a lock has forked a child that outlives it: it has the same open file."""
    opened, copies = lock._open, []

    def open_and_inherit(run_root):
        descriptor = opened(run_root)
        copies.append(os.dup(descriptor))
        return descriptor

    monkeypatch.setattr(lock, "_open", open_and_inherit)
    yield
    for copy in copies:
        os.close(copy)


def test_what_its_holder_has_forked_does_not_keep_the_lock(tmp_path, inherited):
    with lock.hold(tmp_path):
        pass
    assert not lock.is_held(tmp_path)


def test_nor_does_it_give_the_lock_up_for_its_holder(tmp_path, inherited, monkeypatch):
    own_pid = os.getpid()
    with lock.hold(tmp_path):
        monkeypatch.setattr(
            os, "getpid", lambda: own_pid + 1
        )  # as in a child that leaves the block by an error
    assert lock.is_held(tmp_path)


def test_where_nothing_can_be_locked_nobody_holds_a_run(tmp_path, monkeypatch):
    with lock.hold(tmp_path):
        monkeypatch.setattr(fcntl, "flock", refusing)
        assert not lock.is_held(tmp_path)
        with pytest.raises(RunError, match="can't be locked: No locks available"), lock.hold(tmp_path):
            pass


def refusing(_descriptor, _operation):
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


def test_who_only_asks_does_not_keep_anyone_from_holding_a_run(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE_S", 10.0)
    with lock.hold(tmp_path):
        pass
    asking = os.open(tmp_path / lock.LOCK_FILE, os.O_RDONLY)
    fcntl.flock(asking, fcntl.LOCK_SH)  # as `is_held` does, at this very moment
    timer = threading.Timer(0.1, os.close, [asking])
    timer.start()
    with lock.hold(tmp_path):
        assert lock.is_held(tmp_path)
    timer.join()


def test_two_who_ask_at_once_do_not_take_each_other_for_a_holder(tmp_path):
    with lock.hold(tmp_path):
        pass
    with (tmp_path / lock.LOCK_FILE).open() as asking:
        fcntl.flock(asking, fcntl.LOCK_SH)
        assert not lock.is_held(tmp_path)


def test_whoever_may_only_read_can_ask(tmp_path, monkeypatch):
    opened = os.open

    def read_only(path, flags, *arguments):  # for root, too, who may write everything
        if flags & (os.O_WRONLY | os.O_RDWR):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return opened(path, flags, *arguments)

    with lock.hold(tmp_path):
        monkeypatch.setattr(os, "open", read_only)
        assert lock.is_held(tmp_path)
        monkeypatch.undo()


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="only Linux lists them there")
def test_asking_leaves_no_file_open(tmp_path):
    with lock.hold(tmp_path):
        before = len(list(OPEN_FILES.iterdir()))
        for _ in range(20):
            assert lock.is_held(tmp_path)
        assert len(list(OPEN_FILES.iterdir())) == before
