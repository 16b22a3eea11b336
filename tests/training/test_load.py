"""What a run's process takes of the machine, as it is logged."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from fashiontui.training.load import SHORTEST_S, OwnLoad


@dataclass
class Machine:
    now: float = 0.0
    cpu: float = 0.0


@pytest.fixture
def machine():
    return Machine()


def test_cpu_is_told_in_percent_of_a_core_since_the_last_time(machine):
    load = OwnLoad(None, lambda: machine.now, lambda: machine.cpu)
    machine.now, machine.cpu = 2.0, 3.0
    assert load.values()["system/cpu_percent"] == pytest.approx(150.0)
    machine.now, machine.cpu = 6.0, 4.0
    assert load.values()["system/cpu_percent"] == pytest.approx(25.0)


def test_a_moment_is_too_short_to_tell_and_counts_for_the_next_time(machine):
    load = OwnLoad(None, lambda: machine.now, lambda: machine.cpu)
    machine.now, machine.cpu = SHORTEST_S / 2, 5.0
    assert "system/cpu_percent" not in load.values()
    machine.now, machine.cpu = 10.0, 10.0
    assert load.values()["system/cpu_percent"] == pytest.approx(100.0)


def test_memory_is_this_process_s_own():
    values = OwnLoad().values()
    assert "system/gpu_memory_MiB" not in values
    resident = Path("/proc/self/statm")
    if resident.exists():  # Linux counts it in pages
        pages = int(resident.read_text().split()[1])
        mebibytes = pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
        assert values["system/memory_MiB"] == pytest.approx(mebibytes, rel=0.1)
    else:
        assert values["system/memory_MiB"] > 10
