"""The registry of a logs folder: the queue, what is wanted of each run and what is, and facts of all of them."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from fashiontui.runs.identity import ProcessIdentity
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry import clients, folders, rows, workers
from fashiontui.runs.registry.database import Database, can_be_written
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.registry.facts import facts_of
from fashiontui.runs.registry.index import Index
from fashiontui.runs.registry.memory import Memory
from fashiontui.runs.registry.packing import pack
from fashiontui.runs.registry.storage import Storage
from fashiontui.runs.registry.tell import tell_folder
from fashiontui.runs.state import RunState

Clock = Callable[[], float]


class Registry:
    """One connection, for one thread. Every method is one short transaction, whole or not at all.

    Where the folder can't be written, or nothing is to be made, it is an index in memory (`read_only`), and methods
    that would change something raise RunError.
    """

    def __init__(self, logs: Path, storage: Storage, index: Index, clock: Clock) -> None:
        self.logs = logs
        self._storage = storage
        self._index = index
        self._clock = clock

    @classmethod
    def open(
        cls,
        logs: Path,
        *,
        warn: Callable[[str], None],
        create: bool = True,
        read_only: bool = False,
        host: str | None = None,
        clock: Clock = time.time,
    ) -> Self:
        """Open the registry of a folder; a missing or damaged one is made anew from the run folders.

        Without `create` nothing is made where there was nothing; with `read_only` not even the database is touched.
        RunError where the database is a newer version's.
        """
        index = Index(logs, host or platform.node(), clock)
        usable = not read_only and can_be_written(logs, create=create)
        storage = Database(logs, index.fill, warn, clock) if usable else Memory(logs, index.fill)
        return cls(logs, storage, index, clock)

    def close(self) -> None:
        """Let go of the database."""
        self._storage.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def read_only(self) -> bool:
        """Whether this is an index in memory."""
        return self._storage.read_only

    def version(self) -> int:
        """Another number once another connection has changed something; our own changes may not count."""
        return self._storage.version()

    def is_replaced(self) -> bool:
        """Whether the database is another one than was opened; this object has gone over to it, or will."""
        return self._storage.is_replaced()

    # What there is.

    def entries(self, states: Collection[RunState] = ()) -> list[Entry]:
        """All runs, or those in these states: the queued ones last, in the queue's order; the rest oldest first."""
        return self._storage.read(lambda connection: rows.select_states(connection, self.logs, states))

    def entry(self, key: str) -> Entry | None:
        """One run."""
        return self._storage.read(lambda connection: rows.select_one(connection, self.logs, key))

    def queue(self) -> list[Entry]:
        """Runs that wait for a slot, the next one first."""
        return self.entries([RunState.QUEUED])

    def live(self) -> list[Entry]:
        """Runs a supervisor has in hand."""
        return self.entries(rows.LIVE)

    def setting(self, name: str) -> str | None:
        """What was set by that name."""
        query = "SELECT value FROM settings WHERE name = ?"
        found = self._storage.read(lambda connection: connection.execute(query, (name,)).fetchone())
        return None if found is None else str(found[0])

    def set_setting(self, name: str, value: str) -> None:
        """Keep a value for all who open this registry."""
        if self.setting(name) != value:
            query = "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)"
            self._storage.write(lambda connection: connection.execute(query, (name, value)))

    # What clients do.

    def enqueue(self, runs: Iterable[RunPaths], *, priority: int = 0) -> None:
        """Queue new runs, all or none, in that order behind all others."""
        found = [folders.read_folder(paths, None, self._clock()) for paths in runs]
        self._storage.write(lambda connection: folders.enqueue(connection, found, priority))

    def ask(self, key: str, wanted: Wanted) -> Entry:
        """Want something of a run; how it stands then. One that has ended stays as it is."""
        self._know(key)
        now = self._clock()
        entry = self._storage.write(lambda connection: clients.ask(connection, self.logs, key, wanted, now))
        self._tell(key)
        return entry

    def requeue(self, key: str) -> Entry:
        """Have a run go on from its checkpoint, as its run.json asks for now; RunError where it has finished."""
        self._know(key)
        now, request = self._clock(), RunRecord.load(RunPaths(self.logs / key).record).request
        entry = self._storage.write(
            lambda connection: clients.requeue(connection, self.logs, key, request, now)
        )
        self._tell(key)
        return entry

    def move(self, key: str, *, priority: int | None = None, before: str | None = None) -> Entry:
        """Reorder the queue: another priority, or the place (and priority) before another run."""
        return self._storage.write(
            lambda connection: clients.move(connection, self.logs, key, priority, before)
        )

    def forget(self, key: str) -> None:
        """Drop a run whose folder was moved away; RunError while it is live."""
        self._storage.write(lambda connection: clients.forget(connection, self.logs, key))

    # What the supervisor notes.

    def claim(self, key: str, slot: str) -> Entry | None:
        """Take a queued run to start it; None where someone was faster, or it is wanted no more."""
        now = self._clock()
        return self._storage.write(lambda connection: workers.claim(connection, self.logs, key, slot, now))

    def unclaim(self, key: str) -> None:
        """Give back a claimed run whose worker was never started."""
        now = self._clock()
        entry = self._storage.write(lambda connection: workers.unclaim(connection, self.logs, key, now))
        if entry is not None:
            self._tell(key)

    def note_worker(self, key: str, identity: ProcessIdentity, log_offset: int) -> None:
        """Remember who works on a run, and how much of its log is older."""
        now = self._clock()
        self._storage.write(
            lambda connection: workers.note_worker(connection, key, identity, log_offset, now)
        )

    def note_asked(self, key: str, asked: Wanted) -> None:
        """Remember what a worker was signalled."""
        self._storage.write(lambda connection: rows.update(connection, key, asked=asked.value))

    def note_reasons(self, reasons: Mapping[str, str]) -> None:
        """Say why queued runs wait; writes only what is new."""
        known = self._storage.read(rows.reasons)
        new = {key: reason for key, reason in reasons.items() if known.get(key, reason) != reason}
        if new:
            self._storage.write(lambda connection: workers.note_reasons(connection, new))

    def note_state(self, key: str, state: RunState, record: RunRecord | None) -> None:
        """Note a run's state and, from its record, facts.

        One that was paused or stopped on demand, and is wanted to go on since, is queued again.
        """
        since, facts = self._clock(), None
        if record is not None:
            if record.state is state:
                since = record.state_since.timestamp()
            paths = RunPaths(self.logs / key)
            facts = pack(facts_of(paths, record.model_copy(update={"state": state})))
        queued = self._storage.write(
            lambda connection: workers.note_state(connection, self.logs, key, state, since=since, facts=facts)
        )
        if queued:
            self._tell(key)

    # What the run folders say.

    def refresh(self) -> bool:
        """Take in run folders that came, drop those that went; whether any did. Costs little where none did."""
        return self._index.refresh(self._storage)

    def reindex(self, progress: Callable[[int, int], None] | None = None) -> tuple[int, int]:
        """Read all run folders anew; how many runs there are, and how many run.json can't be read.

        `progress` is told how many of how many are done.
        """
        return self._index.reindex(self._storage, progress)

    def _know(self, key: str) -> None:
        """Take in a run that was named before anyone had looked for new folders."""
        if not self.read_only and self.entry(key) is None:
            self._index.take_in(self._storage, RunPaths(self.logs / key))

    def _tell(self, key: str) -> None:
        """Have run.json say what the table says; where a worker has the run, it does so itself."""

        def state() -> RunState | None:
            entry = self.entry(key)
            return None if entry is None else entry.state

        tell_folder(RunPaths(self.logs / key), state, self._clock())
