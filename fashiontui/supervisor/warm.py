"""Starts workers within milliseconds, by a fork server that has imported what takes a new interpreter seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fashiontui.errors import RunError
from fashiontui.runs.identity import ProcessIdentity
from fashiontui.runs.paths import RunPaths
from fashiontui.supervisor.server import COMMAND, ServerProcess
from fashiontui.supervisor.starter import Handle, Start, Starter

PATIENCE_S: Final = 60.0  # with a server that imports, or does not answer
ANSWER_S: Final = 0.1  # that a start may wait; a fork takes a fifth of it
SERVERS: Final = 2  # that are tried


@dataclass(slots=True)
class WarmHandle:
    """A worker that the fork server started and collects."""

    identity: ProcessIdentity
    server: ServerProcess
    number: int
    status: int | None = None

    def poll(self) -> int | None:
        """What the server says; where that has gone, whether the process is still there."""
        if self.status is None:
            self.status = self.server.status(self.number, self.identity)
        return self.status


class WarmStarter:
    """Starts workers by a fork server, or by `fallback` where none can be had.

    The server is begun with the first start, or by `prepare`. One that never comes to serve is the last. When one that
    has served goes, the start that finds it gone falls back, and another server is begun, once.
    """

    def __init__(
        self,
        fallback: Starter,
        *,
        say: Callable[[str], None],
        command: Sequence[str] = COMMAND,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fallback = fallback
        self._say = say
        self._command = command
        self._clock = clock
        self._server: ServerProcess | None = None
        # elsewhere, the system's own libraries do not outlive a fork
        self._servers_left = SERVERS if sys.platform == "linux" else 0
        self._asked: dict[Path, tuple[Start, int]] = {}  # by run folder: starts without an answer yet

    def prepare(self, like: RunPaths | None = None) -> None:
        """Begin the server, and let it make ready for a run like that one."""
        server = self._server or self._begin()
        if server is not None and like is not None:
            server.expect(like)

    def start(self, start: Start) -> Handle | None:
        """A worker; None while the server imports, or takes its time. RunError where none can be started."""
        server = self._server or self._begin()
        if server is None or self._has_failed(server):
            return self._fallback.start(start)
        return self._ask(server, start) if server.is_ready else None

    def close(self) -> None:
        """End the server; the workers live on."""
        self._servers_left = 0
        if self._server is not None:
            self._server.close()
            self._server = None
        self._fallback.close()

    def _ask(self, server: ServerProcess, start: Start) -> WarmHandle | None:
        root = start.paths.root
        asked, number = self._asked.get(root, (None, 0))
        if asked is not start:  # new, or an older one was left unanswered: the run was adopted, or withdrawn
            number = server.ask(start)
            self._asked[root] = start, number
        answer = server.answer(number, ANSWER_S)
        if answer is None:
            return None
        del self._asked[root]
        if isinstance(answer, str):
            raise RunError(f"no worker could be started for run {start.paths.run_id}: {answer}")
        return WarmHandle(answer, server, number)

    def _begin(self) -> ServerProcess | None:
        if self._servers_left == 0:
            return None
        self._servers_left -= 1
        try:
            self._server = ServerProcess(self._command, self._clock)
        except OSError as error:
            self._do_without(f"can't be begun: {error}")
        return self._server

    def _has_failed(self, server: ServerProcess) -> bool:
        if not server.is_gone and not server.is_silent(PATIENCE_S):
            return False
        why = f"did not answer for {PATIENCE_S:.0f} s" if not server.is_gone else "ended"
        end = server.close()
        self._server = None
        self._asked.clear()
        if server.is_ready and self._servers_left:
            self._say(f"the fork server {why} ({end}); another one is begun")
            self._begin()
        else:
            self._do_without(f"{why} ({end})")
        return True

    def _do_without(self, why: str) -> None:
        self._servers_left = 0
        self._say(
            f"the fork server {why}; from now on every worker takes a new interpreter, and seconds to start"
        )
