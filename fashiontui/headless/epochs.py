"""The ends of epochs, as a run's event files tell them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fashiontui.headless.renderer import EpochPoint
from fashiontui.runs.metrics import EPOCHS, METRICS, by_step
from fashiontui.tfevents.reader import RunReader

TAGS: Final = {
    name: METRICS[name]
    for name in ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy", "samples_per_second")
}


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


def _point(epoch: int, step: int, measured: Mapping[str, Mapping[int, float]]) -> EpochPoint:
    values = {name: measured.get(name, {}).get(step) for name in TAGS}
    return EpochPoint(epoch=epoch, step=step, **values)
