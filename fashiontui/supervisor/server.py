"""The fork server as the supervisor has it: a child, a channel to it, and what it has said."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from fashiontui.runs.channel import Channel
from fashiontui.runs.identity import ProcessIdentity
from fashiontui.runs.paths import RunPaths
from fashiontui.supervisor.starter import LOST, Start, worker_environment

COMMAND: Final = (sys.executable, "-P", "-u", "-X", "faulthandler", "-m", "fashiontui.training.forkserver")
DEATH_S: Final = 0.5  # between a process's closing its socket and its end
LAST_BYTES: Final = 2000


class ServerProcess:
    """A fork server, begun at once; `is_ready` when it has imported all. OSError where none can be begun.

    Nothing here waits, unless told how long.
    """

    def __init__(self, command: Sequence[str], clock: Callable[[], float]) -> None:
        with contextlib.ExitStack() as opened:
            ours, theirs = map(opened.enter_context, socket.socketpair())
            self._said = opened.enter_context(tempfile.TemporaryFile())
            self._process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=self._said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=worker_environment(os.environ),
            )
            opened.pop_all()
        theirs.close()
        self._channel = Channel(ours)
        self._clock = clock
        self._asked = 0
        self._owed = 1  # that it is ready, and the answer to every start
        self._owing_since = clock()  # or since it last paid
        self._answers: dict[int, ProcessIdentity | str] = {}
        self._statuses: dict[int, int] = {}
        self.is_ready = False

    @property
    def is_gone(self) -> bool:
        """Whether it has ended, and all it said was heard."""
        self._listen()
        return not self._channel.is_open

    def is_silent(self, patience_s: float) -> bool:
        """Whether it has owed an answer for longer than that, and gave none."""
        return self._owed > 0 and self._clock() - self._owing_since > patience_s

    def expect(self, run: RunPaths) -> None:
        """Let it make ready for a run like this one."""
        self._channel.send({"expect": str(run.root)})

    def ask(self, start: Start) -> int:
        """Ask for a worker; the number by which its answer and its end are known."""
        self._asked += 1
        self._owing_since = self._owing_since if self._owed else self._clock()
        self._owed += 1
        message = {"start": self._asked, "expect": str(start.paths.root), "log": str(start.paths.log)}
        self._channel.send({**message, "arguments": start.arguments, "cores": start.cores})
        return self._asked

    def answer(self, number: int, wait_s: float) -> ProcessIdentity | str | None:
        """The worker asked for, or why there is none; None if there is no answer in time."""
        deadline = time.monotonic() + wait_s
        while number not in self._answers and self._channel.is_open and wait_s >= 0:
            self._listen(wait_s)
            wait_s = deadline - time.monotonic()
        return self._answers.pop(number, None)

    def status(self, number: int, worker: ProcessIdentity) -> int | None:
        """A worker's exit status, once; None while it lives."""
        self._listen()
        status = self._statuses.pop(number, None)
        if status is None and not self._channel.is_open and not worker.is_alive():
            return LOST
        return status

    def close(self) -> str:
        """End it, and say how it ended; its workers live on."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0 if self._channel.is_open else DEATH_S)
        self._channel.close()
        self._process.kill()
        status = self._process.wait()
        words = self._last_words()
        self._said.close()
        return f"status {status}{words}"

    def _listen(self, wait_s: float = 0.0) -> None:
        for message in self._channel.receive(wait_s):
            self._hear(message)

    def _hear(self, message: dict[str, Any]) -> None:
        match message:
            case {"ended": int(number), "status": int(status)}:
                self._statuses[number] = status
                return
            case {"ready": True}:
                self.is_ready = True
            case {"started": int(number), "pid": int(pid), "began": str(began)}:
                self._answers[number] = ProcessIdentity(pid, began)
            case {"failed": int(number), "why": str(why)}:
                self._answers[number] = why
        self._owed -= 1
        self._owing_since = self._clock()

    def _last_words(self) -> str:
        self._said.seek(max(0, self._said.seek(0, os.SEEK_END) - LAST_BYTES))
        lines = self._said.read().decode("utf-8", "replace").splitlines()
        said = [line.strip() for line in lines if line.strip()]
        return f": {said[-1]}" if said else ""
