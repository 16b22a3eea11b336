"""Which run folders came, and which went."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fashiontui.runs.paths import RunPaths

SETTLED_NS: Final = (
    2_000_000_000  # a folder changed more recently may change again within one tick of its clock
)


@dataclass(frozen=True, slots=True)
class Changes:
    """Folders that may be new runs, oldest first, and keys whose folders are gone."""

    new: tuple[RunPaths, ...] = ()
    gone: tuple[str, ...] = ()


class Watch:
    """Lists a folder of runs only if it was changed since it was last listed."""

    def __init__(self, logs: Path, clock: Callable[[], float]) -> None:
        self._logs = logs
        self._clock = clock
        self._experiments: frozenset[str] | None = None  # that were there; None: nobody has looked yet
        self._listed: dict[
            str, int
        ] = {}  # those that need not be listed again until they change; when they had

    def look(self, known: Callable[[], Iterable[str]]) -> Changes:
        """What came and went, as far as the keys that `known` gives go; it is asked only if need be."""
        experiments = _changed_ns(self._logs)
        unlisted = {name for name, changed_ns in experiments.items() if self._listed.get(name) != changed_ns}
        if not unlisted and experiments.keys() == self._experiments:
            return Changes()
        keys = frozenset(known())  # before folders are listed: what is enqueued from now on is not gone
        now_ns = int(self._clock() * 1e9)
        there = {f"{name}/{run}" for name in unlisted for run in subfolders(self._logs / name)}
        self._experiments = frozenset(experiments)
        self._listed = {
            name: changed_ns
            for name, changed_ns in experiments.items()
            if name not in unlisted or now_ns - changed_ns > SETTLED_NS
        }
        listed = experiments.keys() - unlisted
        gone = (key for key in keys - there if key.partition("/")[0] not in listed)
        return Changes(
            new=tuple(in_order(RunPaths(self._logs / key) for key in there - keys)),
            gone=tuple(key for key in gone if _is_gone(self._logs / key)),
        )

    def look_again(self, experiments: Iterable[str]) -> None:
        """List these experiments' folders the next time in any case."""
        for experiment in experiments:
            self._listed.pop(experiment, None)

    def look_at_all(self) -> None:
        """List all folders the next time: what was told of them was in vain."""
        self._experiments = None
        self._listed.clear()


def run_folders(logs: Path) -> list[RunPaths]:
    """All folders two below a logs folder that may be runs', oldest first."""
    return in_order(
        RunPaths.of(logs, name, run) for name in subfolders(logs) for run in subfolders(logs / name)
    )


def in_order(runs: Iterable[RunPaths]) -> list[RunPaths]:
    """Oldest first."""
    return sorted(runs, key=lambda paths: (paths.run_id, paths.experiment))


def subfolders(folder: Path) -> list[str]:
    """Names of the folders in one, but for hidden ones; none where it can't be looked into."""
    return [item.name for item in _subfolders(folder)]


def _changed_ns(folder: Path) -> dict[str, int]:
    """When each folder in one was changed."""
    changed = {}
    for item in _subfolders(folder):
        try:
            changed[item.name] = item.stat().st_mtime_ns
        except OSError:  # gone at this very moment
            changed[item.name] = 0
    return changed


def _subfolders(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return [item for item in found if not item.name.startswith(".") and item.is_dir()]
    except OSError:
        return []


def _is_gone(folder: Path) -> bool:
    try:
        folder.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:  # not for us to see
        return False
    return False
