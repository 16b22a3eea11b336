"""All series of one run, folded from its events as TensorBoard's EventAccumulator folds them."""

from __future__ import annotations

import struct

from fashiontui.tfevents import wire
from fashiontui.tfevents.events import Event, Histogram, Image, Text, Value, decode_event
from fashiontui.tfevents.series import ContentSeries, ScalarSeries

RESTARTS_ARE_MARKED = 2  # from this file version on; before, a step that goes back is a restart
WALL_TIME_KEY, STEP_KEY = 0x09, 0x10
PREFIX = struct.Struct("<Bd")
FLOAT = struct.Struct("<f")
STEP_AT = 10  # key, 8 bytes of wall time, key
SHORTEST = 20


class RunData:
    """Scalars, histograms, images and texts by tag; `add` takes payloads in the order they were written."""

    def __init__(self) -> None:
        self.scalars: dict[str, ScalarSeries] = {}
        self.histograms: dict[str, ContentSeries[Histogram]] = {}
        self.images: dict[str, ContentSeries[Image]] = {}
        self.texts: dict[str, ContentSeries[Text]] = {}
        self.unreadable = 0  # records whose checksum is right, but that are no events
        self._plugins: dict[str, str] = {}
        self._file_version = 0.0
        self._recent_step = -1
        self._templates: dict[bytes, ScalarSeries] = {}

    def add(self, payload: bytes) -> None:
        """Fold in one event."""
        if self._add_like_before(payload):
            return
        try:
            event = decode_event(payload, self._plugins)
        except (ValueError, struct.error):
            self.unreadable += 1
            return
        self._fold(event)
        self._learn_template(payload, event)

    def _fold(self, event: Event) -> None:
        if event.file_version:
            self._file_version = _version_number(event.file_version)
        self._purge(event)
        for value in event.values:
            self._append(event, value)

    def _purge(self, event: Event) -> None:
        """Drop what a restart made void, by the rules of TensorBoard's EventAccumulator."""
        if self._file_version >= RESTARTS_ARE_MARKED:
            if event.session_start:
                for series in self._all():
                    series.drop_from(event.step)
        elif event.has_summary and event.step < self._recent_step:
            tags = {value.tag for value in event.values}
            for series in self._all():
                if series.tag in tags:
                    series.drop_from(event.step)
        else:
            self._recent_step = event.step

    def _all(
        self,
    ) -> list[ScalarSeries | ContentSeries[Histogram] | ContentSeries[Image] | ContentSeries[Text]]:
        return [
            *self.scalars.values(),
            *self.histograms.values(),
            *self.images.values(),
            *self.texts.values(),
        ]

    def _append(self, event: Event, value: Value) -> None:
        at = (event.step, event.wall_time)
        match value.content:
            case float():
                self.scalars.setdefault(value.tag, ScalarSeries(value.tag)).append(*at, value.content)
            case Histogram():
                self.histograms.setdefault(value.tag, ContentSeries(value.tag)).append(*at, value.content)
            case Image():
                self.images.setdefault(value.tag, ContentSeries(value.tag)).append(*at, value.content)
            case Text():
                self.texts.setdefault(value.tag, ContentSeries(value.tag)).append(*at, value.content)

    def _learn_template(self, payload: bytes, event: Event) -> None:
        """Remember the bytes between step and value of an event with one plain scalar: most others look the same."""
        if (
            len(event.values) != 1
            or not isinstance(event.values[0].content, float)
            or len(payload) < SHORTEST
        ):
            return
        if payload[0] != WALL_TIME_KEY or payload[9] != STEP_KEY or payload[-5] != (2 << 3 | wire.FIXED32):
            return
        _, after_step = wire.varint(payload, STEP_AT)
        if decode_event(payload[:-4] + FLOAT.pack(1.5), dict(self._plugins)).values[0].content == 1.5:  # noqa: PLR2004 - any number shows that the last 4 bytes are the value
            self._templates[payload[after_step:-4]] = self.scalars[event.values[0].tag]

    def _add_like_before(self, payload: bytes) -> bool:
        """The short way for an event that differs from one seen before in wall time, step and value alone."""
        if len(payload) < SHORTEST or payload[0] != WALL_TIME_KEY or payload[9] != STEP_KEY:
            return False
        step = payload[STEP_AT]
        after_step = STEP_AT + 1
        if step >= 0x80:  # noqa: PLR2004 - the continuation bit
            step, after_step = wire.varint(payload, STEP_AT)
        series = self._templates.get(payload[after_step:-4])
        if series is None or step >= wire.SIGN_BIT:
            return False
        if self._file_version < RESTARTS_ARE_MARKED and step < self._recent_step:
            return False
        self._recent_step = step
        series.append(step, PREFIX.unpack_from(payload)[1], FLOAT.unpack_from(payload, len(payload) - 4)[0])
        return True


def _version_number(text: str) -> float:
    """`brain.Event:2` → 2; -1 where there is no number."""
    try:
        return float(text.rpartition(":")[2])
    except ValueError:
        return -1.0
