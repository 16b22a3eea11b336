"""`fashiontui reindex`: the index of all runs, made anew from their folders."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from fashiontui.cli.reporting import warn
from fashiontui.cli.runs import unreadable
from fashiontui.config.problems import printable
from fashiontui.errors import RunError
from fashiontui.headless.words import short_path
from fashiontui.runs.registry.store import Registry

Progress = Callable[[int, int], None]


def reindex(logs: Path, out: TextIO, err: TextIO) -> None:
    """Read all run folders, and say how many there are and which can't be read. RunError where nothing can be kept."""
    if not logs.is_dir():
        raise RunError(f"there is no folder {logs}", "Name another one with --logs.")
    with Registry.open(logs, warn=warn) as registry:
        if registry.read_only:
            raise RunError(
                f"{logs} is read only: there is no index to be made", "Lists of runs work without one."
            )
        with _showing(err) as progress:
            runs, _ = registry.reindex(progress)
        remarks = unreadable(logs, registry.entries())
    count = "1 run" if runs == 1 else f"{runs} runs"
    out.write(f"{count} in {printable(short_path(str(logs)))}\n")
    err.writelines(f"{printable(remark)}\n" for remark in remarks)


@contextlib.contextmanager
def _showing(err: TextIO) -> Iterator[Progress | None]:
    """A bar on a terminal; nothing elsewhere."""
    if not err.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.progress import Progress as Bars  # noqa: PLC0415

    with Bars(console=Console(file=err), transient=True) as bars:
        task = bars.add_task("reading run folders", total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)
