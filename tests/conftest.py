"""What holds for every test."""

from __future__ import annotations

import os
import signal

import pytest

# Read when torch is imported. Tests and workers share the cores: threads that wait for each other by spinning, as those
# of some convolutions do, would take minutes where one thread takes a second.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("GOMP_SPINCOUNT", "2000")

# Tests are of the same on every machine: they see a GPU only where that is asked for, for those of `test_cuda.py`.
if not os.environ.get("FASHIONTUI_TEST_CUDA"):
    os.environ["CUDA_VISIBLE_DEVICES"] = ""


@pytest.fixture(autouse=True, scope="session")
def _signals_that_a_background_job_ignores_are_heard():
    """Shells start background jobs deaf to Ctrl-C, `nohup` to a hang-up, and children inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
