"""The ends of epochs, as a run's event files tell them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fashiontui.headless.renderer import EpochPoint
from fashiontui.tfevents.reader import RunReader
from fashiontui.tfevents.series import ScalarSeries

EPOCHS: Final = "progress/epoch"  # at the step of each epoch's end, its number
TAGS: Final = {
    "train_loss": "loss/train",
    "train_accuracy": "accuracy/train",
    "valid_loss": "loss/valid",
    "valid_accuracy": "accuracy/valid",
    "samples_per_second": "speed/samples_per_second",
}


FLOAT32_DIGITS: Final = 7


class EpochReader:
    """Gives each epoch once, also where a resumed run left points of an earlier attempt behind."""

    def __init__(self, root: Path) -> None:
        self._reader = RunReader(root, scalars_only=True)
        self._told_step = 0

    def poll(self, from_step: int = 0) -> list[EpochPoint]:
        """Epochs that ended since the last call, after `from_step`."""
        while self._reader.poll():
            pass
        scalars = self._reader.scalars
        if EPOCHS not in scalars:
            return []
        after = max(from_step, self._told_step)
        ends = {step: round(value) for step, value in by_step(scalars[EPOCHS]).items() if step > after}
        if not ends:
            return []
        self._told_step = max(ends)
        measured = {name: by_step(scalars[tag]) for name, tag in TAGS.items() if tag in scalars}
        return [_point(epoch, step, measured) for step, epoch in sorted(ends.items())]


def by_step(series: ScalarSeries) -> dict[int, float]:
    """A tag's values by step, without the digits that only come from keeping a float32 as a float64."""
    return {
        step: _shortest(value)
        for step, value in zip(series.steps.tolist(), series.values.tolist(), strict=True)
    }


def _shortest(value: float) -> float:
    return float(f"{value:.{FLOAT32_DIGITS}g}")


def _point(epoch: int, step: int, measured: Mapping[str, Mapping[int, float]]) -> EpochPoint:
    values = {name: measured.get(name, {}).get(step) for name in TAGS}
    return EpochPoint(epoch=epoch, step=step, **values)
