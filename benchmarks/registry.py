"""How fast a registry of many runs is listed, filtered and sorted, and what keeping it costs.

    python benchmarks/registry.py [--runs N] [--rounds N] [--json PATH]

The runs are made up: finished ones with a result and seven metrics, of fifty experiments, with settings drawn at
random. `list` reads all of them from the database; `filter` and `sort` work on what was read. Medians are reported, by
the clock and by the processor's own count: other work on the machine shows in the first alone.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs.filter.filter import parse_filter
from fashiontui.runs.filter.sorting import sorted_by
from fashiontui.runs.metrics import METRICS
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import Attempt, MetricSummary, ModelFacts, Result, RunRecord
from fashiontui.runs.registry.entry import Entry
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState

EXPERIMENTS = 50
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
FILTER = "model=cnn dropout>=0.3 status:finished best.valid_accuracy>0.5 age>1h"
SORT = "-best.valid_accuracy,train_seconds"
TARGETS = {"list": 0.3, "filter": 0.3, "sort": 0.3}


def main() -> None:
    arguments = _arguments()
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as name:
        logs = Path(name)
        for number in range(arguments.runs):
            _make_run(logs, number, rng)
        once = {"index all": _timed(lambda: _open(logs).close())}
        rounds = [_round(logs) for _ in range(arguments.rounds)]
        size = (logs / "registry.sqlite").stat().st_size
    seconds = once | {key: _medians([each[key] for each in rounds]) for key in rounds[0]}
    print(f"{arguments.runs:,} runs, {size / arguments.runs:.0f} bytes each, {os.cpu_count()} cores")
    for key, (wall, cpu) in seconds.items():
        target = f"   target {TARGETS[key]:g} s" if key in TARGETS else ""
        print(f"{key:24} {wall:8.4f} s   {cpu:8.4f} s of a core{target}")
    if arguments.json:
        _save(arguments.json, arguments.runs, size, seconds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    arguments: argparse.Namespace = parser.parse_args()
    return arguments


def _round(logs: Path) -> dict[str, tuple[float, float]]:
    taken: dict[str, tuple[float, float]] = {}
    registries: list[Registry] = []
    entries: list[Entry] = []
    taken["open"] = _timed(lambda: registries.append(_open(logs)))
    registry = registries[0]
    taken["list"] = _timed(lambda: entries.extend(registry.entries()))
    wanted, now = parse_filter(FILTER), time.time()
    taken["filter"] = _timed(lambda: [entry for entry in entries if wanted.matches(entry.facts, now)])
    taken["sort"] = _timed(lambda: sorted_by(entries, SORT, lambda entry: entry.facts))
    taken["first refresh"] = _timed(registry.refresh)
    taken["next refresh"] = _timed(registry.refresh)
    taken["has anything changed"] = _timed(registry.version)
    taken["queue, empty"] = _timed(registry.queue)
    taken["write a setting"] = _timed(lambda: registry.set_setting("now", str(time.time_ns())))
    registry.close()
    return taken


def _open(logs: Path) -> Registry:
    return Registry.open(logs, warn=print)


def _timed(action: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - wall, time.process_time() - cpu


def _medians(taken: list[tuple[float, float]]) -> tuple[float, float]:
    wall, cpu = zip(*taken, strict=True)
    return statistics.median(wall), statistics.median(cpu)


def _make_run(logs: Path, number: int, rng: random.Random) -> None:
    experiment, now = f"cnn{number % EXPERIMENTS}", BEGIN + timedelta(minutes=number)
    paths = RunPaths.of(logs, experiment, f"{now:%Y%m%d-%H%M%S}-{number % 1000:03}")
    dropout = round(rng.uniform(0, 0.9), 3)
    settings = {
        "model": {"kind": "cnn", "dropout": dropout},
        "optimizer": {"learning_rate": 10 ** rng.uniform(-4, -1)},
        "training": {"seed": number},
    }
    record = RunRecord(
        run_id=paths.run_id,
        experiment=experiment,
        base="cnn1",
        study="dropout",
        variant={"model.dropout": dropout},
        created=now,
        state=RunState.FINISHED,
        state_since=now,
        spec=ExperimentSpec.model_validate(settings),
        environment={"host": platform.node(), "git": {"commit": f"{rng.getrandbits(160):040x}"}},
        model=ModelFacts(parameters=rng.randrange(10**6), multiply_adds=rng.randrange(10**7), layers=()),
        attempts=(Attempt(started=now, device="cpu", device_name="CPU", threads=2, pid=1),),
        result=_result(rng),
        metrics={name: _summary(rng) for name in METRICS},
    )
    paths.root.mkdir(parents=True)
    paths.record.write_text(record.model_dump_json())


def _result(rng: random.Random) -> Result:
    whole = ("best_epoch", "epochs", "steps")
    values = {name: rng.randrange(50) if name in whole else rng.random() for name in Result.model_fields}
    return Result.model_validate({**values, "weights_sha256": f"{rng.getrandbits(256):064x}"})


def _summary(rng: random.Random) -> MetricSummary:
    low, high = sorted(round(rng.random(), 7) for _ in range(2))
    return MetricSummary(last=low, best=high, best_epoch=rng.randrange(50), min=low, max=high)


def _save(path: Path, runs: int, size: int, seconds: dict[str, tuple[float, float]]) -> None:
    facts = {
        "runs": runs,
        "size_bytes": size,
        "machine": {
            "cores": os.cpu_count(),
            "processor": platform.machine(),
            "python": platform.python_version(),
        },
        "seconds": {key: wall for key, (wall, _) in seconds.items()},
        "processor_seconds": {key: cpu for key, (_, cpu) in seconds.items()},
        "targets": TARGETS,
        "ratios_to_target": {key: seconds[key][0] / target for key, target in TARGETS.items()},
    }
    path.write_text(json.dumps(facts, indent=2) + "\n")


if __name__ == "__main__":
    main()
