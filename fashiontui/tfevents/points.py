"""What a run's event files say, one point at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HParam = float | str | bool | None


@dataclass(frozen=True, slots=True)
class ScalarPoint:
    """One value of a curve."""

    step: int
    wall_time: float  # seconds since 1970
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class HistogramPoint:
    """How values were spread; bucket i counts those from lefts[i] to rights[i]."""

    step: int
    wall_time: float
    lefts: NDArray[np.float64]  # (k,)
    rights: NDArray[np.float64]  # (k,)
    counts: NDArray[np.float64]  # (k,)


@dataclass(frozen=True, slots=True)
class ImagePoint:
    """Pictures of one moment, encoded (PNG, GIF, JPEG), all of one size in pixels."""

    step: int
    wall_time: float
    width: int
    height: int
    encoded: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class TextPoint:
    """Markdown of one moment."""

    step: int
    wall_time: float
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SessionStart:
    """The hyperparameters a run was started with, as TensorBoard's hparams tab has them."""

    step: int
    wall_time: float
    hparams: dict[str, HParam]
    group: str


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """How a run ended, as TensorBoard's hparams tab has it: 1 success, 2 failure, 3 running, 0 unknown."""

    step: int
    wall_time: float
    status: int


SessionPoint = SessionStart | SessionEnd
Point = ScalarPoint | HistogramPoint | ImagePoint | TextPoint | SessionPoint
