"""Files that are whole or not there."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; what is written there takes its place when the block ends well.

    The bytes reach the disk before the rename does, so a reader, or a machine that lost power, sees the old
    file or the new one, never a part.
    """
    with _in_place_of(path) as temporary:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())


def write_text(path: Path, text: str, *, durable: bool = True) -> None:
    """Replace `path` by `text` at once; without `durable` a power cut may bring back the old text."""
    if durable:
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
        return
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Replace `path` by `content` at once; a power cut may bring back the old one."""
    with _in_place_of(path) as temporary:
        temporary.write_bytes(content)


@contextlib.contextmanager
def _in_place_of(path: Path) -> Iterator[Path]:
    """A temporary path that takes the place of `path` when the block ends well, and is not left behind when it does not."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        error.filename = error.filename or str(path)  # write() says of a full disk that it is full, not where
        raise
    finally:
        temporary.unlink(missing_ok=True)
