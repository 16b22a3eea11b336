"""TensorBoard as a child that ends with us."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fashiontui.errors import UsageError

LOOPBACK: Final = "127.0.0.1"
PATIENCE_S: Final = 6.0  # its guard's is less


@dataclass(frozen=True, slots=True)
class Address:
    """Where it is to be seen."""

    port: int
    host: str  # this machine's name

    @property
    def url(self) -> str:
        """For a browser here."""
        return f"http://localhost:{self.port}/"

    @property
    def forward(self) -> str:
        """What to type where the browser is, if that is another machine."""
        return f"ssh -N -L {self.port}:localhost:{self.port} {self.host}"


class TensorBoard:
    """At most one, on loopback alone: who is on this machine can see it, nobody else."""

    def __init__(self, logs: Path, host: str) -> None:
        self._logs = logs
        self._host = host
        self._process: subprocess.Popen[bytes] | None = None
        self.address: Address | None = None

    @property
    def is_running(self) -> bool:
        """Whether it is."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> Address:
        """Start it unless it runs; UsageError where it is not installed."""
        if self.is_running and self.address is not None:
            return self.address
        self.address = Address(_free_port(), self._host)
        command = [
            sys.executable,
            str(Path(__file__).with_name("guarded.py")),  # it ends with us though we be killed
            str(os.getpid()),
            *_program(),
            "--logdir",
            str(self._logs),
            "--host",
            LOOPBACK,
            "--port",
            str(self.address.port),
        ]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is the app's
        )
        return self.address

    def stop(self) -> None:
        """End it, if need be by force."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _program() -> list[str]:
    """The one installed beside us, else the one the shell would find."""
    beside = Path(sys.executable).with_name("tensorboard")
    found = str(beside) if beside.exists() else shutil.which("tensorboard")
    if found is None:
        raise UsageError("TensorBoard is not installed here", "pip install tensorboard")
    return [found]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
