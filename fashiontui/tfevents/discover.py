"""Which runs are in a folder that any program has logged to: PyTorch, Lightning, Keras, tensorboardX."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fashiontui.tfevents.reader import RunReader, is_event_file

MOST_FOLDERS: Final = 20_000
TAGS_S: Final = 0.2  # to read the beginnings of a run: nearly all its tags are in there


@dataclass(frozen=True, slots=True)
class Found:
    """A folder with event files. Times are Unix seconds."""

    name: str  # its path below the folder that was searched, with slashes; `.` for that folder itself
    folder: Path
    size_bytes: int
    first_written: float  # what was first left alone
    last_written: float


def discover(root: Path) -> tuple[Found, ...]:
    """All runs at or below a folder, by name; none where there is no such folder.

    Links are followed, each folder is looked at once, and what can't be read is passed over.
    """
    return tuple(sorted(_walk(root), key=lambda found: found.name))


def holds_any(root: Path) -> bool:
    """Whether there is any; looks no further than the first, nor through a whole disk."""
    return next(_walk(root, MOST_FOLDERS), None) is not None


def scalar_tags(folder: Path, max_seconds: float = TAGS_S) -> tuple[str, ...]:
    """The curves of a run, as far as a short look at its files tells."""
    reader = RunReader(folder, scalars_only=True)
    try:
        reader.poll(max_seconds=max_seconds)
    except OSError:
        return ()
    return tuple(sorted(reader.scalars))


def _walk(root: Path, most: int | None = None) -> Iterator[Found]:
    waiting, seen = [(root, ".")], set[tuple[int, int]]()
    while waiting and (most is None or len(seen) < most):
        folder, name = waiting.pop()
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as entries:
                found, below = _look(folder, name, entries)
        except OSError:
            continue
        if found is not None:
            yield found
        waiting += below


def _look(
    folder: Path, name: str, entries: Iterator[os.DirEntry[str]]
) -> tuple[Found | None, list[tuple[Path, str]]]:
    """The run that a folder is, and the folders in it."""
    files, below = [], []
    for entry in entries:
        try:
            if entry.is_dir():
                below.append((folder / entry.name, entry.name if name == "." else f"{name}/{entry.name}"))
            elif is_event_file(entry.name) and entry.is_file():
                files.append(entry.stat())
        except OSError:  # it went while we looked
            continue
    if not files:
        return None, below
    written = [status.st_mtime for status in files]
    size_bytes = sum(status.st_size for status in files)
    return Found(name, folder, size_bytes, min(written), max(written)), below
