"""The database file: opened, made where there is none, set aside and made anew where it is damaged."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from fashiontui.config.problems import printable
from fashiontui.errors import RunError
from fashiontui.runs.registry import gate, schema
from fashiontui.runs.registry.damage import DamagedError, as_run_error, damaged_again, is_damage, set_aside
from fashiontui.runs.registry.storage import Work, connect, transact

NAME: Final = "registry.sqlite"
READ_ONLY: Final = (errno.EACCES, errno.EPERM, errno.EROFS)
GENERATION: Final = 1 << 32  # more than commits are counted between two openings of the file

T = TypeVar("T")
FileId = tuple[int, int]


class Database:
    """The file in a logs folder. `fill` gives a new one its rows and how many runs there are."""

    read_only = False

    def __init__(
        self, logs: Path, fill: Work[int], warn: Callable[[str], None], clock: Callable[[], float]
    ) -> None:
        self._logs = logs
        self._path = logs / NAME
        self._fill = fill
        self._warn = warn
        self._clock = clock
        self._connection: sqlite3.Connection | None = None
        self._file: FileId | None = None
        self._generation = 0
        self._mending(self._opened)

    def read(self, work: Work[T]) -> T:
        """Look something up."""
        return self._mending(lambda: work(self._opened()))

    def write(self, work: Work[T]) -> T:
        """Do the work in one transaction, which waits for its turn; RunError where that can't be."""
        return self._mending(lambda: self._transaction(work))

    index = write

    def version(self) -> int:
        """Another number whenever another connection has committed, or the file was replaced."""
        counted: int = self.read(lambda connection: connection.execute("PRAGMA data_version").fetchone()[0])
        return self._generation * GENERATION + counted

    def is_replaced(self) -> bool:
        """Whether the file was replaced since this was made."""
        if self._generation > 1 or self._connection is None:
            return True
        return self._telling(lambda: self._file != self._file_id())

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
        self._connection = self._file = None

    def _transaction(self, work: Work[T]) -> T:
        while True:
            connection = self._opened()
            with gate.shared(self._logs):
                if self._file == self._file_id():  # else it was replaced at this very moment
                    return transact(connection, work)

    def _mending(self, action: Callable[[], T]) -> T:
        """Do it; where the database proves damaged, once more with a new one."""
        try:
            return self._telling(action)
        except DamagedError as error:
            damage = str(error)
        self._telling(lambda: self._replace(damage))
        try:
            return self._telling(action)
        except DamagedError as error:
            raise damaged_again(self._path, error) from error

    def _telling(self, action: Callable[[], T]) -> T:
        """Turn trouble with the file into errors a user can mend, or DamagedError."""
        try:
            return action()
        except sqlite3.DatabaseError as error:
            if is_damage(error) or self._lacks_tables():
                raise DamagedError(str(error)) from error
            known = as_run_error(error, self._path)
            if known is None:
                raise
            raise known from error
        except OSError as error:
            path = printable(str(self._logs))
            raise RunError(
                f"{path}: {error.strerror}", "Is the folder still there, and may you write in it?"
            ) from error

    def _lacks_tables(self) -> bool:
        try:
            return self._connection is not None and bool(schema.missing_columns(self._connection))
        except sqlite3.Error:
            return False

    def _opened(self) -> sqlite3.Connection:
        """The connection, to the file that is there now."""
        while self._connection is None or self._file != self._file_id():
            self.close()
            self._file = self._file_id()
            if self._file is None:
                self._make()
                continue
            try:
                self._connect()
            except sqlite3.OperationalError:
                if self._file == self._file_id():  # else it was replaced at this very moment
                    raise
        return self._connection

    def _make(self) -> None:
        with gate.alone(self._logs):
            if self._file_id() is None:
                self._build()

    def _connect(self) -> None:
        connection = connect(self._path)
        try:
            self._check(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        self._generation += 1

    def _check(self, connection: sqlite3.Connection) -> None:
        """Bring the tables to this version; RunError where theirs is newer, DamagedError where they are none."""
        version, newest = schema.version_of(connection), len(schema.MIGRATIONS)
        if version > newest:
            raise RunError(
                f"{printable(str(self._path))} was made by a newer fashiontui (schema {version}; this one knows {newest})",
                "Update fashiontui. Or move the file away: a new one is made from the run folders.",
            )
        if 0 < version < newest:
            with gate.alone(self._logs):
                schema.migrate(connection, schema.MIGRATIONS)
        missing = schema.missing_columns(connection)
        if missing:
            raise DamagedError(f"it has no {missing[0]}")

    def _replace(self, reason: str) -> None:
        """Set the damaged file aside and make a new one, unless another process has just done that."""
        damaged = self._file
        self.close()
        with gate.alone(self._logs):
            if damaged is None or damaged != self._file_id():
                return
            aside = set_aside(self._path, self._clock())
            runs = self._build()
        self._warn(
            f"{printable(str(self._path))} was damaged ({printable(reason)}): it is now {aside.name}, and a new "
            f"one was made from {runs} run folders"
        )

    def _build(self) -> int:
        """Make a new file out of the run folders, and put it into place whole; how many runs it has."""
        new = self._path.with_name(f"{NAME}.new")
        _unlink(new)
        try:
            connection = connect(new, create=True)
            try:
                connection.execute("PRAGMA journal_mode = WAL")  # a property of the file, from now on
                schema.migrate(connection, schema.MIGRATIONS)
                runs = transact(connection, self._fill)
            finally:
                connection.close()
            _unlink(
                self._path
            )  # what SQLite keeps beside it, that is: a log would be taken for the new one's
            new.rename(self._path)
        except BaseException:
            _unlink(new)
            raise
        return runs

    def _file_id(self) -> FileId | None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino


def can_be_written(logs: Path, *, create: bool) -> bool:
    """Whether there is a database in this folder, or may be one, that this process can write.

    Makes the folder unless it is not to `create` anything; RunError where it is none.
    """
    if not create and not (logs / NAME).is_file():
        return False
    try:
        logs.mkdir(parents=True, exist_ok=True)
        with gate.shared(logs):
            pass
    except (FileExistsError, NotADirectoryError) as error:
        raise RunError(f"{printable(str(logs))} is not a folder", "Name another one with --logs.") from error
    except OSError as error:
        if error.errno in READ_ONLY:
            return False
        raise RunError(
            f"{printable(str(logs))}: {error.strerror}", "Name another folder with --logs."
        ) from error
    return all(_is_writable(path) for path in (logs, logs / NAME) if path.exists())


def _is_writable(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _unlink(path: Path) -> None:
    for end in ("-wal", "-shm", "-journal", ""):
        path.with_name(path.name + end).unlink(missing_ok=True)
