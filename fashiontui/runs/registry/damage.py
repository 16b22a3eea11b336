"""A database that can't be used any more: how to tell, and where to put it."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fashiontui.config.problems import printable
from fashiontui.errors import RunError

PRIMARY: Final = 0xFF  # the part of an extended result code that says the kind
DAMAGE: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
READ_ONLY_HINT: Final = "May you write in this folder?"
MENDABLE: Final = {
    sqlite3.SQLITE_FULL: ("the disk is full", "Make room, then repeat it: nothing was changed."),
    sqlite3.SQLITE_BUSY: ("other processes keep it busy", "Repeat it; nothing was changed."),
    sqlite3.SQLITE_LOCKED: ("other processes keep it busy", "Repeat it; nothing was changed."),
    sqlite3.SQLITE_READONLY: ("it can't be written", READ_ONLY_HINT),
    sqlite3.SQLITE_CANTOPEN: ("it can't be opened", READ_ONLY_HINT),
    sqlite3.SQLITE_PERM: ("it can't be opened", READ_ONLY_HINT),
    sqlite3.SQLITE_AUTH: ("it can't be opened", READ_ONLY_HINT),
    sqlite3.SQLITE_IOERR: ("reading or writing failed", "Is the disk full, or the folder gone?"),
    sqlite3.SQLITE_PROTOCOL: ("it can't be locked", "Is the folder on a network file system?"),
    sqlite3.SQLITE_NOLFS: ("it is too large for this file system", ""),
    sqlite3.SQLITE_NOMEM: ("memory ran out", ""),
}


class DamagedError(Exception):
    """The database is there, and is none of ours; the message says how that showed."""


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error means that the file's content is broken."""
    return _kind(error) in DAMAGE


def as_run_error(error: sqlite3.Error, path: Path) -> RunError | None:
    """The same in a user's words; None where it is no trouble with the file but a mistake of ours."""
    known = MENDABLE.get(_kind(error))
    if known is None:
        return None
    what, hint = known
    return RunError(f"{printable(str(path))}: {what} ({error})", hint)


def damaged_again(path: Path, error: DamagedError) -> RunError:
    """What to say of a database that is damaged as soon as it was made anew."""
    return RunError(f"{printable(str(path))} is damaged: {error}", "Is the disk failing?")


def set_aside(path: Path, now: float) -> Path:
    """Rename a database, and the files SQLite keeps beside it; where it is now."""
    stamp = f"{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}"
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    for end in ("", "-wal", "-shm"):  # itself first: nobody is to open it without its log
        beside = path.with_name(path.name + end)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + end))
    return aside


def _kind(error: sqlite3.Error) -> int:
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return code & PRIMARY
