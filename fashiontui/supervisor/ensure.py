"""A supervisor where one is needed."""

from __future__ import annotations

import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

from fashiontui.errors import RunError
from fashiontui.supervisor.log import SupervisorLog
from fashiontui.supervisor.presence import supervisor_pid

# -P: a random.py in the folder we are called from is not ours
COMMAND: Final[Sequence[str]] = (sys.executable, "-P", "-m", "fashiontui.supervisor")
PATIENCE_S: Final = 30.0
READY, TAKEN = b"ready\n", b"taken\n"  # what a supervisor says once it is one, or leaves it to another


def ensure_supervisor(logs: Path, command: Sequence[str] = COMMAND) -> None:
    """Start a supervisor for a logs folder unless there is one. RunError says why that can't be done."""
    if supervisor_pid(logs) is not None:
        return
    said = SupervisorLog(logs)
    path = said.path
    try:
        said.rotate()
        with path.open("ab") as log:
            begins_at = log.tell()
            answer = _start([*command, str(logs), "--detach"], log)
    except OSError as error:
        raise RunError(f"no supervisor could be started for {logs}: {error}") from error
    if answer not in (READY, TAKEN):
        raise RunError(f"no supervisor came up for {logs}: {_last_line(path, begins_at)}", f"See {path}.")


def _start(command: Sequence[str], log: IO[bytes]) -> bytes:
    """What the new supervisor says of itself; nothing where it died, or took too long."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        start_new_session=True,
        cwd="/",  # so that it keeps no folder of the user's in use
    ) as starter:
        assert starter.stdout is not None
        readable, _, _ = select.select([starter.stdout], [], [], PATIENCE_S)
        return starter.stdout.readline() if readable else b""


def _last_line(path: Path, begins_at: int) -> str:
    with path.open("rb") as file:
        file.seek(begins_at)
        said = file.read().decode("utf-8", "replace").strip()
    return said.rpartition("\n")[2] or "it said nothing"
