from __future__ import annotations

import errno
import fcntl
import os

import pytest

from fashiontui.errors import RunError
from fashiontui.runs import lock


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE_S", 0.05)


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
