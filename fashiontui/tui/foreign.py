"""Event files that others wrote, as runs that can only be looked at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fashiontui.runs.find import list_runs
from fashiontui.runs.registry.database import NAME
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.state import RunState
from fashiontui.tui.project import FOREIGN

if TYPE_CHECKING:
    from fashiontui.tfevents.discover import Found


def is_foreign(logs: Path) -> bool:
    """Whether a folder has event files and no run of ours."""
    if (logs / NAME).exists() or not logs.is_dir() or list_runs(logs):
        return False
    from fashiontui.tfevents.discover import holds_any  # noqa: PLC0415 - numpy: our own runs do without

    return holds_any(logs)


def foreign_entries(logs: Path, missed: list[str]) -> tuple[Entry, ...]:
    """Its folders with event files, as runs; those written to last come last. `missed` gets what can't be read."""
    from fashiontui.tfevents.discover import discover  # noqa: PLC0415 - as above

    return tuple(sorted(map(_entry, discover(logs, missed)), key=_age))


def _entry(found: Found) -> Entry:
    return Entry(
        key=found.name,
        state=RunState.FINISHED,
        state_since=found.last_written,
        wanted=Wanted.RUN,
        asked=None,
        resume=False,
        device="",
        threads=None,
        slot=None,
        priority=0,
        position=0.0,
        created=found.first_written,
        reason="",
        worker=None,
        attempts=0,
        log_offset=0,
        facts={
            FOREIGN: True,
            "experiment": found.name.partition("/")[0],
            "run_id": found.name,
            "created": found.last_written,
            "log_dir": str(found.folder),
        },
    )


def _age(entry: Entry) -> tuple[float, str]:
    return entry.state_since, entry.key
