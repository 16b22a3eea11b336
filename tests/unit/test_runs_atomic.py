"""A new file, tests/unit/test_runs_atomic.py: files are whole or not there."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from fashiontui.runs import atomic


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    return path


@pytest.fixture
def order(monkeypatch):
    """What comes first: bytes that reach the disk, or a file that takes another's place."""
    done, fsync, replace = [], os.fsync, Path.replace

    def synced(descriptor):
        done.append(("fsync", os.fstat(descriptor).st_ino))
        fsync(descriptor)

    def replaced(self, target):
        done.append(("replace", self.stat().st_ino))
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    return done


def wholly(path, text):
    with atomic.replacing(path) as temporary:
        temporary.write_text(text)


@pytest.mark.parametrize("write", [wholly, atomic.write_text])
def test_what_is_durable_reaches_the_disk_before_it_takes_its_place(path, order, write):
    write(path, "new")
    own = path.stat().st_ino
    assert order == [("fsync", own), ("replace", own)]
    assert path.read_text() == "new"
    assert list(path.parent.iterdir()) == [path]


def test_what_may_be_lost_in_a_power_cut_is_not_waited_for_but_is_whole(path, order):
    atomic.write_text(path, "grün", durable=False)
    assert order == [("replace", path.stat().st_ino)]
    assert path.read_bytes() == "grün".encode()
    atomic.write_bytes(path, b"\0\1")
    assert order[1:] == [("replace", path.stat().st_ino)]
    assert path.read_bytes() == b"\0\1"
    assert list(path.parent.iterdir()) == [path]


def test_whoever_reads_meanwhile_reads_the_old_file(path):
    with path.open() as reading, atomic.replacing(path) as temporary:
        temporary.write_text("half of the n")
        assert path.read_text() == "old"
        temporary.write_text("new")
    with path.open() as reading:
        atomic.write_bytes(path, b"newer")
        assert reading.read() == "new"
    assert path.read_text() == "newer"


@pytest.mark.parametrize("error", [ZeroDivisionError(), OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_what_goes_wrong_leaves_the_old_file_and_nothing_else(path, error):
    def fail():
        with atomic.replacing(path) as temporary:
            temporary.write_text("half of the n")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_nor_does_a_write_that_fails(path, monkeypatch):
    def full(self, content):
        with self.open("wb") as file:
            file.write(content[:2])
        raise OSError(errno.ENOSPC, "No space left on device")  # as write() says it: without a name

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left") as refused:
        atomic.write_bytes(path, b"new one")
    assert refused.value.filename == str(path)
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]
