"""What is said of a run's process, its attempts, and where and with what it was made. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from fashiontui.config.problems import printable
from fashiontui.runs.metrics import CPU, GPU_MEMORY, MEMORY
from fashiontui.runs.state import RunState
from fashiontui.tui.charts.palette import Charset
from fashiontui.tui.charts.sparkline import sparkline
from fashiontui.tui.lines import EMPTY, Line, cells, line, wrapped
from fashiontui.tui.processload import MEGABYTE, Gpu, Load
from fashiontui.tui.shownrun import ShownRun
from fashiontui.tui.words import span

if TYPE_CHECKING:
    from fashiontui.runs.record import RunRecord

Floats = NDArray[np.float64]

NAME: Final = 16
LOGGED: Final[tuple[tuple[str, str, Callable[[Floats], str]], ...]] = (
    ("CPU", CPU, lambda values: f"mean {values.mean():.0f} % of a core"),
    ("memory", MEMORY, lambda values: f"most {values.max():,.0f} MiB"),
    ("GPU memory", GPU_MEMORY, lambda values: f"most {values.max():,.0f} MiB"),
)
MADE_WITH: Final = ("host", "platform", "cpu", "python", "executable")


def system_lines(run: ShownRun, loads: Sequence[Load], host: str, charset: Charset, width: int) -> list[Line]:
    """All of it. `host` is the machine we are on."""
    taken = [*_load_lines(run, loads, host, charset, width), *_logged_lines(run, charset, width), EMPTY]
    return [*taken, *(part for whole in _made_lines(run) for part in _folded(whole, width))]


def _made_lines(run: ShownRun) -> list[Line]:
    record = run.record
    if run.is_foreign or record is None:
        return [_pair("folder", str(run.root))]
    lines = _attempt_lines(record)
    environment = record.environment
    lines += [_pair(name, str(environment[name])) for name in MADE_WITH if environment.get(name)]
    lines += [_pair("folder", str(run.root)), *_git_lines(environment.get("git"))]
    packages = environment.get("packages")
    if isinstance(packages, Mapping):
        lines += [EMPTY, line("packages", "muted")]
        lines += [_pair(f"  {name}", str(version)) for name, version in packages.items()]
    return lines


def _pair(name: str, value: str, kind: str = "plain") -> Line:
    return ((f"{printable(name):{NAME}}  ", "muted"), (printable(value), kind))


def _folded(parts: Line, width: int) -> list[Line]:
    """A pair that is too wide, in several lines, each below its value."""
    if len(parts) == 1 or cells(parts) <= width:
        return [parts]
    (name, tone), (value, kind) = parts
    pieces = wrapped(value, max(1, width - cell_len(name)), kind)
    blank = " " * cell_len(name)
    return [((blank if number else name, tone), *piece) for number, piece in enumerate(pieces)]


def _load_lines(run: ShownRun, loads: Sequence[Load], host: str, charset: Charset, width: int) -> list[Line]:
    if loads and run.is_live:
        return _measured(loads, charset, max(0, width - NAME - 24))
    made_on = run.record.environment.get("host") if run.record is not None else None
    if run.is_foreign:
        return [line("Another program's run: its process is not known.", "muted")]
    if run.is_live and made_on and made_on != host:
        return [line(f"Its process is on {printable(str(made_on))}; it can't be seen from here.", "muted")]
    if run.is_live:
        return [line("Looking for its process…", "muted")]
    state = run.entry.state if run.entry is not None else RunState.LOST
    return [line(f"No process: the run is {state.value}.", "muted")]


def _measured(loads: Sequence[Load], charset: Charset, trend: int) -> list[Line]:
    now = loads[-1]
    recent = loads[-trend:]
    memory = f"{now.rss_bytes / MEGABYTE:,.0f} MiB"
    lines = [
        _trend("CPU", _percent(now.cpu_percent), [load.cpu_percent for load in recent], trend, charset),
        _trend("memory", memory, [load.rss_bytes for load in recent], trend, charset),
        _trend("threads", f"{now.threads}", [load.threads for load in recent], trend, charset),
        _pair("CPU time", span(now.seconds)),
    ]
    if now.gpu_megabytes is not None:
        own = [load.gpu_megabytes or 0.0 for load in recent]
        lines.append(_trend("GPU memory", f"{now.gpu_megabytes:,.0f} MiB", own, trend, charset))
    return [*lines, *map(_gpu_line, now.gpus)]


def _logged_lines(run: ShownRun, charset: Charset, width: int) -> list[Line]:
    """What it took from its beginning, as it was logged: an epoch a point."""
    scalars = run.view.scalars
    facts = [(name, tag, words(scalars[tag].values)) for name, tag, words in LOGGED if tag in scalars]
    room = max(0, width - NAME - 24)
    lines = [_trend(name, said, scalars[tag].values, room, charset) for name, tag, said in facts]
    return [EMPTY, line("from its beginning, epoch by epoch", "muted"), *lines] if lines else []


def _percent(value: float) -> str:
    return "…" if math.isnan(value) else f"{value:.0f} % of a core"


def _trend(name: str, words: str, values: Sequence[float] | Floats, width: int, charset: Charset) -> Line:
    drawn = sparkline(values, min(width, len(values)), charset) if width > 0 else ""
    return ((f"{name:{NAME}}  ", "muted"), (f"{words:20}  ", "strong"), (drawn, "live"))


def _gpu_line(gpu: Gpu) -> Line:
    used = "?" if gpu.used_megabytes is None else f"{gpu.used_megabytes:,.0f}"
    total = "?" if gpu.total_megabytes is None else f"{gpu.total_megabytes:,.0f}"
    busy = "" if gpu.percent is None else f"{gpu.percent:.0f} % busy, "
    return _pair(f"GPU {gpu.index}", f"{busy}{used} of {total} MiB in use by all, {gpu.name}")


def _attempt_lines(record: RunRecord) -> list[Line]:
    lines: list[Line] = []
    for number, attempt in enumerate(record.attempts, start=1):
        took = "" if attempt.ended is None else f", {span((attempt.ended - attempt.started).total_seconds())}"
        begun = f"{attempt.started.astimezone():%Y-%m-%d %H:%M:%S}"
        where = f"{attempt.device} ({attempt.device_name}), {attempt.threads} threads, process {attempt.pid}"
        resumed = f", from step {attempt.from_step:,}" if attempt.from_step else ""
        lines.append(_pair(f"attempt {number}", f"{begun}{took}, {where}{resumed}"))
    return lines


def _git_lines(git: Any) -> list[Line]:
    if not isinstance(git, Mapping) or not git.get("commit"):
        return []
    changed = ", with changes that were not committed" if git.get("dirty") else ""
    return [_pair("commit", f"{git['commit']}{changed}")]
