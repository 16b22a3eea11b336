"""Which runs are in a folder that any program has logged to: PyTorch, Lightning, Keras, tensorboardX."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fashiontui.tfevents.parts import parts_among
from fashiontui.tfevents.reader import is_event_file

MOST_FOLDERS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Found:
    """A folder with event files. Times are Unix seconds."""

    name: str  # its path below the folder that was searched, with slashes; `.` for that folder itself
    folder: Path
    size_bytes: int
    first_written: float  # what was first left alone
    last_written: float


def discover(root: Path, missed: list[str] | None = None) -> tuple[Found, ...]:
    """All runs at or below a folder, by name; none where there is no such folder.

    One whose training and validation are in a folder each, as Keras logs them, is one run, called as what they are in.
    Links are followed, and each folder is looked at once. Names of folders that can't be read are added to `missed`.
    """
    return tuple(sorted(_folded(_walk(root, missed=missed)), key=lambda found: found.name))


def holds_any(root: Path) -> bool:
    """Whether there is any; looks no further than the first, nor through a whole disk."""
    return next(_walk(root, MOST_FOLDERS), None) is not None


def _folded(found: Iterable[Found]) -> Iterator[Found]:
    """The same, with one run in place of its two parts."""
    by_parent: defaultdict[Path, list[Found]] = defaultdict(list)
    for each in found:
        by_parent[each.folder.parent].append(each)
    runs = {each.folder for siblings in by_parent.values() for each in siblings}
    for parent, siblings in by_parent.items():
        is_one = parent not in runs and parts_among(each.folder.name for each in siblings)
        yield from [_together(siblings)] if is_one else siblings


def _together(parts: list[Found]) -> Found:
    return Found(
        parts[0].name.rpartition("/")[0] or ".",
        parts[0].folder.parent,
        sum(part.size_bytes for part in parts),
        min(part.first_written for part in parts),
        max(part.last_written for part in parts),
    )


def _walk(root: Path, most: int | None = None, missed: list[str] | None = None) -> Iterator[Found]:
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
        except FileNotFoundError:  # it went while we looked
            continue
        except OSError:
            if missed is not None:
                missed.append(name)
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
        except PermissionError:  # so it is with all of them
            raise
        except OSError:  # it went while we looked
            continue
    if not files:
        return None, below
    written = [status.st_mtime for status in files]
    size_bytes = sum(status.st_size for status in files)
    return Found(name, folder, size_bytes, min(written), max(written)), below
