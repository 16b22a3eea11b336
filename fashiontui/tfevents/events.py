"""Decodes the payload of a record: tensorflow/core/util/event.proto and framework/summary.proto."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from fashiontui.tfevents import tensors
from fashiontui.tfevents.message import Message
from fashiontui.tfevents.points import (
    HistogramPoint,
    HParam,
    ImagePoint,
    Point,
    ScalarPoint,
    SessionEnd,
    SessionStart,
    TextPoint,
)
from fashiontui.tfevents.wire import BYTES, FIXED32, FIXED64, VARINT

FILE_VERSION: Final = 3
SUMMARY: Final = 5
SESSION_LOG: Final = 7
WHAT: Final = dict.fromkeys(range(3, 10), BYTES)  # one of these is in an event

TAG: Final = 1
SIMPLE_VALUE: Final = 2
IMAGE: Final = 4
HISTOGRAM: Final = 5
NODE_NAME: Final = 7
TENSOR: Final = 8
METADATA: Final = 9
VALUE: Final = {SIMPLE_VALUE: FIXED32, 3: BYTES, IMAGE: BYTES, HISTOGRAM: BYTES, 6: BYTES, TENSOR: BYTES}

SESSION_START: Final = 1
DATA_CLASS_SCALAR: Final = 1
HISTOGRAM_COLUMNS: Final = 3  # left, right, count
IMAGE_FACTS: Final = 2  # strings before the pictures: width and height

Plugins = dict[str, str]  # tag → plugin: writers name it in a tag's first event only


@dataclass(frozen=True, slots=True)
class Event:
    """One record: its points by tag, or a word about the file itself."""

    wall_time: float
    step: int
    version: float | None = None  # of the file's format; -1 if it can't be read
    restarts: bool = False  # the writer begins anew at this step
    has_summary: bool = False
    points: tuple[tuple[str, Point], ...] = ()


def decode_event(payload: bytes, plugins: Plugins, *, scalars_only: bool = False) -> Event:
    """A record's event; what it tells about tags is noted in `plugins`. Raises WireError if it is no event."""
    event = Message(payload)
    wall_time, step = event.float64(1), event.signed(2)
    what = event.last_of(WHAT)
    if what == FILE_VERSION:
        return Event(wall_time, step, version=_version(event.text(FILE_VERSION)))
    if what == SESSION_LOG:
        return Event(wall_time, step, restarts=event.message(SESSION_LOG).unsigned(1) == SESSION_START)
    if what == SUMMARY:
        values = event.message(SUMMARY).messages(1)
        found = (_decode_value(value, step, wall_time, plugins, scalars_only) for value in values)
        points = tuple(pair for pairs in found for pair in pairs)
        return Event(wall_time, step, has_summary=True, points=points)
    return Event(wall_time, step)


def _version(text: str) -> float:
    try:
        return float(text.rpartition("brain.Event:")[2])
    except ValueError:
        return -1.0


def tag_of(value: Message) -> str:
    """A value's tag; writers of old put it elsewhere."""
    return value.text(TAG) or value.text(NODE_NAME)


def _decode_value(
    value: Message, step: int, wall_time: float, plugins: Plugins, scalars_only: bool
) -> Iterator[tuple[str, Point]]:
    tag = tag_of(value)
    if value.has(METADATA, BYTES):
        metadata = value.message(METADATA)
        plugins.setdefault(tag, _plugin(metadata))
        if plugins[tag] == "hparams":
            content = metadata.message(1).message(2)
            yield from ((tag, session) for session in _session(content, step, wall_time))
    point = _decode_point(value, step, wall_time, plugins.get(tag), scalars_only)
    if point is not None:
        yield tag, point


def _decode_point(
    value: Message, step: int, wall_time: float, plugin: str | None, scalars_only: bool
) -> Point | None:
    kind = value.last_of(VALUE)
    if kind == SIMPLE_VALUE:
        return ScalarPoint(step, wall_time, value.float32(SIMPLE_VALUE))
    if kind == TENSOR and is_scalar(plugin):
        return _scalar_tensor(value.message(TENSOR), step, wall_time)
    if scalars_only:
        return None
    if kind == TENSOR and plugin in TENSOR_DECODERS:
        return TENSOR_DECODERS[plugin](value.message(TENSOR), step, wall_time)
    if kind in DECODERS:
        return DECODERS[kind](value.message(kind), step, wall_time)
    return None


def is_scalar(plugin: str | None) -> bool:
    """Whether tensors of such a tag are curves; of one without any metadata (they may be lost), single numbers are."""
    return plugin in ("scalars", None)


def _plugin(metadata: Message) -> str:
    name = metadata.message(1).text(1)
    return name or ("scalars" if metadata.unsigned(4) == DATA_CLASS_SCALAR else "")


def _scalar_tensor(tensor: Message, step: int, wall_time: float) -> ScalarPoint | None:
    values = tensors.numbers(tensor)
    if values is None or values.size != 1:
        return None
    return ScalarPoint(step, wall_time, float(values.ravel()[0]))


def _histogram(histogram: Message, step: int, wall_time: float) -> HistogramPoint:
    """Buckets known by their right edges; the outermost edges are boundless and give way to minimum and maximum."""
    counts, limits = histogram.doubles(7), histogram.doubles(6)
    filled = np.flatnonzero(counts > 0)
    if not filled.size or counts.size != limits.size:
        empty = np.zeros(0)
        return HistogramPoint(step, wall_time, empty, empty, empty)
    first, last = int(filled[0]), int(filled[-1])
    edges = np.concatenate([[histogram.float64(1)], limits[first:last], [histogram.float64(2)]])
    return HistogramPoint(step, wall_time, edges[:-1], edges[1:], counts[first : last + 1])


def _image(image: Message, step: int, wall_time: float) -> ImagePoint:
    return ImagePoint(
        step, wall_time, width=image.signed(2), height=image.signed(1), encoded=(image.octets(4),)
    )


def _histogram_tensor(tensor: Message, step: int, wall_time: float) -> HistogramPoint | None:
    buckets = tensors.numbers(tensor)
    if buckets is None or buckets.ndim != 2 or buckets.shape[1] != HISTOGRAM_COLUMNS:  # noqa: PLR2004 - a table
        return None
    return HistogramPoint(step, wall_time, buckets[:, 0], buckets[:, 1], buckets[:, 2])


def _image_tensor(tensor: Message, step: int, wall_time: float) -> ImagePoint | None:
    strings = tensors.strings(tensor)
    if len(strings) < IMAGE_FACTS or not all(size.isdigit() for size in strings[:IMAGE_FACTS]):
        return None
    width, height = (int(size) for size in strings[:IMAGE_FACTS])
    return ImagePoint(step, wall_time, width, height, tuple(strings[IMAGE_FACTS:]))


def _text_tensor(tensor: Message, step: int, wall_time: float) -> TextPoint:
    texts = tuple(text.decode("utf-8", errors="replace") for text in tensors.strings(tensor))
    return TextPoint(step, wall_time, texts)


Decoder = Callable[[Message, int, float], Point | None]
DECODERS: Final[dict[int, Decoder]] = {HISTOGRAM: _histogram, IMAGE: _image}
TENSOR_DECODERS: Final[dict[str | None, Decoder]] = {
    "histograms": _histogram_tensor,
    "images": _image_tensor,
    "text": _text_tensor,
}


def _session(content: Message, step: int, wall_time: float) -> Iterator[Point]:
    """What the hparams plugin keeps in a tag's metadata: tensorboard/plugins/hparams/plugin_data.proto."""
    if content.has(3, BYTES):
        start = content.message(3)
        hparams = {entry.text(1): _hparam(entry.message(2)) for entry in start.messages(1)}
        yield SessionStart(step, wall_time, hparams, group=start.text(4))
    if content.has(4, BYTES):
        yield SessionEnd(step, wall_time, content.message(4).unsigned(1))


def _hparam(value: Message) -> HParam:
    """A google.protobuf.Value; lists and structs are none of hparams' kinds."""
    match value.last_of({1: VARINT, 2: FIXED64, 3: BYTES, 4: VARINT}):
        case 2:
            return value.float64(2)
        case 3:
            return value.text(3)
        case 4:
            return bool(value.unsigned(4))
    return None
