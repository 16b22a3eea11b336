from __future__ import annotations

import signal

import pytest

from fashiontui.headless.interrupts import HANDLED, Interrupts


def test_nothing_asked():
    with Interrupts() as interrupts:
        assert (interrupts.stop_asked, interrupts.kill_asked, interrupts.hung_up) == (False, False, False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_once_is_a_stop(number):
    with Interrupts() as interrupts:
        signal.raise_signal(number)
        assert interrupts.stop_asked
        assert not interrupts.kill_asked


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_after_that_is_a_kill(first):
    with Interrupts() as interrupts:
        signal.raise_signal(first)
        signal.raise_signal(signal.SIGINT)
        assert interrupts.kill_asked


def test_a_second_sigterm_is_still_a_stop():
    with Interrupts() as interrupts:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        assert not interrupts.kill_asked


def test_a_closed_terminal_is_not_a_stop():
    with Interrupts() as interrupts:
        signal.raise_signal(signal.SIGHUP)
        assert interrupts.hung_up
        assert not interrupts.stop_asked


def test_handlers_are_put_back():
    before = [signal.getsignal(number) for number in HANDLED]
    with Interrupts():
        pass
    assert [signal.getsignal(number) for number in HANDLED] == before


def test_what_is_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts() as interrupts:
            signal.raise_signal(signal.SIGHUP)
            assert not interrupts.hung_up
    finally:
        signal.signal(signal.SIGHUP, before)
