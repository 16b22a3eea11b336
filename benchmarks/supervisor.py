"""What the queue costs: from enqueueing to the first training step, and a supervisor with nothing to do.

    python benchmarks/supervisor.py [--rounds 7] [--idle 20] [--parts start,idle] [--json FILE]

start   seconds from the enqueueing of a run (its folder is made, its row written) to the first step of its training,
        by a warm start (the supervisor's fork server has imported PyTorch and has trained on these data before) and a
        cold one (a new interpreter). The same run both ways, in turn; medians.
idle    the supervisor's share of one core, and its memory, with an app attached and nothing to do; and the fork
        server's. Memory is the proportional set size: shared pages count for a part.

Uses Fashion-MNIST where FASHIONTUI_DATA names its folder, else the synthetic data.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil

from fashiontui.config.files import shipped_config
from fashiontui.config.load import load_config
from fashiontui.config.plan import plan_runs
from fashiontui.runs.create import create_run
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import Request
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState
from fashiontui.supervisor.ensure import COMMAND, ensure_supervisor
from fashiontui.supervisor.lead import Lead
from fashiontui.supervisor.presence import attached, supervisor_pid
from fashiontui.supervisor.starter import FreshStarter, Starter
from fashiontui.supervisor.warm import WarmStarter

TARGETS = {"start": 0.5, "idle": 0.5}  # seconds, per cent of a core
PATIENCE_S = 120.0


def main() -> None:
    """Measure, print, and write JSON."""
    options = _options()
    report: dict[str, object] = {}
    parts = {"start": _start, "idle": _idle}
    for name in options.parts.split(","):
        with tempfile.TemporaryDirectory() as folder:
            report[name] = parts[name](Path(folder) / "logs", options)
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--idle", type=float, default=20.0, help="seconds to watch an idle supervisor")
    parser.add_argument("--parts", default="start,idle")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _new_run(logs: Path) -> RunPaths:
    data = os.environ.get("FASHIONTUI_DATA")
    dataset = None if data else "synthetic"
    (planned,) = plan_runs(load_config(shipped_config()), ["ann1"], epochs=1, dataset=dataset)
    request = Request(data_dirs=(str(Path(data).absolute()),) if data else ())
    now = datetime.now(UTC).astimezone()
    return create_run(logs, planned, request, environment={}, now=now, rng=random.Random())


def _until(happened: Callable[[], bool], each: Callable[[], None] = lambda: None) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        if time.monotonic() > deadline:
            sys.exit("it never happened")
        each()
        time.sleep(0.002)


def _has_stepped(paths: RunPaths) -> bool:
    progress = Progress.load(paths.progress)
    return progress is not None and progress.step > 0


def _start(logs: Path, options: argparse.Namespace) -> dict[str, object]:
    logs.mkdir()
    measured: dict[str, list[float]] = {"warm": [], "cold": []}
    warm = WarmStarter(FreshStarter(), say=lambda text: print(text, file=sys.stderr))
    starters: dict[str, Callable[[], Starter]] = {"warm": lambda: warm, "cold": FreshStarter}
    for turn in range(options.rounds + 1):  # the first warm one is not yet warm
        for kind in ("warm", "cold"):
            seconds = _time_to_first_step(logs, starters[kind])
            if turn:
                measured[kind].append(seconds)
    warm.close()
    medians = {kind: statistics.median(values) for kind, values in measured.items()}
    print(f"start: warm {medians['warm']:.2f} s (target {TARGETS['start']}), cold {medians['cold']:.2f} s, "
          f"{medians['cold'] / medians['warm']:.1f} times that")  # fmt: skip
    return {"seconds": measured, "medians": medians}


def _time_to_first_step(logs: Path, make_starter: Callable[[], Starter]) -> float:
    """A supervisor of its own a time, whose starter outlives it: as a daemon's tick, every 50 ms."""
    with Registry.open(logs, warn=print) as registry:
        lead = Lead(logs, lambda: _Kept(make_starter()), lambda _: None)
        lead.tick()
        time.sleep(1.2)  # what the fork server prepares between runs
        began = time.perf_counter()
        paths = _new_run(logs)
        registry.enqueue([paths])
        next_tick = [time.perf_counter() + random.uniform(0, 0.05)]

        def tick() -> None:
            if time.perf_counter() >= next_tick[0]:
                lead.tick()
                next_tick[0] += 0.05

        _until(lambda: _has_stepped(paths), tick)
        seconds = time.perf_counter() - began
        _until(lambda: registry.entry(paths.key).state is RunState.FINISHED, tick)  # type: ignore[union-attr]
        lead.leave()
    return seconds


class _Kept:
    """A starter that is not closed with its supervisor."""

    def __init__(self, starter: object) -> None:
        self.start = starter.start  # type: ignore[attr-defined]

    def close(self) -> None:
        """Later."""


def _idle(logs: Path, options: argparse.Namespace) -> dict[str, object]:
    logs.mkdir()
    with Registry.open(logs, warn=print) as registry, _attached_supervisor(logs) as supervisor:
        paths = _new_run(logs)
        registry.enqueue([paths])
        _until(lambda: registry.entry(paths.key).state.is_ended)  # type: ignore[union-attr]
        time.sleep(3.0)
        before, began = supervisor.cpu_times(), time.monotonic()
        time.sleep(options.idle)
        after, seconds = supervisor.cpu_times(), time.monotonic() - began
        share = 100 * (after.user + after.system - before.user - before.system) / seconds
        memory = {"supervisor": supervisor.memory_full_info().pss / 1e6}
        for child in supervisor.children():
            memory["fork server"] = child.memory_full_info().pss / 1e6
    print(f"idle: {share:.2f} % of a core (target {TARGETS['idle']}), "
          + ", ".join(f"{name} {size:.0f} MB" for name, size in memory.items()))  # fmt: skip
    return {"percent_of_a_core": share, "pss_mb": memory}


@contextmanager
def _attached_supervisor(logs: Path) -> Iterator[psutil.Process]:
    with attached(logs):
        ensure_supervisor(logs, COMMAND)
        pid = supervisor_pid(logs)
        assert pid
        yield psutil.Process(pid)
        os.kill(pid, signal.SIGTERM)
        _until(lambda: not psutil.pid_exists(pid))


if __name__ == "__main__":
    main()
