"""Writes TensorBoard event files.

PyTorch's SummaryWriter makes one event of one value and a hand-over between threads for each number. Here all
numbers of a moment share one event, encoded and written at once: that is what keeps instrumentation cheap.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.histogram_pb2 import HistogramProto
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata

from fashiontui.tfevents.records import frame

FILE_VERSION = "brain.Event:2"


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts of values in buckets of equal width between `low` and `high`."""

    counts: list[float]
    low: float
    high: float
    total: float
    total_squared: float

    def to_proto(self) -> HistogramProto:
        """In TensorBoard's form: each bucket by its upper edge."""
        width = (self.high - self.low) / len(self.counts)
        return HistogramProto(
            min=self.low,
            max=self.high,
            num=sum(self.counts),
            sum=self.total,
            sum_squares=self.total_squared,
            bucket_limit=[self.low + width * (index + 1) for index in range(len(self.counts))],
            bucket=self.counts,
        )


@dataclass(frozen=True, slots=True)
class Image:
    """An encoded picture."""

    png: bytes
    width: int
    height: int


Value = float | Histogram | Image


class EventWriter:
    """Appends events to a file of its own in `folder`; `purge_step` makes readers drop older points from there on."""

    def __init__(self, folder: Path, purge_step: int | None = None) -> None:
        name = f"events.out.tfevents.{_stamp(folder):016d}.{socket.gethostname()}.{os.getpid()}"
        self._file = (folder / name).open("xb")
        self._write(Event(wall_time=time.time(), file_version=FILE_VERSION))
        if purge_step is not None:
            self._write(
                Event(wall_time=time.time(), step=purge_step, session_log=SessionLog(status=SessionLog.START))
            )
        self.flush()

    def add(self, step: int, values: Mapping[str, Value]) -> None:
        """One event with all of `values`, by tag."""
        event = Event(wall_time=time.time(), step=step)
        for tag, value in values.items():
            _fill(event.summary.value.add(tag=tag), value)
        self._write(event)

    def add_text(self, step: int, tag: str, markdown: str) -> None:
        """A text for TensorBoard's Text tab."""
        event = Event(wall_time=time.time(), step=step)
        value = event.summary.value.add(tag=tag)
        value.metadata.CopyFrom(SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="text")))
        value.tensor.dtype = 7  # DT_STRING
        value.tensor.tensor_shape.dim.add(size=1)
        value.tensor.string_val.append(markdown.encode())
        self._write(event)

    def add_summary(self, summary: Summary, step: int = 0) -> None:
        """A ready-made summary, of a TensorBoard plugin."""
        self._write(Event(wall_time=time.time(), step=step, summary=summary))

    def add_graph(self, graph: bytes) -> None:
        """A serialised GraphDef."""
        self._write(Event(wall_time=time.time(), graph_def=graph))

    def flush(self) -> None:
        """Hand everything to the operating system: from here on a dying process loses none of it."""
        self._file.flush()

    def sync(self) -> None:
        """Bring everything to the disk: from here on a power cut loses none of it either."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def _write(self, event: Event) -> None:
        self._file.write(frame(event.SerializeToString()))

    def close(self) -> None:
        """Flush and close."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _fill(target: Summary.Value, value: Value) -> None:
    match value:
        case Histogram():
            target.histo.CopyFrom(value.to_proto())
        case Image():
            target.image.CopyFrom(
                Summary.Image(
                    height=value.height, width=value.width, colorspace=1, encoded_image_string=value.png
                )
            )
        case _:
            target.simple_value = value


def _stamp(folder: Path) -> int:
    """Microseconds, so that a resumed run's file sorts after those before; also where the clock was set back since."""
    names = (path.name.split(".") for path in folder.glob("events.out.tfevents.*"))
    earlier = (int(parts[3]) for parts in names if parts[3].isascii() and parts[3].isdigit())
    return max(time.time_ns() // 1000, *(stamp + 1 for stamp in earlier), 0)
