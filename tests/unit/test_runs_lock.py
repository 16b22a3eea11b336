from __future__ import annotations

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
