"""The supervisor as a process of its own: `python -m fashiontui.supervisor LOGS`.

Clients start it when they need it; it ends itself when nothing is queued or running and no app is attached.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Final

from fashiontui.errors import FashiontuiError
from fashiontui.runs.registry.watch import run_folders
from fashiontui.supervisor.ensure import COMMAND, READY, TAKEN, ensure_supervisor
from fashiontui.supervisor.lead import TICK_S, Lead
from fashiontui.supervisor.log import SupervisorLog
from fashiontui.supervisor.presence import is_anyone_attached
from fashiontui.supervisor.program import program_stamp
from fashiontui.supervisor.starter import FreshStarter, Starter
from fashiontui.supervisor.warm import WarmStarter

LINGER_S: Final = 30.0  # without work: whoever starts a run soon after another one gets a warm start
PATIENCE_S: Final = 0.3
TRIES, RETRY_S = 10, 1.0  # of a program that may be half installed


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve a logs folder until there is nothing to do; 0 also where another process does already."""
    parser = argparse.ArgumentParser(prog="python -m fashiontui.supervisor", description=__doc__)
    parser.add_argument("logs", type=Path)
    parser.add_argument("--linger", type=float, default=LINGER_S, help="seconds without work before it ends")
    parser.add_argument("--worker", type=json.loads, help="another worker's command line, as a JSON list")
    parser.add_argument("--detach", action="store_true", help="see __main__.py")
    options = parser.parse_args(arguments)
    say = SupervisorLog(options.logs)
    stamp = program_stamp()
    lead = Lead(
        options.logs,
        lambda: make_starter(options.logs, options.worker, say),
        say,
        is_current=lambda: program_stamp() == stamp,
    )
    if not lead.take(PATIENCE_S):
        _answer(TAKEN)
        return 0
    _answer(READY)
    say(f"supervising {options.logs}, process {os.getpid()}")
    try:
        _serve(lead, options.logs, options.linger, say)
        if lead.is_outdated:
            say("the program was replaced: a new supervisor goes on")
            lead.leave()
            _begin_anew(options)
    except FashiontuiError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    finally:
        lead.leave()
    return 0


def _answer(word: bytes) -> None:
    """Tell who started us, and let go of the pipe: it waits for its end."""
    with contextlib.suppress(OSError):  # it may have gone
        os.write(sys.stdout.fileno(), word)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)


def make_starter(logs: Path, command: Sequence[str] | None, say: Callable[[str], None]) -> Starter:
    """Warm starts of our own workers, likely on the data of the newest run; of another command, plain ones."""
    if command is not None:
        return FreshStarter(command)
    starter = WarmStarter(FreshStarter(), say=say)
    starter.prepare(max(run_folders(logs), key=lambda paths: paths.run_id, default=None))
    return starter


def _serve(lead: Lead, logs: Path, linger_s: float, say: Callable[[str], None]) -> None:
    leaving = _Leaving()
    idle_since = time.monotonic()
    while not leaving.asked:
        lead.tick()
        if lead.is_outdated:
            return
        if lead.has_work:
            idle_since = time.monotonic()
        elif time.monotonic() - idle_since > linger_s:
            idle_since = time.monotonic()
            if not is_anyone_attached(logs) and not _stay(lead):
                say("nothing left to do")
                return
        time.sleep(TICK_S)
    lead.leave()
    say("told to leave; the workers go on")


def _begin_anew(options: argparse.Namespace) -> None:
    """Have a supervisor of the program as it is now; while it is being installed that may take a few tries."""
    command = [*COMMAND, "--linger", str(options.linger)]
    command += [] if options.worker is None else ["--worker", json.dumps(options.worker)]
    for left in reversed(range(TRIES)):
        try:
            return ensure_supervisor(options.logs, command)
        except FashiontuiError:
            if not left:
                raise
            time.sleep(RETRY_S)
    return None


def _stay(lead: Lead) -> bool:
    """Leave, unless a run has come in at the last moment, and no other supervisor for it."""
    return lead.leave() and lead.take(PATIENCE_S)


class _Leaving:
    """SIGTERM and SIGINT end the supervisor, never a worker; a hang-up means nothing to it."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGTERM, self._receive)
        signal.signal(signal.SIGINT, self._receive)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def _receive(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
