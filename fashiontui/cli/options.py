"""Options that several commands share, as typer declares them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from fashiontui.cli.choices import Places
from fashiontui.errors import UsageError

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="Experiments file (default: experiments.toml, here or above)."
    ),
]
LogsOption = Annotated[
    Path | None,
    typer.Option("--logs", metavar="DIR", help="Folder of all runs (default: logs/ beside the config)."),
]
DataDirOption = Annotated[
    Path | None, typer.Option("--data-dir", metavar="DIR", help="Folder with the dataset's files.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts, one object a line.")]


def places(context: typer.Context, config: Path | None, logs: Path | None = None) -> Places:
    """Options given after the command, else those before it."""
    before = context.obj if isinstance(context.obj, Places) else Places()
    return Places(config, logs).or_else(before).expanded()


# Far more than pay: what asks for more is a slip, and ends in "can't start new thread".
MOST_THREADS: Final = 1024


def at_least(least: int, option: str, value: int | None) -> int | None:
    """An option's number; UsageError where it is less. Typer's own check knows nothing of --json."""
    if value is not None and value < least:
        raise UsageError(f"{option} {value}: must be at least {least}")
    return value


def thread_count(value: int | None) -> int | None:
    """What --threads says; UsageError where no machine has so many."""
    if value is not None and value > MOST_THREADS:
        raise UsageError(f"--threads {value}: must be at most {MOST_THREADS}")
    return at_least(1, "--threads", value)
