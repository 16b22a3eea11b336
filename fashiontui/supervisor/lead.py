"""Supervising a logs folder from within a process, for as long as nobody else does."""

from __future__ import annotations

import platform
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fashiontui.errors import RunError
from fashiontui.runs.registry.store import Registry
from fashiontui.supervisor.loop import Supervisor
from fashiontui.supervisor.presence import Guard
from fashiontui.supervisor.queue import is_held
from fashiontui.supervisor.slots import count_gpus, cpu_quota, own_cores
from fashiontui.supervisor.starter import Starter

TICK_S: Final = 0.05  # how long a wish in the registry waits to be seen
TRY_EVERY: Final = 10  # ticks: how often one who is not the supervisor looks whether there still is one


class Lead:
    """Becomes the supervisor where there is none, also when the one there was has gone."""

    def __init__(
        self,
        logs: Path,
        make_starter: Callable[[], Starter],
        say: Callable[[str], None],
        complain: Callable[[str], None] | None = None,
        is_current: Callable[[], bool] = lambda: True,
    ) -> None:
        self._logs = logs
        self._make_starter = make_starter
        self._say = say
        self._complain = complain or say
        self._is_current = is_current
        self._guard = Guard(logs)
        self._registry: Registry | None = None
        self._supervisor: Supervisor | None = None
        self._ticks = 0
        self._is_missed = False  # the registry, when it was last looked for

    @property
    def is_taken(self) -> bool:
        """Whether this is the supervisor."""
        return self._supervisor is not None

    @property
    def has_work(self) -> bool:
        """Whether this supervisor has runs, or runs wait."""
        return self._supervisor is not None and self._supervisor.has_work

    @property
    def is_outdated(self) -> bool:
        """Whether this supervisor has found that the program was replaced; it starts no more runs."""
        return self._supervisor is not None and self._supervisor.is_outdated

    @property
    def is_homeless(self) -> bool:
        """Whether the logs folder is gone: there is nothing to supervise any more, and it must not come back."""
        return not self._logs.is_dir()

    def tick(self) -> None:
        """Supervise for a moment; or see whether somebody has to."""
        is_replaced = self._registry is not None and self._registry.is_replaced()
        if self._ticks % TRY_EVERY == 0:
            self._look_around(is_replaced=is_replaced)
        self._ticks += 1
        if self._supervisor is not None and not is_replaced:
            self._supervisor.tick()

    def _look_around(self, *, is_replaced: bool) -> None:
        """A registry is made anew at the second look without it: a folder that is being removed is gone by then."""
        if self.is_homeless:
            raise RunError(f"{self._logs} is gone", "Its runs end by themselves.")
        was_missed, self._is_missed = self._is_missed, is_replaced
        if is_replaced and was_missed:
            self._is_missed = False
            self._say("the registry was replaced: opening it anew")
            self._open_anew()
        elif self._supervisor is None and self._guard.take():
            self._open()

    def take(self, patience_s: float) -> bool:
        """Become the supervisor now; whether that came to pass."""
        if self._guard.take(patience_s):
            self._open()
        return self.is_taken

    def leave(self) -> bool:
        """Give the lead up; whether runs are left that someone else has to see to. The workers live on."""
        if not self.is_taken:
            return False
        self._close()
        if self.is_homeless:
            return False
        self._guard.release()
        # Looked at after the release: whoever enqueued before it saw us alive, and relies on it; whoever
        # enqueues from now on sees that nobody is there.
        with Registry.open(self._logs, warn=self._say) as registry:
            waits = bool(registry.queue()) and not is_held(registry)  # who releases it sees to a supervisor
            return waits or bool(registry.live())

    def _open(self) -> None:
        self._registry = Registry.open(self._logs, warn=self._say)
        self._registry.refresh()
        quota = cpu_quota()
        self._supervisor = Supervisor(
            self._registry,
            self._make_starter(),
            cores=own_cores(quota, platform.node()),
            gpus=count_gpus(),
            quota=quota,
            say=self._say,
            complain=self._complain,
            is_current=self._is_current,
        )

    def _open_anew(self) -> None:
        assert self._registry is not None
        assert self._supervisor is not None
        before, self._registry = self._registry, Registry.open(self._logs, warn=self._say)
        before.close()
        self._registry.refresh()
        self._supervisor.go_over_to(self._registry)

    def _close(self) -> None:
        if self._supervisor is not None:
            self._supervisor.close()
        if self._registry is not None:
            self._registry.close()
        self._supervisor = self._registry = None
