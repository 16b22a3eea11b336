from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fashiontui.runs import niceness
from fashiontui.runs.niceness import LEAST, STEPS, give_way


@pytest.fixture(params=[True, False], ids=["leads a session", "in ours"])
def other(request):
    sleeping = [sys.executable, "-c", "import time; print(flush=True); time.sleep(600)"]
    with subprocess.Popen(sleeping, stdout=subprocess.PIPE, start_new_session=request.param) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.kill()


def session_of(pid):
    """None where the kernel has no autogroups, or lets nobody set them, or the process is in none (the file is empty then)."""
    group = Path(f"/proc/{pid}/autogroup")
    said = group.read_text().split() if os.access(group, os.R_OK | os.W_OK) else []
    return int(said[-1]) if said else None


def test_it_is_lowered_and_its_session_if_that_is_its_own(other):
    ours = os.getpriority(os.PRIO_PROCESS, 0), session_of("self")
    before = session_of(other)
    give_way(other)
    assert os.getpriority(os.PRIO_PROCESS, other) == min(LEAST, ours[0] + STEPS)
    leads = os.getsid(other) == other and before is not None
    assert session_of(other) == (min(LEAST, before + STEPS) if leads else before)
    assert (os.getpriority(os.PRIO_PROCESS, 0), session_of("self")) == ours


def test_not_below_the_least(other):
    for _ in range(3):
        give_way(other)
    assert os.getpriority(os.PRIO_PROCESS, other) == LEAST


def test_one_that_has_gone_is_let_go():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    give_way(process.pid)


class Group:
    """What a kernel has for a session."""

    def __init__(self, *refusals, said="/autogroup-2 nice 3\n"):
        self.refusals = list(refusals)
        self.said = said
        self.written = None

    def read_text(self):
        return self.said

    def write_text(self, text):
        if self.refusals:
            raise OSError(self.refusals.pop(0), "refused")
        self.written = text


def test_a_kernel_that_asks_for_patience_is_asked_again(monkeypatch):
    monkeypatch.setattr(niceness, "AGAIN_S", 0.0)
    group = Group(errno.EAGAIN, errno.EAGAIN)
    niceness._lower_session(group)
    assert group.written == "13"


def test_a_kernel_that_refuses_is_not(monkeypatch):
    group = Group(errno.EPERM)
    with pytest.raises(PermissionError):
        niceness._lower_session(group)
    assert group.written is None


def test_a_process_that_is_in_no_group_has_none_to_lower():
    group = Group(said="")
    niceness._lower_session(group)
    assert group.written is None
