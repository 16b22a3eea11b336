"""What a screen may spend on showing, and how long it waits when that is spent."""

from dataclasses import dataclass

import pytest

from fashiontui.tui import pace
from fashiontui.tui.pace import DRAWING, LONGEST_WAIT_S, SAVED_S, SHARE, Pace


@dataclass
class Machine:
    now: float = 0.0
    cpu: float = 0.0

    def work(self, seconds: float) -> None:
        self.now += seconds
        self.cpu += seconds


@pytest.fixture
def machine():
    return Machine()


@pytest.fixture
def paced(machine):
    return Pace(lambda: machine.now, lambda: machine.cpu)


def show(paced, machine, seconds):
    with paced.showing():
        machine.work(seconds)


def test_a_run_that_begins_is_shown_as_it_gets_on(paced, machine):
    shown = 0
    while paced.wait_s == 0.0:
        show(paced, machine, 0.02)
        shown += 1
    assert shown >= SAVED_S / (DRAWING * 0.02)


def test_in_the_long_run_showing_takes_its_share(paced, machine):
    begun = machine.cpu
    while machine.now < 1000:
        show(paced, machine, 0.02)
        machine.now += max(0.25, paced.wait_s)
    assert DRAWING * (machine.cpu - begun) / machine.now == pytest.approx(SHARE, rel=0.1)


def test_what_is_not_spent_is_saved_but_not_without_end(paced, machine):
    machine.now = 1e6
    show(paced, machine, SAVED_S)
    assert paced.wait_s > 0


def test_nothing_waits_longer_than_that(paced, machine):
    for _ in range(10):
        show(paced, machine, 60.0)
    assert paced.wait_s == pytest.approx(LONGEST_WAIT_S)
    machine.now += LONGEST_WAIT_S  # what was dear once is forgotten by then
    assert paced.wait_s == pytest.approx(0.0)


def test_work_that_fails_counts_too(paced, machine):
    def fail():
        machine.work(SAVED_S)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), paced.showing():
        fail()
    assert paced.wait_s > 0


def test_by_itself_it_measures_this_thread():
    mine = Pace()
    with mine.showing():
        until = pace.time.thread_time() + SAVED_S
        while pace.time.thread_time() < until:
            pass
    assert mine.wait_s > 0
