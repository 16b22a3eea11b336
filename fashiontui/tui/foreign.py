"""Event files that others wrote, as runs that can only be looked at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from fashiontui.errors import EventFileError
from fashiontui.runs.find import list_runs
from fashiontui.runs.registry.database import NAME
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.state import RunState
from fashiontui.tui.project import FOREIGN

NO_FOLDER: Final = "."


def is_foreign(logs: Path) -> bool:
    """Whether a folder has event files and no run of ours."""
    if (logs / NAME).exists() or not logs.is_dir() or list_runs(logs):
        return False
    return bool(_folders(logs))


def foreign_entries(logs: Path) -> tuple[Entry, ...]:
    """Its folders with event files, as runs; those written to last come last."""
    return tuple(sorted((_entry(logs, folder) for folder in _folders(logs)), key=_age))


def _folders(logs: Path) -> list[Path]:
    from fashiontui.tfevents.reader import find_runs  # noqa: PLC0415 - numpy: our own runs do without

    try:
        return find_runs(logs)
    except EventFileError:
        return []


def _entry(logs: Path, folder: Path) -> Entry:
    from fashiontui.tfevents.reader import event_files  # noqa: PLC0415 - as above

    name = folder.relative_to(logs).as_posix()
    written = [path.stat().st_mtime for path in event_files(folder) if os.access(path, os.R_OK)]
    since = max(written, default=0.0)
    return Entry(
        key=name,
        state=RunState.FINISHED,
        state_since=since,
        wanted=Wanted.RUN,
        asked=None,
        resume=False,
        device="",
        threads=None,
        slot=None,
        priority=0,
        position=0.0,
        created=min(written, default=0.0),
        reason="",
        worker=None,
        attempts=0,
        log_offset=0,
        facts={
            FOREIGN: True,
            "experiment": name.partition("/")[0],
            "run_id": name,
            "created": since,
            "log_dir": str(folder),
        },
    )


def _age(entry: Entry) -> tuple[float, str]:
    return entry.state_since, entry.key
