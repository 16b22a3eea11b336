"""Events, decoded: what TensorFlow's event.proto and summary.proto say, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fashiontui.tfevents import tensors, wire

SESSION_START = 1


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts per bucket; `edges` are the buckets' upper ends, `low` is where the first begins."""

    low: float
    high: float
    edges: tuple[float, ...]
    counts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Image:
    """An encoded picture (PNG, JPEG or GIF)."""

    encoded: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Text:
    """Markdown, as shown in TensorBoard's Text tab."""

    text: str


Content = float | Histogram | Image | Text


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a summary; `content` is None where it is of a kind not shown here."""

    tag: str
    plugin: str
    content: Content | None


@dataclass(slots=True)
class Event:
    """One event. `session_start` marks a restart: older points from `step` on are void."""

    wall_time: float = 0.0
    step: int = 0
    file_version: str = ""
    session_start: bool = False
    has_summary: bool = False
    values: list[Value] = field(default_factory=list)


def decode_event(payload: bytes, plugins: dict[str, str]) -> Event:
    """Decode an event; ValueError where it is none.

    `plugins` remembers which plugin a tag belongs to: only the first event of a tag says so.
    """
    event = Event()
    for number, _, value in wire.fields(payload):
        if isinstance(value, int):
            if number == 2:  # noqa: PLR2004 - field numbers of event.proto
                event.step = wire.signed(value)
        elif number == 1:
            event.wall_time = wire.float64(value)
        elif number == 3:  # noqa: PLR2004
            event.file_version = value.decode(errors="replace")
        elif number == 5:  # noqa: PLR2004
            event.has_summary = True
            event.values.extend(
                _value(raw, plugins)
                for key, _, raw in wire.fields(value)
                if key == 1 and isinstance(raw, bytes)
            )
        elif number == 7:  # noqa: PLR2004
            event.session_start = any(key == 1 and raw == SESSION_START for key, _, raw in wire.fields(value))
    return event


def _value(data: bytes, plugins: dict[str, str]) -> Value:
    parts: dict[int, bytes] = {
        number: value for number, _, value in wire.fields(data) if isinstance(value, bytes)
    }
    tag = parts.get(1, b"").decode(errors="replace")
    if 9 in parts:  # noqa: PLR2004 - metadata, by summary.proto
        plugins.setdefault(tag, _plugin_name(parts[9]))
    plugin = plugins.get(tag, "")
    return Value(tag, plugin, _content(parts, plugin))


def _plugin_name(metadata: bytes) -> str:
    for number, _, plugin in wire.fields(metadata):
        if number == 1 and isinstance(plugin, bytes):
            names = [value for key, _, value in wire.fields(plugin) if key == 1 and isinstance(value, bytes)]
            return names[0].decode(errors="replace") if names else ""
    return ""


def _content(parts: dict[int, bytes], plugin: str) -> Content | None:
    if 2 in parts:  # noqa: PLR2004 - simple_value, image, histo, tensor by summary.proto
        return wire.float32(parts[2])
    if 4 in parts:  # noqa: PLR2004
        return _image(parts[4])
    if 5 in parts:  # noqa: PLR2004
        return _histogram(parts[5])
    if 8 in parts:  # noqa: PLR2004
        return _tensor(parts[8], plugin)
    return None


def _image(data: bytes) -> Image:
    sizes = {1: 0, 2: 0}
    encoded = b""
    for number, _, value in wire.fields(data):
        if isinstance(value, int):
            sizes[number] = value
        elif number == 4:  # noqa: PLR2004
            encoded = value
    return Image(encoded, width=sizes[2], height=sizes[1])


def _histogram(data: bytes) -> Histogram:
    ends = {1: 0.0, 2: 0.0}
    lists: dict[int, list[float]] = {6: [], 7: []}
    for number, kind, value in wire.fields(data):
        if isinstance(value, int):
            continue
        if number in lists:
            lists[number].extend(np.frombuffer(value, "<f8").tolist())
        elif kind == wire.FIXED64:
            ends[number] = wire.float64(value)
    return Histogram(ends[1], ends[2], tuple(lists[6]), tuple(lists[7]))


def _tensor(data: bytes, plugin: str) -> Content | None:
    """A scalar, histogram, image or text kept as a tensor; without a plugin's name, one number is a scalar."""
    decoded = tensors.decode(data)
    if isinstance(decoded, list):
        return _strings(decoded, plugin)
    if plugin in ("scalars", "") and decoded.size == 1:
        return float(decoded.reshape(-1)[0])
    if plugin == "histograms" and decoded.ndim == 2 and len(decoded):  # noqa: PLR2004 - rows of left, right, count
        rows = decoded.astype(np.float64)
        return Histogram(
            float(rows[0, 0]), float(rows[-1, 1]), tuple(rows[:, 1].tolist()), tuple(rows[:, 2].tolist())
        )
    return None


def _strings(strings: list[bytes], plugin: str) -> Content | None:
    if plugin == "text":
        return Text("\n".join(part.decode(errors="replace") for part in strings))
    if plugin == "images" and len(strings) > 2:  # noqa: PLR2004 - width, height, then pictures
        return Image(strings[2], width=int(strings[0]), height=int(strings[1]))
    return None
