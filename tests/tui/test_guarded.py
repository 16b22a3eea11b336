"""A program that ends with whoever wanted it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from fashiontui.tui import guarded

PATH = Path(guarded.__file__)
PATIENCE_S = 30.0
STARTER = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, sys.argv[1], str(os.getpid()), *sys.argv[2:]], start_new_session=True)
print(child.pid, flush=True)
time.sleep(1000)
"""


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def until(condition):
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


@pytest.mark.parametrize(
    "program",
    ["sleep 1000", "trap '' TERM; sleep 1000; sleep 1000", "(trap '' TERM; exec sleep 1000) & wait"],
)
def test_it_ends_though_its_starter_be_killed(program):
    command = [sys.executable, "-c", STARTER, str(PATH), "sh", "-c", f"{program} # {os.getpid()}"]
    starter = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    guard = int(starter.stdout.readline())
    until(lambda: psutil.Process(guard).children())
    until(lambda: len(psutil.Process(guard).children(recursive=True)) > 1 or program == "sleep 1000")
    below = psutil.Process(guard).children(recursive=True)
    starter.kill()
    starter.wait()
    starter.stdout.close()
    until(lambda: gone(guard) and all(gone(child.pid) for child in below))


def test_it_ends_when_asked_and_gives_the_exit_code():
    asked = subprocess.Popen([sys.executable, str(PATH), str(os.getpid()), "sleep", "1000"])
    until(lambda: psutil.Process(asked.pid).children())
    asked.send_signal(signal.SIGTERM)
    assert asked.wait(PATIENCE_S) != 0
    assert subprocess.call([sys.executable, str(PATH), str(os.getpid()), "sh", "-c", "exit 7"]) == 7
