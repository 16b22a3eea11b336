"""Event files for tests, and TensorBoard's own reading of them."""

from __future__ import annotations

from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from fashiontui.tfevents.reader import RunReader
from fashiontui.tfevents.records import frame
from fashiontui.tfevents.series import ScalarSeries

EVERYTHING = {"scalars": 0, "histograms": 0, "images": 0, "tensors": 0}


def scalar(step: int, tag: str = "loss", value: float = 0.5, wall_time: float = 1e9) -> Event:
    event = Event(wall_time=wall_time, step=step)
    event.summary.value.add(tag=tag, simple_value=value)
    return event


def version(number: int = 2) -> Event:
    return Event(wall_time=1e9, file_version=f"brain.Event:{number}")


def restart(step: int) -> Event:
    return Event(wall_time=1e9, step=step, session_log=SessionLog(status=SessionLog.START))


def tensor_event(step: int, tag: str, tensor: TensorProto, plugin: str = "") -> Event:
    event = Event(wall_time=1e9 + step, step=step)
    value = event.summary.value.add(tag=tag, tensor=tensor)
    if plugin:
        value.metadata.CopyFrom(SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name=plugin)))
    return event


def framed(events: list[Event]) -> bytes:
    return b"".join(frame(event.SerializeToString()) for event in events)


def write_events(folder: Path, name: str, events: list[Event]) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"events.out.tfevents.{name}"
    path.write_bytes(framed(events))
    return path


def read(path: Path) -> RunReader:
    reader = RunReader(path)
    reader.poll()
    assert not reader.poll()
    return reader


def points(series: ScalarSeries) -> list[tuple[int, float, float]]:
    return list(zip(series.steps.tolist(), series.wall_times.tolist(), series.values.tolist(), strict=True))


def all_points(reader: RunReader) -> dict[str, list[tuple[int, float, float]]]:
    return {tag: points(series) for tag, series in sorted(reader.scalars.items())}


def tensorboard_points(path: Path) -> dict[str, list[tuple[int, float, float]]]:
    """What TensorBoard's own reader makes of it; tags it has emptied are left out."""
    accumulator = EventAccumulator(str(path), size_guidance=EVERYTHING)
    accumulator.Reload()
    found = {
        tag: [(p.step, p.wall_time, p.value) for p in accumulator.Scalars(tag)]
        for tag in sorted(accumulator.Tags()["scalars"])
    }
    return {tag: points for tag, points in found.items() if points}
