"""Reads a project into snapshots. Belongs to one thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from fashiontui.config.problems import printable
from fashiontui.errors import FashiontuiError
from fashiontui.supervisor.ensure import ensure_supervisor
from fashiontui.tui.alarms import Alarms
from fashiontui.tui.datastatus import DataStatus
from fashiontui.tui.experimentsfile import ExperimentsFile
from fashiontui.tui.foreign import foreign_entries, is_foreign
from fashiontui.tui.options import AppOptions
from fashiontui.tui.project import ProjectSnapshot
from fashiontui.tui.runswatch import RunsWatch
from fashiontui.tui.words import lines_of

ATTEND_S: Final = 10.0
MOST_NAMED: Final = 3
AGE_S: Final = 10.0  # what is shown is never older, even where nothing changes but the time


class ProjectReader:
    """Its experiments file and its runs, looked at again each time `read` is called."""

    def __init__(self, options: AppOptions, warn: Callable[[str], None]) -> None:
        self._options = options
        self._warn = warn
        self._file = ExperimentsFile(options.config, options.fallback_config)
        self._data = DataStatus(options)
        self._runs: RunsWatch | None = None
        self._alarms = Alarms(options.logs)
        self._seen: object = None
        self._made = 0.0
        self._attended = 0.0
        self._missed: set[str] = set()  # folders of another program's that can't be read
        self._devices: Mapping[str, int] = {}  # as the file last gave them

    def close(self) -> None:
        """Let go of the folder."""
        if self._runs is not None:
            self._runs.close()
            self._runs = None

    def attend(self, now: float) -> None:
        """See that there is a supervisor: for what waits, and so that what comes starts at once."""
        runs = self._runs
        is_ours = runs is not None and not runs.read_only and not runs.is_provisional
        if not is_ours or not self._options.supervises or now - self._attended < ATTEND_S:
            return
        self._attended = now
        try:
            ensure_supervisor(self._options.logs)
        except FashiontuiError as error:
            self._warn(str(error))

    def read(self, now: float) -> ProjectSnapshot | None:
        """What there is now; None where that is what there was."""
        is_new = self._file.poll()
        if self._made:  # something is on the screen: there is time to look for data
            is_new = self._data.poll(self._file.config, now) or is_new
        try:
            snapshot = self._read_runs(now, is_new=is_new)
        except FashiontuiError as error:
            snapshot = self._in_trouble(now, str(error), is_new=is_new)
        except OSError as error:
            snapshot = self._in_trouble(now, f"{error.filename}: {error.strerror}", is_new=is_new)
        if snapshot is not None:
            self._made = now
        return snapshot

    def _read_runs(self, now: float, *, is_new: bool) -> ProjectSnapshot | None:
        logs = self._options.logs
        is_due = now - self._made >= AGE_S
        if self._runs is None and is_foreign(logs):
            missed: list[str] = []
            entries = foreign_entries(logs, missed)
            self._tell_missed(missed)
            seen = [(entry.key, entry.state_since) for entry in entries]
            blank = replace(self._blank(now), entries=entries, outline=(), read_only=True, foreign=True)
            return self._unless_seen(blank, seen, is_new=is_new or is_due)
        if self._runs is None or (self._runs.is_provisional and logs.is_dir()):
            self.close()
            self._runs = RunsWatch(logs, read_only=self._options.read_only, warn=self._warn)
        if is_new:
            self._give_devices(self._runs)
        is_alarmed = self._alarms.look(now)
        if self._runs.poll() or is_new or is_due or is_alarmed:
            self._seen = None
            snapshot = self._runs.snapshot(self._blank(now))
            self._alarms.follow(snapshot.entries)
            return snapshot
        return None

    def _tell_missed(self, missed: list[str]) -> None:
        """Folders that can't be read, once."""
        new = sorted(set(missed) - self._missed)
        self._missed.update(missed)
        if new:
            some = ", ".join(map(printable, new[:MOST_NAMED])) + (", …" if len(new) > MOST_NAMED else "")
            what = "1 folder" if len(new) == 1 else f"{len(new)} folders"
            self._warn(f"{what} can't be read, nor what is in there: {some}. May you look into it?")

    def _give_devices(self, runs: RunsWatch) -> None:
        """What a changed file says of them holds for runs that wait already; not what an unchanged one leaves open."""
        config = self._file.config
        if config is not None and config.devices != self._devices:
            self._devices = config.devices
            runs.give_devices(config.devices)

    def _in_trouble(self, now: float, trouble: str, *, is_new: bool) -> ProjectSnapshot | None:
        self.close()
        return self._unless_seen(replace(self._blank(now), trouble=trouble), trouble, is_new=is_new)

    def _unless_seen(
        self, snapshot: ProjectSnapshot, seen: object, *, is_new: bool
    ) -> ProjectSnapshot | None:
        is_known, self._seen = seen == self._seen, seen
        return None if is_known and not is_new else snapshot

    def _blank(self, now: float) -> ProjectSnapshot:
        return ProjectSnapshot(
            logs=self._options.logs,
            config_path=self._file.path,
            config=self._file.config,
            outline=self._file.outline,
            config_error=lines_of(self._file.error),
            read_only=self._options.read_only,
            data=self._data.word,
            alerts=self._alarms.told,
            is_loaded=True,
            now=now,
        )
