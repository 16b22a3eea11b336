"""Some images of a split, without all of a dataset in memory: for those who show a few.

They are the images that `load.load_dataset` has at these places; a test holds the two together.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Literal, cast

import numpy as np
from numpy.typing import NDArray

from fashiontui.config.spec import DatasetSpec
from fashiontui.datasets.dataset import Images, Labels, Split
from fashiontui.datasets.idx import GZIP_MAGIC, read_idx
from fashiontui.datasets.known import SYNTHETIC, known_set
from fashiontui.datasets.locate import find_file, find_folder
from fashiontui.datasets.split import stratified_sample, stratified_split
from fashiontui.datasets.synthetic import (
    TEST,
    TEST_SIZE,
    TRAIN,
    TRAIN_SIZE,
    synthetic_images,
    synthetic_labels,
)
from fashiontui.errors import DataCorruptError, DataMissingError, UnknownNameError

SplitName = Literal["valid", "test"]
Places = NDArray[np.int64]

HEADER: Final = struct.Struct(">4B3I")
IMAGES_AT_ONCE: Final = 1000
MOST_PIXELS: Final = 1 << 20  # of an image


class Picker:
    """Gets at images of one split, and keeps no more than that split. Belongs to one thread at a time."""

    def __init__(self, spec: DatasetSpec, candidates: Sequence[Path], split: SplitName) -> None:
        """A dataset of the user's own raises UnknownNameError: showing a picture must not run code."""
        if ":" in spec.name:
            raise UnknownNameError(
                f"images of {spec.name} are not shown here", "They come from code, which only training runs."
            )
        self._spec = spec
        self._candidates = candidates
        self._split: SplitName = split
        self._source: _Drawn | _Stored | None = None

    def pick(self, rows: Sequence[int]) -> Split:
        """Images and labels of these rows of the split, in that order. Raises UnknownNameError, DataError."""
        if self._source is None:
            make = _drawn if self._spec.name.lower() == SYNTHETIC else _stored
            self._source = make(self._spec, self._candidates, self._split)
        chosen = np.asarray(rows, dtype=np.int64)
        labels = self._source.labels
        if len(chosen) and not 0 <= chosen.min() <= chosen.max() < len(labels):
            raise DataCorruptError(
                f"the {self._split} split of {self._spec.name} has but {len(labels):,} images"
            )
        return Split(self._source.images(chosen), labels[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """Images that are drawn when they are asked for."""

    places: Places  # in their stream
    labels: Labels
    seed: int
    stream: int

    def images(self, rows: Places) -> Images:
        return synthetic_images(self.places[rows].tolist(), self.seed, self.stream)


@dataclass(frozen=True, slots=True, eq=False)
class _Stored:
    """Images that were read from a file."""

    kept: Images
    labels: Labels

    def images(self, rows: Places) -> Images:
        return self.kept[rows]


def _drawn(spec: DatasetSpec, _candidates: Sequence[Path], split: SplitName) -> _Drawn:
    seed = spec.options.get("seed", 0)
    if type(seed) is not int or seed < 0:
        raise DataMissingError(f"dataset.options.seed = {seed!r} draws no images")
    if split == "test":
        size, stream = spec.test_size or TEST_SIZE, TEST
    else:
        size, stream = TRAIN_SIZE if spec.train_size is None else spec.train_size + spec.valid_size, TRAIN
    labels = synthetic_labels(size, seed, stream)
    places = _places(spec, split, labels)
    return _Drawn(places, labels[places], seed, stream)


def _stored(spec: DatasetSpec, candidates: Sequence[Path], split: SplitName) -> _Stored:
    known = known_set(spec.name)
    folder = find_folder(spec.name, candidates)
    part = "test" if split == "test" else "train"
    paths = {file.kind: find_file(folder, file) for file in known.files if file.part == part}
    images, labels = paths["images"], paths["labels"]
    if images is None or labels is None:
        raise DataMissingError(f"{folder} has no {part} images")
    values = read_idx(labels).values
    places = _places(spec, split, values)
    return _Stored(_read_images(images, places), values[places])


def _places(spec: DatasetSpec, split: SplitName, labels: Labels) -> Places:
    """Where the images of a split are in the file, or stream, it is part of; ascending."""
    size = spec.test_size if split == "test" else spec.valid_size
    if size is None:
        return np.arange(len(labels))
    if size > len(labels):
        raise DataMissingError(f"{size:,} {split} images are asked for, and there are {len(labels):,}")
    if split == "test":
        return stratified_sample(labels, size, spec.split_seed)
    return stratified_split(labels, size, spec.split_seed)[1]


def _read_images(path: Path, places: Places) -> Images:
    """The images at these places of an IDX file, gzipped or not, read a piece at a time."""
    try:
        with path.open("rb") as file:
            is_gzip = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        with gzip.open(path) if is_gzip else path.open("rb") as content:
            return _gather(path, cast("BinaryIO", content), places)
    except (OSError, EOFError, zlib.error, struct.error) as error:
        raise DataCorruptError(f"{path} can't be read: {error}") from error


def _gather(path: Path, content: BinaryIO, places: Places) -> Images:
    *_, count, height, width = HEADER.unpack(content.read(HEADER.size))
    pixels = height * width
    if not 0 < pixels <= MOST_PIXELS or (len(places) and places[-1] >= count):
        raise DataCorruptError(f"{path} says it has {count:,} images of {height:,}×{width:,}")
    gathered = np.empty((len(places), height, width), dtype=np.uint8)
    for first in range(0, count, IMAGES_AT_ONCE):
        last = min(first + IMAGES_AT_ONCE, count)
        piece = content.read((last - first) * pixels)
        if len(piece) < (last - first) * pixels:
            raise DataCorruptError(f"{path} is cut off")
        start, end = np.searchsorted(places, [first, last])
        gathered[start:end] = np.frombuffer(piece, np.uint8).reshape(-1, height, width)[
            places[start:end] - first
        ]
    return gathered
