"""Curves of a run that was resumed after the clock had been set back."""

from __future__ import annotations

import time

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from fashiontui.tfevents.reader import RunReader
from fashiontui.training.event_writer import EventWriter

HOUR_NS = 3600 * 10**9
TAG = "loss/train"


def test_a_clock_set_back_puts_no_resumed_point_before_the_older_ones(tmp_path, monkeypatch):
    with EventWriter(tmp_path) as writer:
        for step in range(1, 11):
            writer.add(step, {TAG: 1.0})
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() - HOUR_NS)
    for begin in (6, 8):  # resumed twice
        with EventWriter(tmp_path, purge_step=begin) as writer:
            for step in range(begin, 13):
                writer.add(step, {TAG: float(begin)})
    reader = RunReader(tmp_path)
    reader.poll()
    theirs = EventAccumulator(str(tmp_path))
    theirs.Reload()
    expected = [(step, 1.0 if step < 6 else 6.0 if step < 8 else 8.0) for step in range(1, 13)]
    assert [(point.step, point.value) for point in theirs.Scalars(TAG)] == expected
    series = reader.scalars[TAG]
    assert list(zip(series.steps, series.values, strict=True)) == expected
