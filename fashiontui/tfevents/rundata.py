"""All series of one run, folded from its events as TensorBoard's EventAccumulator folds them.

A writer that begins anew says so by a SessionLog START: all points from its step on are void. Files of a format version
before 2, which are of long ago, don't say so: there, a step that goes back makes that event's tags begin anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeVar

import numpy as np

from fashiontui.tfevents.events import Event, Plugins, decode_event
from fashiontui.tfevents.layouts import FEWEST, Column, split
from fashiontui.tfevents.moments import Moments
from fashiontui.tfevents.points import (
    HistogramPoint,
    ImagePoint,
    Point,
    ScalarPoint,
    SessionPoint,
    TextPoint,
)
from fashiontui.tfevents.records import Records
from fashiontui.tfevents.series import ScalarSeries
from fashiontui.tfevents.wire import WireError

Content = TypeVar("Content", bound=HistogramPoint | ImagePoint | TextPoint | SessionPoint)

RESTARTS_ARE_MARKED: Final = 2.0  # from this file version on
NO_STEP: Final = 2**63  # beyond all steps
FIRST_RECORDS: Final = 64


@dataclass(slots=True)
class RunData:
    """What was read of a run so far, by tag."""

    scalars_only: bool = False
    most: int | None = None  # histograms, images and (the newest) texts of a tag that are kept; None: all
    scalars: dict[str, ScalarSeries] = field(default_factory=dict)
    histograms: dict[str, list[HistogramPoint]] = field(default_factory=dict)
    images: dict[str, list[ImagePoint]] = field(default_factory=dict)
    texts: dict[str, list[TextPoint]] = field(default_factory=dict)
    sessions: dict[str, list[SessionPoint]] = field(default_factory=dict)
    undecodable: int = 0  # sound records that are no events
    _moments: Moments = field(default_factory=Moments)
    _plugins: Plugins = field(default_factory=dict)
    _version: float = 0.0
    _recent_step: int = -1
    _looked_at: int = 0

    def add(self, records: Records, limit: int = NO_STEP) -> int:
        """Fold in records, in the order they were written; the step of the earliest restart among them.

        Points at `limit` and later are passed over: a later file has declared void what this one still gets.
        """
        restart = NO_STEP
        while len(records):
            if self._is_new() or len(records) < FEWEST:
                event = self._decode(records.payload(0))
                records = records.after(1)
                if event is not None:
                    restart = min(restart, self._fold(event, limit))
            else:
                count, earliest = self._add_many(records, limit)
                records, restart = records.after(count), min(restart, earliest)
        return restart

    def _is_new(self) -> bool:
        """Whether records must be taken one by one: the first tell the format, and which tags are curves."""
        self._looked_at += 1
        return self._version < RESTARTS_ARE_MARKED or self._looked_at < FIRST_RECORDS

    def trust_steps(self) -> None:
        """Take the file to be of the present format, where damage has taken the record that says so."""
        self._version = self._version or RESTARTS_ARE_MARKED

    def _decode(self, payload: bytes) -> Event | None:
        try:
            return decode_event(payload, self._plugins, scalars_only=self.scalars_only)
        except WireError:
            self.undecodable += 1
            return None

    def _fold(self, event: Event, limit: int) -> int:
        """One event; the step it restarts from."""
        if event.version is not None:
            self._version = event.version
        restart = NO_STEP
        if self._version >= RESTARTS_ARE_MARKED:
            if event.restarts:
                restart = event.step
                self._purge(restart)
        elif event.has_summary and event.step < self._recent_step:
            self._purge(event.step, {tag for tag, _ in event.points})
        else:
            self._recent_step = event.step
        if event.step < limit:
            for tag, point in event.points:
                self._append(tag, point)
        return restart

    def _add_many(self, records: Records, limit: int) -> tuple[int, int]:
        """Records of the present format, at once; how many of them, and the step of the earliest restart."""
        columns, others = split(records, lambda tag: self._plugins.get(tag) == "scalars")
        count, events = self._decode_others(records, others.tolist())
        restarts = [(index, event.step) for index, event in events if event.restarts]
        for _, step in restarts:
            self._purge(step)
        void = restarts if limit == NO_STEP else [*restarts, (len(records), limit)]
        self._extend([*columns, *_singles(events)], count, void)
        for index, event in events:
            if not any(index < end and event.step >= step for end, step in void):
                for tag, point in event.points:
                    if not isinstance(point, ScalarPoint):
                        self._append(tag, point)
        return count, min((step for _, step in restarts), default=NO_STEP)

    def _decode_others(self, records: Records, others: list[int]) -> tuple[int, list[tuple[int, Event]]]:
        """Irregular records, by index, up to one that makes the format an old one; and the index where that is."""
        events: list[tuple[int, Event]] = []
        for index in others:
            event = self._decode(records.payload(index))
            if event is None:
                continue
            if event.version is not None:
                self._version = event.version
                if event.version < RESTARTS_ARE_MARKED:
                    self._recent_step = event.step
                    return index + 1, events
            events.append((index, event))
        return len(records), events

    def _extend(self, columns: Iterable[Column], count: int, void: list[tuple[int, int]]) -> None:
        """Add each tag's points of the first `count` records, in order.

        `void` tells pairs (end, step): records before `end` lose their points at `step` and later.
        """
        by_tag: defaultdict[str, list[Column]] = defaultdict(list)
        for column in columns:
            by_tag[column.tag].append(column)
        for tag, parts in by_tag.items():
            joined = _in_order(parts)
            kept = joined.records < count
            for end, step in void:
                kept &= (joined.records >= end) | (joined.steps < step)
            if kept.any():
                self._series(tag).extend(joined.steps[kept], joined.wall_times[kept], joined.values[kept])

    def _series(self, tag: str) -> ScalarSeries:
        if tag not in self.scalars:
            self.scalars[tag] = ScalarSeries(tag, self._moments)
        return self.scalars[tag]

    def _append(self, tag: str, point: Point) -> None:
        match point:
            case ScalarPoint():
                place = np.array([point.step]), np.array([point.wall_time])
                self._series(tag).extend(*place, np.array([point.value]))
            case HistogramPoint():
                _keep(self.histograms.setdefault(tag, []), point, self.most)
            case ImagePoint():
                _keep(self.images.setdefault(tag, []), point, self.most)
            case TextPoint():
                texts = self.texts.setdefault(tag, [])
                texts.append(point)
                if self.most is not None:
                    del texts[: -self.most]
            case _:
                self.sessions.setdefault(tag, []).append(point)

    def _purge(self, step: int, tags: set[str] | None = None) -> None:
        """Drop points at `step` and later, of all tags or of some."""
        for tag, series in self.scalars.items():
            if tags is None or tag in tags:
                series.drop_from(step)
        _purge_contents(self.histograms, step, tags)
        _purge_contents(self.images, step, tags)
        _purge_contents(self.texts, step, tags)
        _purge_contents(self.sessions, step, tags)


def _keep(points: list[Content], point: Content, most: int | None) -> None:
    """Add a point; where there are too many, half of them go: those that stand closest to others by step."""
    points.append(point)
    if most is not None and len(points) > most:
        points[:] = thinned(points, most // 2)


def thinned(points: list[Content], count: int) -> list[Content]:
    """At most `count` of the points, the first and the last among them, at steps as even as there are."""
    steps = np.array([point.step for point in points], dtype=np.float64)
    wanted = np.linspace(steps[0], steps[-1], max(count, 2))
    after = np.clip(np.searchsorted(steps, wanted), 1, len(steps) - 1)
    nearest = np.where(wanted - steps[after - 1] <= steps[after] - wanted, after - 1, after)
    chosen = {0, *nearest.tolist()[1:-1], len(points) - 1}
    return [points[place] for place in sorted(chosen)]


def _purge_contents(contents: dict[str, list[Content]], step: int, tags: set[str] | None) -> None:
    for tag, points in contents.items():
        if tags is None or tag in tags:
            contents[tag] = [point for point in points if point.step < step]


def _singles(events: Iterable[tuple[int, Event]]) -> Iterator[Column]:
    """The scalars of irregular records."""
    for index, event in events:
        for tag, point in event.points:
            if isinstance(point, ScalarPoint):
                yield Column(
                    tag,
                    np.array([index]),
                    np.array([point.step]),
                    np.array([point.wall_time]),
                    np.array([point.value]),
                )


def _in_order(parts: list[Column]) -> Column:
    """One column of several of a tag."""
    if len(parts) == 1:
        return parts[0]
    records = np.concatenate([part.records for part in parts])
    order = np.argsort(records, kind="stable")  # values of one event stay in their order
    return Column(
        parts[0].tag,
        records[order],
        np.concatenate([part.steps for part in parts])[order],
        np.concatenate([part.wall_times for part in parts])[order],
        np.concatenate([part.values for part in parts])[order],
    )
