"""The table kept in step with the run folders."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from fashiontui.errors import RunError
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.registry import folders, rows
from fashiontui.runs.registry.folders import Found
from fashiontui.runs.registry.storage import Storage
from fashiontui.runs.registry.watch import Changes, Watch, run_folders

Put = Callable[[sqlite3.Connection, Iterable[Found]], object]
Progress = Callable[[int, int], None]


class Index:
    """Reads run folders on behalf of a table, and remembers what it has seen."""

    def __init__(self, logs: Path, host: str, clock: Callable[[], float]) -> None:
        self._logs = logs
        self._host = host
        self._clock = clock
        self._watch = Watch(logs, clock)
        self._seen: dict[str, int] = {}  # when the run.json was written that was read

    def fill(self, connection: sqlite3.Connection) -> int:
        """Give an empty table a row for each run; how many there are."""
        folders.put(connection, self._readable(run_folders(self._logs), []))
        return len(rows.keys(connection))

    def refresh(self, storage: Storage) -> bool:
        """Take in what came, drop what went; in a table nobody else keeps up to date, what changed too.

        Whether there was any of that.
        """
        changes = self._watch.look(lambda: storage.read(rows.keys))
        try:
            return self._apply(storage, changes)
        except BaseException:
            self._watch.look_at_all()
            raise

    def _apply(self, storage: Storage, changes: Changes) -> bool:
        unreadable = self._put(storage, changes.new, folders.put)
        self._watch.look_again(paths.experiment for paths in unreadable)
        rewritten = self._rewritten(storage) if storage.read_only else []
        self._put(storage, rewritten, folders.put_over)
        if changes.gone:
            spared = () if storage.read_only else rows.LIVE
            storage.index(lambda connection: rows.remove(connection, changes.gone, spared))
        return len(changes.new) > len(unreadable) or bool(changes.gone or rewritten)

    def take_in(self, storage: Storage, paths: RunPaths) -> None:
        """Give one folder a row, if it is a run's that can be read."""
        self._put(storage, [paths], folders.put)

    def reindex(self, storage: Storage, progress: Progress | None) -> tuple[int, int]:
        """Read everything anew; how many runs there are, and how many run.json can't be read."""
        known = storage.read(rows.since)
        runs = run_folders(self._logs)
        told = _telling(runs, progress) if progress else runs
        put = folders.put_over if storage.read_only else partial(folders.put_anew, known=known)
        unreadable = self._put(storage, told, put)
        there = {paths.key for paths in runs} - {paths.key for paths in unreadable}
        storage.index(lambda connection: rows.remove(connection, set(known) - there, rows.LIVE))
        return len(there), sum(paths.record.exists() for paths in unreadable)

    def _put(self, storage: Storage, runs: Iterable[RunPaths], put: Put) -> list[RunPaths]:
        """Read folders and put them into the table, some at a time; those that can't be read."""
        unreadable: list[RunPaths] = []
        for batch in folders.batches(self._readable(runs, unreadable)):
            storage.index(partial(_put_batch, put=put, batch=batch))
        return unreadable

    def _readable(self, runs: Iterable[RunPaths], unreadable: list[RunPaths]) -> Iterator[Found]:
        for paths in runs:
            self._seen[paths.key] = _written_ns(paths)
            try:
                yield folders.read_folder(paths, self._host, self._clock())
            except RunError:
                unreadable.append(paths)

    def _rewritten(self, storage: Storage) -> list[RunPaths]:
        known = (RunPaths(self._logs / key) for key in storage.read(rows.keys))
        return [paths for paths in known if _written_ns(paths) != self._seen.get(paths.key)]


def _put_batch(connection: sqlite3.Connection, put: Put, batch: list[Found]) -> None:
    put(connection, batch)


def _telling(runs: list[RunPaths], progress: Progress) -> Iterator[RunPaths]:
    for done, paths in enumerate(runs):
        progress(done, len(runs))
        yield paths
    progress(len(runs), len(runs))


def _written_ns(paths: RunPaths) -> int:
    try:
        return paths.record.stat().st_mtime_ns
    except OSError:
        return 0
