"""Deleted runs: `logs/.trash/<experiment>/<run-id>`, as they were, until somebody empties it.

Moving such a folder back brings the run back: our lists pass over hidden folders, and over nothing else. A name that is
taken gets a number.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import shutil
from pathlib import Path
from typing import Final

from fashiontui.errors import RunError
from fashiontui.runs import lock
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.registry.watch import subfolders

TRASH: Final = ".trash"
TAKEN: Final = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR)


def move_to_trash(paths: RunPaths) -> Path:
    """Move a run's folder away, all of it at once; where it is now. RunError where somebody works on the run."""
    trash = paths.logs / TRASH / paths.experiment
    with lock.hold(paths.root, as_worker=False):
        try:
            moved = _renamed(paths.root, trash)
        except OSError as error:
            raise _not_moved(paths, error) from error
    remove_if_empty(paths.root.parent)
    return moved


def trashed(logs: Path, text: str) -> list[Path]:
    """The deleted runs of this very id, or `experiment/id`."""
    experiments = subfolders(logs / TRASH)
    names = ((name, run) for name in experiments for run in subfolders(logs / TRASH / name))
    return sorted(logs / TRASH / name / run for name, run in names if text in (run, f"{name}/{run}"))


def purge(folder: Path) -> None:
    """Remove a deleted run for good, and the trash with its last one."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:  # by another one, at this very moment
        return
    except OSError as error:
        raise RunError(
            f"{folder} can't be removed: {error.strerror}", "What is left of it is there."
        ) from error
    remove_if_empty(folder.parent)
    remove_if_empty(folder.parent.parent)


def remove_if_empty(folder: Path) -> None:
    """Remove a folder that holds nothing any more."""
    with contextlib.suppress(OSError):
        folder.rmdir()


def _renamed(folder: Path, trash: Path) -> Path:
    """Rename into the trash under the first name that is free, whoever else is at it."""
    for number in itertools.count(1):
        target = trash / (folder.name if number == 1 else f"{folder.name}-{number}")
        trash.mkdir(parents=True, exist_ok=True)  # whoever empties it meanwhile removes it too
        try:
            return folder.rename(target)
        except OSError as error:
            if error.errno not in TAKEN:
                raise
    raise AssertionError  # numbers do not end


def _not_moved(paths: RunPaths, error: OSError) -> RunError:
    if error.errno == errno.EXDEV:
        return RunError(
            f"{paths.root} is on another disk than {paths.logs / TRASH}",
            "Move it away by hand, or remove it.",
        )
    return RunError(
        f"{paths.root} can't be moved to {TRASH}: {error.strerror}", "May you write in this folder?"
    )
