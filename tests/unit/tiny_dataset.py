"""A known data set small enough for tests: 40 training and 20 test images of 10×10, 4 classes."""

from __future__ import annotations

import gzip
import hashlib
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np

from fashiontui.datasets.known import KnownFile, KnownSet

NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def idx_bytes(values: np.ndarray, kind: int = 8) -> bytes:
    return (
        bytes([0, 0, kind, values.ndim])
        + struct.pack(f">{values.ndim}I", *values.shape)
        + values.astype(np.uint8).tobytes()
    )


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def contents(seed: int = 0) -> tuple[bytes, bytes, bytes, bytes]:
    generator = np.random.default_rng(seed)
    return tuple(
        idx_bytes(values)
        for count in (40, 20)
        for values in (
            generator.integers(0, 256, (count, 10, 10)),
            generator.permutation(np.arange(count) % 4),
        )
    )


def tiny_set(name: str, seed: int = 0, *, sums: bool = True) -> KnownSet:
    shapes = ((40, 10, 10), (40,), (20, 10, 10), (20,))
    files = tuple(
        KnownFile(
            name=file_name,
            part="train" if file_name.startswith("train") else "test",
            kind="images" if "images" in file_name else "labels",
            shape=shape,
            gzip_md5=hashlib.md5(packed(content)).hexdigest(),
            sha256=hashlib.sha256(content).hexdigest() if sums else None,
        )
        for file_name, shape, content in zip(NAMES, shapes, contents(seed), strict=True)
    )
    return KnownSet(name, name.title(), name.upper(), ("a", "b", "c", "d"), (), files)


def without_sums(dataset: KnownSet) -> KnownSet:
    return replace(dataset, files=tuple(replace(file, sha256=None) for file in dataset.files))


def write_files(folder: Path, seed: int = 0, *, compress: bool = True) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in zip(NAMES, contents(seed), strict=True):
        if compress:
            (folder / f"{name}.gz").write_bytes(packed(content))
        else:
            (folder / name).write_bytes(content)
    return folder
