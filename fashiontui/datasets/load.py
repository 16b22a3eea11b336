"""From what an experiment says of its data to the arrays it trains on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fashiontui.config.spec import DatasetSpec
from fashiontui.datasets.check import Verdict, check_file
from fashiontui.datasets.custom import load_custom
from fashiontui.datasets.dataset import Dataset, Split, Undivided
from fashiontui.datasets.idx import IdxFile, read_idx
from fashiontui.datasets.known import FASHION_CLASSES, SYNTHETIC, KnownFile, known_set
from fashiontui.datasets.locate import find_file, find_folder
from fashiontui.datasets.split import Indices, stratified_sample, stratified_split
from fashiontui.datasets.synthetic import TEST, TEST_SIZE, TRAIN, TRAIN_SIZE, synthetic_split
from fashiontui.errors import ConfigError, DataMissingError


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file of a known set, read and found to be what its name says."""

    known: KnownFile
    file: IdxFile
    verdict: Verdict


def load_dataset(spec: DatasetSpec, candidates: Sequence[Path], import_dirs: Sequence[Path] = ()) -> Dataset:
    """The images and labels of an experiment, split in three.

    `candidates` are folders that may hold the files of a known set, the first come first; `import_dirs` are searched
    for the module of a `module:function`. Validation images are held out first, then `train_size` are chosen from the
    rest, so that runs of any size are validated on the same images. Raises UnknownNameError, ConfigError, DataError.
    """
    if ":" in spec.name:
        undivided = load_custom(spec.name, spec.options, import_dirs)
    elif spec.name.lower() == SYNTHETIC:
        undivided = _synthetic(spec)
    else:
        undivided = _known(spec, candidates)
    return _divided(undivided, spec)


def read_known(name: str, folder: Path) -> tuple[CheckedFile, ...]:
    """The four files of a known set: training images and labels, test images and labels."""
    dataset = known_set(name)
    checked = []
    for known in dataset.files:
        path = find_file(folder, known)
        if path is None:
            raise DataMissingError(f"{folder} has no {known.name}", f"Run `fashiontui data fetch {name}`.")
        file = read_idx(path)
        checked.append(CheckedFile(known, file, check_file(dataset, known, file)))
    return tuple(checked)


def _known(spec: DatasetSpec, candidates: Sequence[Path]) -> Undivided:
    dataset = known_set(spec.name)
    _check_options(spec, allowed=())
    folder = find_folder(spec.name, candidates)
    train_images, train_labels, test_images, test_labels = (
        checked.file.values for checked in read_known(spec.name, folder)
    )
    return Undivided(
        name=dataset.name,
        source=str(folder),
        classes=dataset.classes,
        train=Split(train_images, train_labels),
        test=Split(test_images, test_labels),
    )


def _synthetic(spec: DatasetSpec) -> Undivided:
    """Only as many images are drawn as are asked for; `options.seed` chooses others."""
    _check_options(spec, allowed=("seed",))
    seed = spec.options.get("seed", 0)
    if type(seed) is not int or seed < 0:
        raise ConfigError(f"dataset.options.seed = {seed!r}: must be a whole number, at least 0")
    train_size = TRAIN_SIZE if spec.train_size is None else spec.train_size + spec.valid_size
    return Undivided(
        name=SYNTHETIC,
        source=f"drawn by code, seed {seed}",
        classes=FASHION_CLASSES,
        train=synthetic_split(train_size, seed, TRAIN),
        test=synthetic_split(spec.test_size or TEST_SIZE, seed, TEST),
        synthetic=True,
    )


def _check_options(spec: DatasetSpec, allowed: Sequence[str]) -> None:
    unknown = [key for key in spec.options if key not in allowed]
    if unknown:
        takes = f"takes only {', '.join(allowed)}" if allowed else "takes none"
        raise ConfigError(f"dataset.options has {', '.join(unknown)}, but {spec.name} {takes}")


def _divided(undivided: Undivided, spec: DatasetSpec) -> Dataset:
    train, valid = undivided.train, undivided.valid
    if valid is None:
        _check_size(
            "valid_size",
            spec.valid_size,
            len(train) - 1,
            f"{len(train):,} training images, one of them to train on",
        )
        rest, held_out = stratified_split(train.labels, spec.valid_size, spec.split_seed)
        valid = _chosen(train, held_out)
    else:
        rest = np.arange(len(train))
    if spec.train_size is not None:
        _check_size("train_size", spec.train_size, len(rest), f"{len(rest):,} images left to train on")
        rest = rest[stratified_sample(train.labels[rest], spec.train_size, spec.split_seed)]
    test = undivided.test
    if spec.test_size is not None:
        _check_size("test_size", spec.test_size, len(test), f"{len(test):,} test images")
        test = _chosen(test, stratified_sample(test.labels, spec.test_size, spec.split_seed))
    train = _chosen(train, rest)
    return Dataset(
        name=undivided.name,
        source=undivided.source,
        synthetic=undivided.synthetic,
        classes=undivided.classes,
        train=train,
        valid=valid,
        test=test,
        fingerprint=_fingerprint(train, valid, test),
    )


def _check_size(key: str, wanted: int, most: int, available: str) -> None:
    if wanted > most:
        raise ConfigError(f"dataset.{key} = {wanted}: at most {most}, there are {available}")


def _chosen(split: Split, indices: Indices) -> Split:
    if len(indices) == len(split):
        return split
    return Split(split.images[indices], split.labels[indices])


def _fingerprint(*splits: Split) -> str:
    digest = hashlib.sha256()
    for split in splits:
        digest.update(np.ascontiguousarray(split.images).data)
        digest.update(np.ascontiguousarray(split.labels).data)
    return digest.hexdigest()
