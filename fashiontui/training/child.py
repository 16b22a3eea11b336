"""Forked processes that find themselves as if started afresh."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import faulthandler
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn, Protocol

PYTHONS: Final = {signal.SIGPIPE, signal.SIGXFSZ}  # ignored by every Python from its beginning
UNCHANGEABLE: Final = {signal.SIGKILL, signal.SIGSTOP}


class Closable(Protocol):
    """Something that holds a descriptor."""

    def close(self) -> None:
        """Let go of it."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a child finds. `output` is the descriptor of its stdout and stderr; `shut` is what its parent has open."""

    output: int
    shut: Sequence[Closable]
    cores: tuple[int, ...] = ()


def fork(body: Callable[[], int], surroundings: Surroundings) -> int:
    """Run `body` in a child, its result being the exit status; the child's id, once it has a session of its own.

    Raises OSError where the system gives no more processes.
    """
    settled, settling = os.pipe()
    try:
        pid = os.fork()
        if pid == 0:
            _live(body, surroundings, (settled, settling))
    finally:
        os.close(settling)
        os.read(settled, 1)  # nothing comes: it ends when the child has closed its end too
        os.close(settled)
    return pid


def _live(body: Callable[[], int], surroundings: Surroundings, pipe: Sequence[int]) -> NoReturn:
    status = 1
    try:
        _settle(surroundings)
        for descriptor in pipe:
            os.close(descriptor)
        status = body()
    except SystemExit as leaving:
        status = _status(leaving.code)
    except BaseException:  # noqa: BLE001 - the process border: nothing may go up into the parent's loop
        traceback.print_exc()
    finally:
        _leave(status)


def _settle(surroundings: Surroundings) -> None:
    os.setsid()
    _listen_anew()
    for each in surroundings.shut:
        each.close()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (surroundings.output, 1), (surroundings.output, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(surroundings.output)
    faulthandler.enable()
    if surroundings.cores and hasattr(os, "sched_setaffinity"):
        with contextlib.suppress(OSError):  # a core that is not there
            os.sched_setaffinity(0, surroundings.cores)


def _listen_anew() -> None:
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals() - PYTHONS - UNCHANGEABLE:
        if signal.getsignal(number) is not None:  # None: faulthandler's
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _status(code: object) -> int:
    if code is None or isinstance(code, int):
        return code or 0
    print(code, file=sys.stderr)  # noqa: T201 - as Python does with sys.exit("some text")
    return 1


def _leave(status: int) -> NoReturn:
    """End as an interpreter does, but without tearing down what was made by the parent."""
    try:
        atexit._run_exitfuncs()  # noqa: SLF001 - there is no other name for it
        ctypes.CDLL(None).fflush(None)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status & 0xFF)
