"""How workers come to be: what a starter is asked for, what it hands back, and the one that takes a new interpreter."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from fashiontui.errors import RunError
from fashiontui.runs.identity import ProcessIdentity, identify
from fashiontui.runs.paths import RunPaths

LOST: Final = -1000  # in place of an exit status: the worker has gone, and nobody saw how

# -P: a random.py in the folder we are called from is not ours; faulthandler: a segfault says where, in worker.log
COMMAND: Final = (sys.executable, "-P", "-u", "-X", "faulthandler", "-m", "fashiontui.training")

# OpenMP threads that wait for each other spin, and by default for so long that runs which share the cores slow each
# other ten- to eightyfold. A short spin costs a lone run next to nothing, a shorter one does (docs/experiments.md).
SHORT_SPIN: Final = {"GOMP_SPINCOUNT": "4000"}


@dataclass(frozen=True, slots=True)
class Start:
    """What to start: a worker on the run in a folder, for this attempt on this device, threads and cores."""

    paths: RunPaths
    resume: bool = False
    device: str | None = None  # None: what run.json asks for
    threads: int | None = None  # likewise
    cores: tuple[int, ...] = ()  # it runs on no other; say threads with them. None: on any

    @property
    def arguments(self) -> list[str]:
        """The worker's command line, after its program's name."""
        device = [] if self.device is None else ["--device", self.device]
        threads = [] if self.threads is None else ["--threads", str(self.threads)]
        return [str(self.paths.root), *(["--resume"] if self.resume else []), *device, *threads]


class Handle(Protocol):
    """A worker that was started."""

    @property
    def identity(self) -> ProcessIdentity:
        """Its process, which leads a session and a process group of its own."""

    def poll(self) -> int | None:
        """None while it lives, then its exit status: negative for a signal, `LOST` if unknown. Never waits."""


class Starter(Protocol):
    """Starts workers."""

    def start(self, start: Start) -> Handle | None:
        """A worker, or None: not ready yet, ask again soon, with this very object. RunError where none can be started.

        Another object is another attempt, also when it equals this one.
        """

    def close(self) -> None:
        """Let go of helpers; the workers live on."""


@dataclass(frozen=True, slots=True)
class FreshHandle:
    """A worker that is our child."""

    process: subprocess.Popen[bytes]
    identity: ProcessIdentity

    def poll(self) -> int | None:
        """Its exit status, negative for a signal; None while it lives."""
        return self.process.poll()


@dataclass(frozen=True, slots=True)
class FreshStarter:
    """Starts every worker in a new interpreter, which then takes seconds to import what it needs."""

    command: Sequence[str] = COMMAND

    def start(self, start: Start) -> FreshHandle:
        """A worker, whatever it says appended to worker.log."""
        try:
            with start.paths.log.open("ab") as log, on_cores(start.cores):
                process = subprocess.Popen(
                    [*self.command, *start.arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    env=worker_environment(os.environ),
                )
        except OSError as error:
            raise RunError(f"no worker could be started for run {start.paths.run_id}: {error}") from error
        return FreshHandle(process, identify(process.pid) or ProcessIdentity(process.pid, ""))

    def close(self) -> None:
        """There is nothing to let go of."""


def worker_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """That of the caller, and how OpenMP's threads wait where nobody has said so yet."""
    said = "OMP_WAIT_POLICY" in environment
    return dict(environment) if said else {**SHORT_SPIN, **environment}


@contextlib.contextmanager
def on_cores(cores: Sequence[int]) -> Iterator[None]:
    """Processes begun in the block run on these cores only. Cores that are not there pin nothing."""
    if not cores or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
