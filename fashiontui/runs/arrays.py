"""Files of arrays beside a run's other files, in NumPy's own format: reading them runs no code."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from fashiontui.errors import RunError
from fashiontui.runs import atomic

MOST_BYTES: Final = 1 << 28  # a larger file is none of ours
UNREADABLE: Final = (
    ValueError, TypeError, KeyError, EOFError, MemoryError, NotImplementedError, struct.error, zlib.error, zipfile.BadZipFile,
)  # fmt: skip

Arrays = Mapping[str, NDArray[Any]]
Content = TypeVar("Content")


def save_arrays(path: Path, arrays: Arrays, *, compressed: bool = False) -> None:
    """Replace the file; a power cut may bring back the old one."""
    buffer = io.BytesIO()
    write = np.savez_compressed if compressed else np.savez
    write(buffer, **arrays)  # type: ignore[arg-type]  # their stubs take any keyword for an option
    atomic.write_bytes(path, buffer.getvalue())


def load_arrays(
    path: Path, names: Iterable[str] | None, made_of: Callable[[Arrays], Content], what: str
) -> Content:
    """What `made_of` makes of the arrays of these names, or of all; it raises ValueError where they are wrong.

    RunError says what is wrong with the file, which should hold `what`; FileNotFoundError that there is none.
    """
    try:
        _check_size(path)
        with np.load(path, allow_pickle=False) as arrays:
            return made_of({name: arrays[name] for name in (arrays.files if names is None else names)})
    except FileNotFoundError:
        raise
    except OSError as error:
        raise RunError(f"{path}: {error.strerror or error}") from error
    except UNREADABLE as error:
        raise RunError(f"{path} holds no {what}: {error}") from error


def _check_size(path: Path) -> None:
    """Before anything is unpacked: a small file may hold a lot of zeros."""
    with zipfile.ZipFile(path) as archive:
        if sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
            raise ValueError("it is too large")
