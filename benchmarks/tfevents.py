"""How fast event files are read: ours, a plain protobuf loop, and TensorBoard's EventAccumulator, on the same file.

    python benchmarks/tfevents.py [--records N] [--accumulator-records N] [--rounds N] [--json PATH]

The file holds one scalar a record, of four tags in turn, as PyTorch's SummaryWriter writes them. The readers take
turns; each round's ratio is taken by itself, and medians are reported. EventAccumulator, by far the slowest, reads the
first part of the file only; its time is scaled to the whole, and marked so.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import struct
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event

from fashiontui.tfevents.reader import RunReader
from fashiontui.tfevents.records import frame

TAGS = ("loss/train_x", "loss/valid_x", "accu/train_x", "accu/valid_x")
NEW_RECORDS = 1000
FIRST_LOOK_S = 0.05  # what an app would read before it draws for the first time
TARGETS = {"first curve": 0.5, "whole": 1.5}


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as name:
        whole = _written(Path(name) / "whole", arguments.records)
        part = _written(Path(name) / "part", arguments.accumulator_records)
        size = whole.stat().st_size
        print(f"{arguments.records:,} scalars, {size / 1e6:.1f} MB, {os.cpu_count()} cores")
        rounds = [_round(whole, part, arguments) for _ in range(arguments.rounds)]
    medians = {key: statistics.median(each[key] for each in rounds) for key in rounds[0]}
    _print(medians, arguments)
    if arguments.json:
        facts = {
            "records": arguments.records,
            "size_bytes": size,
            "machine": {
                "cores": os.cpu_count(),
                "processor": platform.machine(),
                "python": platform.python_version(),
            },
            "accumulator_scaled_from_records": arguments.accumulator_records,
            "seconds": medians,
            "ratios": _ratios(medians),
            "targets": TARGETS,
            "rounds": rounds,
        }
        arguments.json.write_text(json.dumps(facts, indent=2) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument(
        "--accumulator-records", type=int, default=50_000, help="EventAccumulator reads only so many"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    arguments: argparse.Namespace = parser.parse_args()
    return arguments


def _written(folder: Path, records: int) -> Path:
    """An event file of `records` scalars."""
    folder.mkdir()
    path = folder / "events.out.tfevents.1.benchmark"
    with path.open("wb") as file:
        file.write(frame(Event(wall_time=1.7e9, file_version="brain.Event:2").SerializeToString()))
        for index in range(records):
            file.write(_record(index))
    return path


def _record(index: int) -> bytes:
    event = Event(wall_time=1.7e9 + index / 100, step=index // len(TAGS) + 1)
    event.summary.value.add(tag=TAGS[index % len(TAGS)], simple_value=math.exp(-index / 1e6))
    return frame(event.SerializeToString())


def _round(whole: Path, part: Path, arguments: argparse.Namespace) -> dict[str, float]:
    reader, first, all_read = _ours(whole)
    seconds = {"first curve": first, "whole": all_read, "poll of nothing": _timed(reader.poll)}
    before = whole.stat().st_size
    with whole.open("ab") as file:
        file.writelines(_record(arguments.records + index) for index in range(NEW_RECORDS))
    seconds["poll of 1000 new"] = _timed(reader.poll)
    os.truncate(whole, before)
    points = sum(len(series) for series in reader.scalars.values())
    if points != arguments.records + NEW_RECORDS:
        raise SystemExit(f"{points} points read of {arguments.records + NEW_RECORDS}")
    seconds["protobuf loop"] = _timed(lambda: _protobuf_loop(whole))
    seconds["EventAccumulator"] = (
        _timed(lambda: _accumulate(part)) * arguments.records / arguments.accumulator_records
    )
    return seconds


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _ours(path: Path) -> tuple[RunReader, float, float]:
    """A reader that has read all; seconds until a first curve could be drawn, and until all was read."""
    started = time.perf_counter()
    reader = RunReader(path)
    reader.poll(max_seconds=FIRST_LOOK_S)
    next(iter(reader.scalars.values())).values.max()
    first = time.perf_counter() - started
    reader.poll()
    return reader, first, time.perf_counter() - started


def _protobuf_loop(path: Path) -> dict[str, list[tuple[int, float, float]]]:
    """The straightforward way, which doesn't even look at checksums."""
    points: dict[str, list[tuple[int, float, float]]] = {}
    data = path.read_bytes()
    at = 0
    while at + 12 <= len(data):
        (size,) = struct.unpack_from("<Q", data, at)
        event = Event.FromString(data[at + 12 : at + 12 + size])
        for value in event.summary.value:
            points.setdefault(value.tag, []).append((event.step, event.wall_time, value.simple_value))
        at += 16 + size
    return points


def _accumulate(path: Path) -> None:
    EventAccumulator(str(path), size_guidance={"scalars": 0}).Reload()


def _ratios(seconds: dict[str, float]) -> dict[str, float]:
    return {name: seconds[name] / seconds["whole"] for name in ("protobuf loop", "EventAccumulator")}


def _print(seconds: dict[str, float], arguments: argparse.Namespace) -> None:
    ratios = _ratios(seconds)
    for name, value in seconds.items():
        notes = [f"target {TARGETS[name]} s"] if name in TARGETS else []
        if name in ratios:
            notes.append(f"{ratios[name]:.1f} x ours")
        if name == "EventAccumulator":
            notes.append(f"scaled from {arguments.accumulator_records:,} records")
        print(f"  {name:<18} {value:9.4f} s  {'; '.join(notes)}".rstrip())


if __name__ == "__main__":
    main()
