"""Runs in the queue, followed to their ends, and what came of them."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from typing import Final

from fashiontui.errors import RunError
from fashiontui.headless.follow import Watch, why_lost
from fashiontui.headless.interrupts import Interrupts
from fashiontui.headless.renderer import Renderer
from fashiontui.headless.verdict import Session, Verdict
from fashiontui.headless.words import short_path
from fashiontui.runs.discard import remove_folder
from fashiontui.runs.outcome import outcome_of
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState
from fashiontui.supervisor.lead import TICK_S, Lead

LOOK_EVERY: Final = 6  # ticks; a worker replaces its progress no more than four times a second
LISTED: Final = 5


class Conductor:
    """Follows runs of one logs folder, and supervises that folder itself where nobody else does.

    A run that fails does not keep the next from its turn; a stop does.
    """

    def __init__(
        self, registry: Registry, lead: Lead, renderer: Renderer, interrupts: Interrupts, verdict: Verdict
    ) -> None:
        self._registry = registry
        self._lead = lead
        self._renderer = renderer
        self._interrupts = interrupts
        self._verdict = verdict
        self._watches: dict[str, Watch] = {}  # of the runs that have not ended
        self._entries: dict[str, Entry] = {}  # likewise, as last read
        self._version: int | None = None
        self._asked: Wanted | None = None
        self._waits_for = ""
        self._not_started: list[RunPaths] = []

    def carry_out(self, keys: Sequence[str]) -> Session:
        """Follow all these runs to their ends, or until the terminal hangs up: then they go on unwatched."""
        for key in keys:
            paths = RunPaths(self._registry.logs / key)
            self._watches[key] = Watch(paths, self._renderer, RunRecord.load(paths.record))
        ticks = 0
        while self._watches and not self._interrupts.hung_up:
            self._lead.tick()
            self._pass_on()
            self._read_registry()
            if ticks % LOOK_EVERY == 0:
                self._look()
            ticks += 1
            time.sleep(TICK_S)
        self._verdict.session.hung_up = self._interrupts.hung_up
        self._say_what_was_left()
        return self._verdict.session

    def _pass_on(self) -> None:
        """Hand what the user asks on to all runs: stop, then kill, each once."""
        wanted = None
        if self._interrupts.kill_asked:
            wanted = Wanted.KILL
        elif self._interrupts.stop_asked:
            wanted = Wanted.STOP
        if wanted is None or wanted is self._asked:
            return
        self._asked = wanted
        if wanted is Wanted.STOP:
            live = [key for key, entry in self._entries.items() if entry.state.is_live]
            if live:
                names = ", ".join(key.replace("/", " ") for key in live)
                self._renderer.note(f"stopping {names} after a checkpoint; Ctrl-C again ends it at once")
        for key in self._watches:
            self._registry.ask(key, wanted)
        self._version = None  # what we wrote ourselves counts as news too

    def _read_registry(self) -> None:
        """Take in what has changed; conclude what has ended."""
        version = self._registry.version()
        if version == self._version:
            return
        self._version = version
        for key in list(self._watches):
            entry = self._registry.entry(key)
            if entry is None or not self._watches[key].paths.root.exists():  # on its way to the trash
                self._lose(key)
            elif entry.state.is_ended:
                self._conclude(entry)
            else:
                self._note_entry(entry)
        self._say_what_it_waits_for()

    def _note_entry(self, entry: Entry) -> None:
        before = self._entries.get(entry.key)
        self._entries[entry.key] = entry
        if entry.state.is_live and (before is None or not before.state.is_live):
            self._renderer.preparing(self._watches[entry.key].paths, entry.experiment)

    def _look(self) -> None:
        for key, entry in self._entries.items():
            if entry.state.is_live:
                self._watches[key].look()

    def _conclude(self, entry: Entry) -> None:
        watch = self._watches[entry.key]
        try:
            record = RunRecord.load(watch.paths.record)
        except RunError:  # it is about to be dropped
            return self._lose(entry.key)
        self._forget(entry.key)
        if not record.state.is_ended:  # nobody was there to write it down: the registry knows
            record = record.in_state(entry.state)
        watch.look()
        if not watch.has_begun and record.state in (RunState.STOPPED, RunState.PAUSED):
            return self._note_not_started(watch.paths, record)
        if self._verdict.pronounce(watch.paths, record):
            self._registry.forget(entry.key)
        if self._verdict.hopeless:
            self._give_up_the_rest()
        return None

    def _lose(self, key: str) -> None:
        """Tell of a run that nobody knows of any more: nothing was measured, so not all is well."""
        watch = self._watches[key]
        self._forget(key)
        record = watch.first_record.in_state(RunState.LOST, failure=why_lost(watch.paths))
        self._verdict.pronounce(watch.paths, record)

    def _forget(self, key: str) -> None:
        del self._watches[key]
        self._entries.pop(key, None)

    def _note_not_started(self, paths: RunPaths, record: RunRecord) -> None:
        self._not_started.append(paths)
        outcome = outcome_of(paths, record)
        if self._verdict.hopeless:
            self._registry.forget(paths.key)
            remove_folder(paths)
            outcome["log_dir"] = None
        else:
            self._verdict.session.interrupted = True
        self._renderer.not_started(outcome)

    def _give_up_the_rest(self) -> None:
        """Take what has not begun out of the queue again: it would fail alike."""
        for key in self._watches:
            self._registry.ask(key, Wanted.STOP)
        self._version = None

    def _say_what_it_waits_for(self) -> None:
        """Why none of our runs moves, where none does."""
        reasons = [entry.reason for entry in self._entries.values() if entry.reason]
        if any(entry.state.is_live for entry in self._entries.values()) or not reasons:
            return
        if reasons[0] != self._waits_for:
            self._waits_for = reasons[0]
            self._renderer.note(f"waiting: {reasons[0]}")

    def _say_what_was_left(self) -> None:
        if not self._not_started:
            return
        names = [paths.key for paths in self._not_started]
        more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
        self._renderer.note(f"not started: {', '.join(names[:LISTED])}{more}")
        if not self._verdict.hopeless:
            folders = " ".join(shlex.quote(short_path(str(paths.root))) for paths in self._not_started)
            self._renderer.note(f"to put them back into the queue: fashiontui resume {folders}")
