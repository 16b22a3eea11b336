"""IDX, the format of MNIST's files: bytes in one or three dimensions, gzipped or not.

Layout: two zero bytes, a type (8: unsigned byte), the number of dimensions, each dimension as a big-endian 32-bit
number, then the values. Source: http://yann.lecun.com/exdb/mnist/.
"""

from __future__ import annotations

import hashlib
import math
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fashiontui.errors import DataCorruptError, DataMissingError

GZIP_MAGIC = b"\x1f\x8b"
GZIP_WINDOW = 31  # zlib's name for "a gzip stream, its length and CRC checked"
GZIP_BEST_RATIO = 1032  # deflate can't pack tighter
UNSIGNED_BYTE = 8
DIMENSIONS = (1, 3)
START_BYTES = 1 << 16  # enough of a file to find the header in, gzipped or not
AGAIN = "Remove it and run `fashiontui data fetch`, or copy it again from where it came."


@dataclass(frozen=True, slots=True)
class IdxFile:
    """The whole content of a file."""

    path: Path
    values: NDArray[np.uint8]  # (n,) or (n, height, width); not writable
    sha256: str  # of the uncompressed bytes


def read_idx(path: Path) -> IdxFile:
    """Read a file, all of it or not at all.

    Raises DataMissingError if it can't be opened, DataCorruptError if it is anything but one whole IDX file of bytes.
    """
    try:
        stored = path.read_bytes()
    except OSError as error:
        raise DataMissingError(f"{path} can't be read: {error.strerror or error}") from error
    gzipped = stored.startswith(GZIP_MAGIC)
    start = _first_bytes(path, stored[:START_BYTES]) if gzipped else stored[:START_BYTES]
    shape, header_bytes = _parse_header(path, start)
    size = header_bytes + math.prod(shape)
    content = _unpack(path, stored, size) if gzipped else stored
    _check_size(path, shape, len(content), size)
    values = np.frombuffer(content, dtype=np.uint8, offset=header_bytes).reshape(shape)
    return IdxFile(path, values, hashlib.sha256(content).hexdigest())


def _first_bytes(path: Path, stored: bytes) -> bytes:
    try:
        return zlib.decompressobj(GZIP_WINDOW).decompress(stored, 4 + 4 * max(DIMENSIONS))
    except zlib.error as error:
        raise _damaged(path, error) from error


def _parse_header(path: Path, start: bytes) -> tuple[tuple[int, ...], int]:
    """Shape, and the length of the header that states it."""
    if len(start) < 4:  # noqa: PLR2004 - the length of the magic number
        raise _corrupt(path, f"it ends within its header: {len(start)} bytes")
    zeros, kind, dimensions = start[:2], start[2], start[3]
    if zeros != b"\0\0":
        raise _corrupt(
            path, f"it is no IDX file: it begins with {start[:4].hex(' ')}, not 00 00 08 01 or 00 00 08 03"
        )
    if kind != UNSIGNED_BYTE:
        raise _corrupt(path, f"its values are of type 0x{kind:02x}, not 0x08 (unsigned bytes)")
    if dimensions not in DIMENSIONS:
        raise _corrupt(path, f"it has {dimensions} dimensions, not 1 (labels) or 3 (images)")
    header_bytes = 4 + 4 * dimensions
    if len(start) < header_bytes:
        raise _corrupt(path, f"it ends within its header: {len(start)} of {header_bytes} bytes")
    return struct.unpack(f">{dimensions}I", start[4:header_bytes]), header_bytes


def _unpack(path: Path, stored: bytes, size: int) -> bytes:
    """The content of a gzip file that should hold `size` bytes, or one byte more than that if it holds too many."""
    inflater = zlib.decompressobj(GZIP_WINDOW)
    try:
        content = inflater.decompress(stored, min(size, len(stored) * GZIP_BEST_RATIO) + 1)
    except zlib.error as error:
        raise _damaged(path, error) from error
    if len(content) <= size and not inflater.eof:
        raise _corrupt(path, f"its gzip stream is cut off: {len(content):,} of {size:,} bytes come out")
    if inflater.unused_data:
        raise _corrupt(path, f"{len(inflater.unused_data):,} bytes follow the end of its gzip stream")
    return content


def _check_size(path: Path, shape: tuple[int, ...], actual: int, expected: int) -> None:
    if actual < expected:
        raise _corrupt(path, f"it is cut off: {actual:,} bytes, and {_words(shape)} take {expected:,}")
    if actual > expected:
        raise _corrupt(path, f"it is too long: {_words(shape)} take {expected:,} bytes, and more follow")


def _words(shape: tuple[int, ...]) -> str:
    return "×".join(f"{size:,}" for size in shape) + " values"


def _damaged(path: Path, error: zlib.error) -> DataCorruptError:
    return _corrupt(path, f"its gzip stream is damaged ({str(error).rsplit(': ', 1)[-1]})")


def _corrupt(path: Path, what: str) -> DataCorruptError:
    return DataCorruptError(f"{path}: {what}", AGAIN)
