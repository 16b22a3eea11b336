"""What holds for every test."""

from __future__ import annotations

import os
import signal

import pytest

# Read when torch is imported: tests and workers share the cores, and must not wait for each other by spinning.
os.environ.setdefault("GOMP_SPINCOUNT", "2000")


@pytest.fixture(autouse=True, scope="session")
def _signals_that_a_background_job_ignores_are_heard():
    """Shells start background jobs deaf to Ctrl-C, `nohup` to a hang-up, and children inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
