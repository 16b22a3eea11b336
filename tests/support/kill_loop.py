"""Kill supervisors and workers at random moments, and see whether anything is lost.

Runs of the fake worker are queued; at random moments a supervisor, a worker, or everything at once gets SIGKILL; a
client then does what a user would: it starts a supervisor and puts what failed or got lost back into the queue.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState
from fashiontui.supervisor.ensure import COMMAND, ensure_supervisor
from fashiontui.supervisor.presence import supervisor_pid
from fashiontui.supervisor.queue import DEVICES
from support.fakes import fake_command, make_run

VICTIMS = ("supervisor", "worker", "worker", "everything")
PATIENCE_S = 120.0  # with runs that don't finish, and processes that don't end


@dataclass
class Findings:
    """What a loop has done, and all that was wrong afterwards."""

    kills: dict[str, int] = field(default_factory=dict)
    finished: int = 0
    wrongs: list[str] = field(default_factory=list)


class KillLoop:
    """Queues runs in a logs folder and kills what works on them."""

    def __init__(self, logs: Path, runs: int, slots: int, rng: random.Random) -> None:
        self._logs = logs
        self._rng = rng
        self._findings = Findings()
        self._command = (*COMMAND, "--linger", "0.5", "--worker", json.dumps(fake_command("finish")))
        paths = [make_run(logs, "lr", f"20261123-{number:06}-abc") for number in range(runs)]
        with self._registry() as registry:
            registry.set_setting(DEVICES, json.dumps({"cpu": slots}))
            registry.enqueue(paths)

    def run(self, kills: int, pause_s: tuple[float, float] = (0.05, 0.6)) -> Findings:
        """Kill so often, let the rest finish, and look at what is there."""
        for _ in range(kills):
            self._mend()
            time.sleep(self._rng.uniform(*pause_s))
            self._kill(self._rng.choice(VICTIMS))
        self._finish()
        self._look()
        return self._findings

    def _registry(self) -> Registry:
        return Registry.open(self._logs, warn=self._findings.wrongs.append)

    def _mend(self) -> None:
        """What a user does: start a supervisor, resume what failed."""
        ensure_supervisor(self._logs, self._command)
        with self._registry() as registry:
            for entry in registry.entries((RunState.FAILED, RunState.LOST)):
                registry.requeue(entry.key)

    def _kill(self, victim: str) -> None:
        supervisor = supervisor_pid(self._logs) if victim != "worker" else None
        workers = list(self.workers()) if victim != "supervisor" else []
        if victim == "worker":
            workers = workers and [self._rng.choice(workers)]
        pids = [pid for pid in (supervisor, *workers) if pid]
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if pids:
            self._findings.kills[victim] = self._findings.kills.get(victim, 0) + 1

    def workers(self) -> Iterator[int]:
        """Processes on this logs folder that are no supervisors."""
        for pid, command in processes():
            if str(self._logs) in command and "fake_worker.py" in command and "--worker" not in command:
                yield pid

    def _finish(self) -> None:
        before = -1
        while (left := self._left()) > 0:  # no end of patience as long as it gets on
            assert left != before, f"{left} runs are left, and nothing moves"
            before = left
            wait(lambda before=before: self._left() < before)
        wait(
            lambda: not any(str(self._logs) in command for _, command in processes())
        )  # all end by themselves

    def _left(self) -> int:
        self._mend()
        with self._registry() as registry:
            return sum(entry.state is not RunState.FINISHED for entry in registry.entries())

    def _look(self) -> None:
        wrongs = self._findings.wrongs
        for root in sorted((self._logs / "lr").iterdir()):
            endings = (root / "endings").read_text().splitlines() if (root / "endings").exists() else []
            state = RunRecord.load(root / "run.json").state
            self._findings.finished += state is RunState.FINISHED
            if state is not RunState.FINISHED or len(endings) > 1:  # none: killed right after its last word
                wrongs.append(f"{root.name} is {state.value} and came to its end {len(endings)} times")
        database = sqlite3.connect(self._logs / "registry.sqlite")
        verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
        database.close()
        if verdict != "ok":
            wrongs.append(f"the database: {verdict}")
        wrongs += [
            f"left behind: {pid} {command}" for pid, command in processes() if str(self._logs) in command
        ]
        wrongs += [f"a zombie: {pid}" for pid in zombies_of(os.getpid())]


def processes() -> Iterator[tuple[int, str]]:
    """All processes but this one, and their command lines."""
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if command:
            yield int(folder.name), command


def zombies_of(parent: int) -> Iterator[int]:
    """Children that ended and were not collected."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] == "Z" and int(fields[1]) == parent:
                yield int(folder.name)


def wait(happened: Callable[[], bool]) -> None:
    """Until it happens; a loop that hangs must not hang for ever."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        if time.monotonic() > deadline:
            raise AssertionError("it never happened")
        time.sleep(0.1)
