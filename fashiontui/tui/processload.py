"""What a run's own process takes of the machine."""

from __future__ import annotations

import math
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fashiontui.runs.identity import ProcessIdentity

if TYPE_CHECKING:
    from psutil import Process

PATIENCE_S: Final = 2.0
MEGABYTE: Final = 1 << 20
GPU_FIELDS: Final = "index,name,utilization.gpu,memory.used,memory.total"


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU as nvidia-smi tells it."""

    index: int
    name: str
    percent: float | None
    used_megabytes: float | None
    total_megabytes: float | None


@dataclass(frozen=True, slots=True)
class Load:
    """One moment of a process."""

    cpu_percent: float  # of one core
    rss_bytes: int
    threads: int
    seconds: float  # of CPU time so far
    gpus: tuple[Gpu, ...] = ()
    gpu_megabytes: float | None = None  # of GPU memory that is its own


class LoadMeter:
    """Measures one process. Belongs to one thread at a time."""

    def __init__(
        self, identity: ProcessIdentity, *, on_gpu: bool = False, ask: Callable[[str], str] | None = None
    ) -> None:
        self._identity = identity
        self._on_gpu = on_gpu
        self._ask = ask or _nvidia_smi
        self._process: Process | None = None

    def read(self) -> Load | None:
        """How it is now; None where it is gone. At the first look, how much CPU it takes is not known: NaN."""
        import psutil  # noqa: PLC0415 - only who looks at a process pays for it

        if not self._identity.is_alive():
            return None
        try:
            is_first = self._process is None
            self._process = process = self._process or psutil.Process(self._identity.pid)
            with process.oneshot():
                times = process.cpu_times()
                percent = process.cpu_percent(None)
                load = Load(
                    cpu_percent=math.nan if is_first else percent,
                    rss_bytes=process.memory_info().rss,
                    threads=process.num_threads(),
                    seconds=times.user + times.system,
                )
        except psutil.Error:
            return None
        return self._with_gpus(load) if self._on_gpu else load

    def _with_gpus(self, load: Load) -> Load:
        gpus = tuple(parse_gpus(self._ask(f"--query-gpu={GPU_FIELDS}")))
        own = parse_memory(self._ask("--query-compute-apps=pid,used_memory"), self._identity.pid)
        return Load(load.cpu_percent, load.rss_bytes, load.threads, load.seconds, gpus, own)


def _nvidia_smi(query: str) -> str:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ""
    try:
        done = subprocess.run(
            [program, query, "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout if done.returncode == 0 else ""


def parse_gpus(text: str) -> Iterator[Gpu]:
    """From `index, name, percent, used, total` a line."""
    for line in text.splitlines():
        fields = [field.strip() for field in line.split(",")]
        if len(fields) >= 5 and fields[0].isdigit():  # noqa: PLR2004 - as many as were asked for
            numbers = [_number(field) for field in fields[-3:]]
            yield Gpu(int(fields[0]), ", ".join(fields[1:-3]), *numbers)


def parse_memory(text: str, pid: int) -> float | None:
    """The sum over `pid, megabytes` lines of a process; None where there is none, as in a container."""
    found = [line.split(",") for line in text.splitlines()]
    own = [_number(fields[1]) for fields in found if len(fields) > 1 and fields[0].strip() == str(pid)]
    known = [value for value in own if value is not None]
    return sum(known) if known else None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
