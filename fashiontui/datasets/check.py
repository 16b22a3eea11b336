"""Is a file what its name says?"""

from __future__ import annotations

import hashlib
from enum import StrEnum

from fashiontui.datasets.idx import IdxFile
from fashiontui.datasets.known import KNOWN, KnownFile, KnownSet
from fashiontui.errors import DataCorruptError


class Verdict(StrEnum):
    """How much is known of a file that has the right form."""

    VERIFIED = "verified"  # byte for byte the published one
    UNVERIFIED = "unverified"  # no published sum to compare with


def check_file(dataset: KnownSet, expected: KnownFile, file: IdxFile) -> Verdict:
    """Raise DataCorruptError, naming what `file` holds instead, unless it may well be the `expected` one."""
    found = identify(file)
    if found == (dataset, expected):
        return Verdict.VERIFIED
    if found is not None:
        raise _swapped(dataset, expected, file, f"{found[0].title}'s {found[1].title}")
    if file.values.shape != expected.shape:
        raise _swapped(dataset, expected, file, _describe(dataset, file))
    classes = len(dataset.classes)
    if expected.kind == "labels" and int(file.values.max()) >= classes:
        raise _swapped(
            dataset,
            expected,
            file,
            f"labels up to {file.values.max()}, where {classes - 1} is the last class",
        )
    if expected.sha256 is not None:
        raise DataCorruptError(
            f"{file.path}: its form is right, but its bytes are not {dataset.title}'s {expected.title}: "
            f"sha256 {file.sha256}, published {expected.sha256}",
            "Fetch it again; or load data of your own by a function: dataset = 'module:function'.",
        )
    return Verdict.UNVERIFIED


def identify(file: IdxFile) -> tuple[KnownSet, KnownFile] | None:
    """Which published file this is, if any; as much as its bytes, or those of its gzip file, are known."""
    gzip_md5 = None
    for dataset in KNOWN.values():
        for known in dataset.files:
            if known.sha256 == file.sha256:
                return dataset, known
            if known.sha256 is None and known.shape == file.values.shape:
                gzip_md5 = gzip_md5 or _md5(file)
                if known.gzip_md5 == gzip_md5:
                    return dataset, known
    return None


def _md5(file: IdxFile) -> str:
    """MD5 of the file as it lies on disk."""
    return hashlib.md5(file.path.read_bytes(), usedforsecurity=False).hexdigest()


def _describe(dataset: KnownSet, file: IdxFile) -> str:
    """What the shape of a file's content tells about it."""
    alike = [known.title for known in dataset.files if known.shape == file.values.shape]
    return _content(file.values.shape) + (f", as its {alike[0]} are" if alike else "")


def _content(shape: tuple[int, ...]) -> str:
    count, *size = shape
    return f"{count:,} images of {size[0]}×{size[1]}" if size else f"{count:,} labels"


def _swapped(dataset: KnownSet, expected: KnownFile, file: IdxFile, found: str) -> DataCorruptError:
    return DataCorruptError(
        f"{file.path} should hold {dataset.title}'s {expected.title} ({_content(expected.shape)}), but holds {found}",
        "A file was put under another's name: put it right, or run `fashiontui data fetch "
        f"{dataset.name}` for a folder of its own.",
    )
