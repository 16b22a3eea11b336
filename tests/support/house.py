"""A logs folder and its supervisor, for tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState
from fashiontui.supervisor.charge import kill_group
from fashiontui.supervisor.loop import Supervisor
from fashiontui.supervisor.starter import FreshStarter, Handle, Start, Starter
from support.fakes import fake_command, make_run, until


class Remembering:
    """A starter that keeps what it started, so that all of it can be collected in the end."""

    def __init__(self, starter: Starter) -> None:
        self._starter = starter
        self._handles: list[Handle] = []

    def start(self, start: Start) -> Handle | None:
        handle = self._starter.start(start)
        self._handles += [handle] if handle is not None else []
        return handle

    def close(self) -> None:
        self._starter.close()

    def collect(self) -> None:
        for handle in self._handles:
            kill_group(handle.identity)
            until(lambda handle=handle: handle.poll() is not None)


class House:
    """A logs folder with a supervisor in this process, that ticks when it is told to. Its workers are fakes."""

    def __init__(self, logs: Path, starter: Starter | None = None, cores: int = 1, gpus: int = 0) -> None:
        self.logs = logs
        self.said: list[str] = []
        self.registry = Registry.open(logs, warn=self.said.append)
        self._own = Registry.open(logs, warn=self.said.append)
        self._starter = Remembering(starter or FreshStarter(fake_command("as-told")))
        self._cores, self._gpus = cores, gpus
        self.supervisor = self.new_supervisor()
        self._runs = 0

    def new_supervisor(self) -> Supervisor:
        """One more, as after the death of the one before."""
        self.supervisor = Supervisor(
            self._own, self._starter, cores=range(self._cores), gpus=self._gpus, say=self.said.append
        )
        return self.supervisor

    def add(self, behaviour: str = "finish", **changes: object) -> RunPaths:
        """Queue a run whose worker behaves so."""
        paths = make_run(self.logs, "lr", f"20261123-09{self._runs:04}-k3f", **changes)
        self._runs += 1
        self.behave(paths, behaviour)
        self.registry.enqueue([paths])
        return paths

    def behave(self, paths: RunPaths, behaviour: str) -> None:
        """How its worker will behave from its next start on."""
        (paths.root / "behaviour").write_text(behaviour)

    def entry(self, paths: RunPaths) -> Entry:
        """What the registry says of a run."""
        entry = self.registry.entry(paths.key)
        assert entry is not None
        return entry

    def until(self, happened: Callable[[], bool]) -> None:
        """Tick until it happens."""

        def ticked() -> bool:
            self.supervisor.tick()
            return happened()

        until(ticked, lambda: "\n".join(self.said))

    def until_state(self, paths: RunPaths, *states: RunState) -> RunRecord:
        """Tick until a run is in one of these states, in the registry and in run.json; its record."""
        self.until(lambda: self.entry(paths).state in states)
        record = RunRecord.load(paths.record)
        assert record.state in states
        return record

    def until_training(self, paths: RunPaths) -> None:
        """Tick until its worker is known and has begun to train."""
        self.until(
            lambda: self.entry(paths).state is RunState.RUNNING and self.entry(paths).worker is not None
        )

    def until_idle(self) -> None:
        """Tick until nothing is live or waits."""
        self.until(lambda: not self.supervisor.has_work)

    def ask(self, paths: RunPaths, wanted: Wanted) -> Entry:
        """Want something of a run, as a client does."""
        return self.registry.ask(paths.key, wanted)

    def close(self) -> None:
        """Kill what is left."""
        self._starter.collect()
        self.supervisor.close()
        self.registry.close()
        self._own.close()
