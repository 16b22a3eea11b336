"""Datasets loaded before, kept in the fork server's memory for the workers it forks.

A worker looks at the files all the same: what is kept is used only while they are the ones it was read from. Users'
own datasets are never kept: their code runs in workers alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import numpy as np

from fashiontui.config.spec import DatasetSpec
from fashiontui.datasets.dataset import Dataset, Split
from fashiontui.datasets.known import SYNTHETIC, known_set
from fashiontui.datasets.load import load_dataset
from fashiontui.datasets.locate import find_file, find_folder
from fashiontui.errors import FashiontuiError

LIMIT_BYTES: Final = 128 << 20  # two of Fashion-MNIST's size
FACTS: Final = ("name", "source", "synthetic", "classes", "fingerprint")
SPLITS: Final = ("train", "valid", "test")

Key = tuple[str, ...]  # the spec, the folder, and what tells a file from any other and from its older self


def key_of(spec: DatasetSpec, candidates: Sequence[Path]) -> Key | None:
    """What a dataset's content depends on; None for data that are not to be kept, or not to be had."""
    asked = spec.model_dump_json()
    if ":" in spec.name:
        return None
    if spec.name.lower() == SYNTHETIC:
        return (asked,)
    try:
        folder = find_folder(spec.name, candidates)
        paths = [find_file(folder, file) for file in known_set(spec.name).files]
        return (asked, str(folder), *(_identity(path) for path in paths if path is not None))
    except (FashiontuiError, OSError):
        return None


def _identity(path: Path) -> str:
    """A change of the content that leaves all of these as they were takes some doing: ctime can't be set."""
    stat = path.stat()
    return f"{path}:{stat.st_dev}:{stat.st_ino}:{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ctime_ns}"


@dataclass(slots=True)
class Shelf:
    """The datasets used last, up to a limit of bytes."""

    limit_bytes: int = LIMIT_BYTES
    _kept: dict[Key, Dataset] = field(default_factory=dict)  # the one used last is last
    _tried: set[Key] = field(default_factory=set)

    def load(
        self, spec: DatasetSpec, candidates: Sequence[Path], import_dirs: Sequence[Path] = ()
    ) -> Dataset:
        """As `load_dataset`, of which it is a quicker way where the dataset is here."""
        key = key_of(spec, candidates)
        kept = None if key is None else self._kept.get(key)
        return load_dataset(spec, candidates, import_dirs) if kept is None else kept

    def errand(self, spec: DatasetSpec, candidates: Sequence[Path]) -> LoadErrand | None:
        """How to get a dataset onto the shelf; None where it is there, or was tried before."""
        key = key_of(spec, candidates)
        if key is None or not hasattr(os, "memfd_create"):
            return None
        if key in self._kept:
            self._kept[key] = self._kept.pop(key)
        if key in self._tried:
            return None
        self._tried.add(key)
        return LoadErrand(self, key, spec, candidates)

    def put(self, key: Key, dataset: Dataset) -> None:
        """Keep a dataset, in place of those used longest ago."""
        if size_bytes(dataset) > self.limit_bytes:
            return
        self._kept[key] = dataset
        while sum(map(size_bytes, self._kept.values())) > self.limit_bytes:
            oldest = next(iter(self._kept))
            del self._kept[oldest]
            self._tried.discard(oldest)


class LoadErrand:
    """Loads a dataset in a child, so that nothing runs in the fork server, and hands it over in memory."""

    def __init__(self, shelf: Shelf, key: Key, spec: DatasetSpec, candidates: Sequence[Path]) -> None:
        self._shelf = shelf
        self._key = key
        self._spec = spec
        self._candidates = candidates
        self._memory = os.memfd_create("fashiontui-dataset")

    def run(self) -> None:
        """Load and write."""
        dataset = load_dataset(self._spec, self._candidates)
        if key_of(self._spec, self._candidates) != self._key:
            raise OSError("the files were changed while they were read")
        with os.fdopen(os.dup(self._memory), "wb") as file:
            write(dataset, file)

    def done(self) -> None:
        """Read and keep."""
        os.lseek(self._memory, 0, os.SEEK_SET)
        with os.fdopen(os.dup(self._memory), "rb") as file:
            self._shelf.put(self._key, read(file))

    def close(self) -> None:
        """Free the memory between the two."""
        os.close(self._memory)


def size_bytes(dataset: Dataset) -> int:
    """Memory for images and labels."""
    splits = [getattr(dataset, name) for name in SPLITS]
    return sum(split.images.nbytes + split.labels.nbytes for split in splits)


def write(dataset: Dataset, file: IO[bytes]) -> None:
    """A line of JSON, then the arrays."""
    file.write(json.dumps({fact: getattr(dataset, fact) for fact in FACTS}).encode() + b"\n")
    for name in SPLITS:
        split: Split = getattr(dataset, name)
        np.save(file, split.images, allow_pickle=False)
        np.save(file, split.labels, allow_pickle=False)


def read(file: IO[bytes]) -> Dataset:
    """What `write` wrote."""
    facts = json.loads(file.readline())
    arrays = [np.load(file, allow_pickle=False) for _ in range(2 * len(SPLITS))]
    return Dataset(
        name=facts["name"],
        source=facts["source"],
        synthetic=facts["synthetic"],
        classes=tuple(facts["classes"]),
        train=Split(*arrays[:2]),
        valid=Split(*arrays[2:4]),
        test=Split(*arrays[4:]),
        fingerprint=facts["fingerprint"],
    )
