"""Runs of which there are only event files, as they are compared: each tag's last value, and its best where that has a meaning."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from fashiontui.analysis.compare import Measure, Measured, Subject
from fashiontui.runs.metrics import direction, shortest
from fashiontui.tfevents.points import HParam
from fashiontui.tfevents.series import ScalarSeries

SPAN: Final = Measure("logged_seconds", "from first to last point", None, "seconds")
BEST, LAST = "best", "last"


def logged_subject(
    key: str, label: str, hparams: Mapping[str, HParam], scalars: Mapping[str, ScalarSeries]
) -> Subject:
    """A run by its event files; its hyperparameters are its settings, where it has logged any."""
    results = dict(found for tag, series in scalars.items() for found in _results(tag, series))
    times = [series.wall_times for series in scalars.values() if len(series)]
    if times:
        span = max(float(each.max()) for each in times) - min(float(each.min()) for each in times)
        results[SPAN.key] = Measured(span)
    settings = {name: _plain(value) for name, value in sorted(hparams.items())}
    return Subject(key=key, experiment=key, label=label, settings=settings, results=results)


def _plain(value: HParam) -> HParam:
    """JSON has no word for what is not finite."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _results(tag: str, series: ScalarSeries) -> Iterator[tuple[str, Measured]]:
    finite = series.values[np.isfinite(series.values)]
    if len(finite):
        better = direction(tag)
        if better is not None:  # of a learning rate none is
            best = finite.min() if better == "min" else finite.max()
            yield f"{BEST} {tag}", Measured(shortest(float(best)))
        yield f"{LAST} {tag}", Measured(shortest(float(finite[-1])))


def logged_measures(subjects: Sequence[Subject]) -> list[Measure]:
    """What such runs can be compared by: every tag that any of them has."""
    known = dict.fromkeys(name for subject in subjects for name in subject.results)
    tags = (name for name in known if name != SPAN.key)
    return [*(Measure(name, name, direction(name.partition(" ")[2])) for name in tags), SPAN]
