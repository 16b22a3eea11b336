"""The registries that commands work with."""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import TracebackType
from typing import Self

from fashiontui.cli.reporting import warn
from fashiontui.errors import RunError
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.registry.database import NAME
from fashiontui.runs.registry.store import Registry


def open_registry(logs: Path) -> Registry:
    """The registry of a logs folder, up to date with what is in it. A folder that is not there is not made."""
    registry = Registry.open(logs, warn=warn, create=logs.is_dir())
    registry.refresh()
    return registry


class Registries:
    """That of the logs folder, and those of other folders that runs were named in by path; opened when needed."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._open: dict[Path, Registry] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.ExitStack() as closing:
            for registry in self._open.values():
                closing.callback(registry.close)

    def at(self, logs: Path) -> Registry:
        """That of a logs folder; RunError for another folder that no runs were queued in yet: it may be none."""
        if logs not in self._open:
            if logs != self._logs and not (logs / NAME).exists():
                raise RunError(f"{logs} has no {NAME}", f"If it is a folder of runs: --logs {logs}")
            self._open[logs] = open_registry(logs)
        return self._open[logs]

    def of(self, paths: RunPaths) -> Registry:
        """That of a run."""
        return self.at(paths.logs)
