"""`python -P -u -m fashiontui.training.forkserver`: forks workers that have nothing left to import.

It imports what workers need, once, and then obeys the supervisor at the other end of its stdin, a socket. It never
runs a tensor operation, starts no thread and does not ask about CUDA: each of these hangs or breaks a forked child.
When the supervisor goes, it ends, and its children live on.

    supervisor                                             fork server
                                                           {"ready": true}
    {"start": 7, "expect": RUN_FOLDER, "log": F, "arguments": [...], "cores": []}
                                                           {"started": 7, "pid": P, "began": "..."} or {"failed": 7, "why": ...}
                                                           {"ended": 7, "status": -9}
    {"expect": RUN_FOLDER}                                 (makes ready for another run like this one)
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Protocol

from fashiontui.runs.channel import Channel
from fashiontui.runs.identity import identify
from fashiontui.runs.niceness import give_way
from fashiontui.training.child import Closable, Surroundings, fork

PROGRAM: Final = "fashiontui.training.warm:WarmWorker"
TASKS: Final = Path("/proc/self/task")
QUIET_S: Final = (
    1.0  # errands wait until nothing was asked for so long: a run that is starting needs the cores more
)


class Errand(Protocol):
    """Something worth preparing for runs to come."""

    def run(self) -> None:
        """Do it, in a child of its own."""

    def done(self) -> None:
        """Take in what that child did, in the fork server. Quick."""

    def close(self) -> None:
        """Let go of it."""


class Program(Protocol):
    """What is served. Made once; then all that workers need is imported."""

    def main(self, arguments: list[str]) -> int:
        """A worker, in a child: its exit status."""

    def foresee(self, run: Path) -> Errand | None:
        """What would make the start of another run like this one quicker."""


class ForkServer:
    """Forks, and tells how the children end."""

    def __init__(self, channel: Channel, program: Program) -> None:
        self._channel = channel
        self._program = program
        self._children: dict[int, Callable[[int], None]] = {}  # by pid: whom to tell the exit status
        self._expected: Path | None = None
        self._errand: Errand | None = None  # under way, in this child:
        self._errand_pid = 0
        self._woken, self._waker = socket.socketpair()
        self._waker.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)

    def serve(self) -> None:
        """Until the supervisor goes."""
        self._channel.send({"ready": True})
        while self._channel.is_open:
            wait_s = QUIET_S if self._expected is not None and self._errand is None else None
            ready, _, _ = select.select([self._channel.fileno(), self._woken.fileno()], [], [], wait_s)
            if self._woken.fileno() in ready:
                self._woken.recv(4096)
                self._reap()
            if not ready:
                self._look_ahead()
            for message in self._channel.receive():
                self._obey(message)
        self._call_back()

    def _obey(self, message: dict[str, Any]) -> None:
        if "start" in message:
            self._start(message["start"], message)
        self._expected = Path(message["expect"])

    def _start(self, number: int, message: dict[str, Any]) -> None:
        arguments, cores = message["arguments"], tuple(message["cores"])
        try:
            output = os.open(message["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
            pid = self._fork(lambda: self._program.main(arguments), output, cores)
        except OSError as error:
            self._channel.send({"failed": number, "why": str(error)})
            return
        worker = identify(pid)
        self._channel.send({"started": number, "pid": pid, "began": worker.started if worker else ""})
        self._children[pid] = lambda status: self._tell(number, status)

    def _tell(self, number: int, status: int) -> None:
        self._channel.send({"ended": number, "status": status})

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):  # there is none left
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                tell = self._children.pop(ended[0], None)
                if tell is not None:
                    tell(os.waitstatus_to_exitcode(ended[1]))

    def _look_ahead(self) -> None:
        run, self._expected = self._expected, None
        assert run is not None
        with _harmless():
            errand = self._program.foresee(run)
            if errand is not None:
                self._send_out(errand)

    def _send_out(self, errand: Errand) -> None:
        def body() -> int:
            give_way()
            errand.run()
            return 0

        self._errand_pid = self._fork(body, os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC))
        self._errand = errand
        self._children[self._errand_pid] = self._came_back

    def _came_back(self, status: int) -> None:
        errand, self._errand = self._errand, None
        assert errand is not None
        with _harmless(), contextlib.closing(errand):
            if status == 0:
                errand.done()

    def _call_back(self) -> None:
        if self._errand is not None:
            os.kill(self._errand_pid, signal.SIGKILL)
            os.waitpid(self._errand_pid, 0)

    def _fork(self, body: Callable[[], int], output: int, cores: tuple[int, ...] = ()) -> int:
        ours: list[Closable] = [self._channel, self._woken, self._waker]
        if self._errand is not None:
            ours.append(self._errand)
        try:
            return fork(body, Surroundings(output, ours, cores))
        finally:
            os.close(output)


@contextlib.contextmanager
def _harmless() -> Iterator[None]:
    """A mistake in what only saves time must not cost a run."""
    try:
        yield
    except Exception:  # noqa: BLE001
        traceback.print_exc()


def main(arguments: list[str] | None = None) -> None:
    """Serve whoever is at the other end of stdin."""
    parser = argparse.ArgumentParser(prog="python -m fashiontui.training.forkserver")
    parser.add_argument("--worker", default=PROGRAM, help="what to serve: module:class")
    options = parser.parse_args(arguments)
    channel = _at_stdin()
    program = make_program(options.worker)
    ForkServer(channel, program).serve()
    os._exit(0)  # what was imported need not be torn down


def make_program(name: str) -> Program:
    """Import what is to be served, and make sure that forking is safe; SystemExit says why where it is not."""
    module, _, maker = name.partition(":")
    program: Program = getattr(importlib.import_module(module), maker)()
    gc.collect()
    gc.freeze()  # children then leave these objects' pages alone, and share them
    _shed_threads()
    if TASKS.exists() and (threads := sum(1 for _ in TASKS.iterdir())) > 1:
        sys.exit(f"{threads - 1} threads were started by what was imported: it can't be forked")
    return program


def _shed_threads() -> None:
    """OpenBLAS, as numpy brings it, starts threads when imported, ends them at a fork, and starts them again on demand."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _at_stdin() -> Channel:
    """The socket at stdin; from now on there is nothing to read from there."""
    connection = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return Channel(connection)


if __name__ == "__main__":
    main()
