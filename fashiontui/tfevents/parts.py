"""Runs that are logged to two folders, one of training and one of validation, as Keras does; read as one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol, TypeVar

from fashiontui.tfevents.points import HistogramPoint, HParam, ImagePoint, TextPoint
from fashiontui.tfevents.reader import Damage, RunReader, event_files
from fashiontui.tfevents.series import ScalarSeries

TRAIN: Final = "train"
VALIDATION: Final = ("validation", "valid", "val")

Content = TypeVar("Content")


class EventReader(Protocol):
    """What there is to read of a run, in however many folders."""

    @property
    def generation(self) -> int:
        """How often all was read anew."""

    @property
    def scalars(self) -> Mapping[str, ScalarSeries]:
        """Curves by tag; none is empty."""

    @property
    def histograms(self) -> Mapping[str, Sequence[HistogramPoint]]:
        """By tag."""

    @property
    def images(self) -> Mapping[str, Sequence[ImagePoint]]:
        """By tag."""

    @property
    def texts(self) -> Mapping[str, Sequence[TextPoint]]:
        """By tag."""

    @property
    def hparams(self) -> Mapping[str, HParam]:
        """The hyperparameters it was last started with."""

    @property
    def damage(self) -> list[Damage]:
        """What could not be read."""

    @property
    def undecodable(self) -> int:
        """Records that are whole, and no events."""

    def poll(self, *, max_seconds: float | None = None, clock: Callable[[], float] = time.monotonic) -> bool:
        """Read what is new, for so long at most; whether there was anything."""


def read_run(folder: Path, *, scalars_only: bool = False, most: int | None = None) -> EventReader:
    """A reader of a folder's own event files, or of those in its two parts; see `RunReader`."""
    parts = parts_among(_logged_to(folder))
    if parts:
        readers = {part: RunReader(folder / part, scalars_only=scalars_only, most=most) for part in parts}
        return PartsReader(readers)
    return RunReader(folder, scalars_only=scalars_only, most=most)


def holds_run(path: Path) -> bool:
    """Whether `read_run` finds event files there. OSError where that can't be seen."""
    return bool(event_files(path) or parts_among(_logged_to(path)))


def _logged_to(folder: Path) -> Iterator[str]:
    """The folders in it that have event files, if it has none itself; none where that can't be seen."""
    with suppress(OSError):
        if not event_files(folder):
            yield from (path.name for path in folder.iterdir() if path.is_dir() and event_files(path))


def parts_among(names: Iterable[str]) -> tuple[str, ...]:
    """The two folders that make one run, if these are those of one; else none."""
    found = sorted(names)
    validation = [name for name in found if name in VALIDATION]
    return (TRAIN, *validation) if len(validation) == 1 and found == sorted([TRAIN, *validation]) else ()


class PartsReader:
    """Curves are called `train/…` and `validation/…`; histograms, images and texts of training keep their names."""

    def __init__(self, readers: Mapping[str, RunReader]) -> None:
        self._readers = readers

    @property
    def generation(self) -> int:
        """How often all of a part was read anew."""
        return sum(reader.generation for reader in self._readers.values())

    @property
    def scalars(self) -> Mapping[str, ScalarSeries]:
        """Curves of both parts; none is empty."""
        return {
            f"{part}/{tag}": series
            for part, reader in self._readers.items()
            for tag, series in reader.scalars.items()
        }

    @property
    def histograms(self) -> Mapping[str, Sequence[HistogramPoint]]:
        """Of both parts."""
        return _named({part: reader.histograms for part, reader in self._readers.items()})

    @property
    def images(self) -> Mapping[str, Sequence[ImagePoint]]:
        """Of both parts."""
        return _named({part: reader.images for part, reader in self._readers.items()})

    @property
    def texts(self) -> Mapping[str, Sequence[TextPoint]]:
        """Of both parts."""
        return _named({part: reader.texts for part, reader in self._readers.items()})

    @property
    def hparams(self) -> Mapping[str, HParam]:
        """Those that any part tells; training's count."""
        return next((reader.hparams for reader in self._readers.values() if reader.hparams), {})

    @property
    def damage(self) -> list[Damage]:
        """What could not be read of either."""
        return [damage for reader in self._readers.values() for damage in reader.damage]

    @property
    def undecodable(self) -> int:
        """Of both parts."""
        return sum(reader.undecodable for reader in self._readers.values())

    def poll(self, *, max_seconds: float | None = None, clock: Callable[[], float] = time.monotonic) -> bool:
        """Read what is new in each part, for so long together."""
        until = None if max_seconds is None else clock() + max_seconds
        any_new = False
        for reader in self._readers.values():
            left = None if until is None else max(0.0, until - clock())
            if any_new and left == 0.0:
                break
            any_new = reader.poll(max_seconds=left, clock=clock) or any_new
        return any_new


def _named(parts: Mapping[str, Mapping[str, Content]]) -> dict[str, Content]:
    return {
        tag if part == TRAIN else f"{part}/{tag}": content
        for part, contents in parts.items()
        for tag, content in contents.items()
    }
