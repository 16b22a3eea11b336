"""Options that several commands share, and where a command finds its config and its logs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

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


@dataclass(frozen=True, slots=True)
class Places:
    """What was said on the command line about where things are."""

    config: Path | None = None
    logs: Path | None = None

    def or_else(self, other: Places) -> Places:
        """These, filled up from others."""
        return Places(self.config or other.config, self.logs or other.logs)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What was said on the command line; None where nothing was."""

    names: tuple[str, ...] = ()
    device: str | None = None
    settings: tuple[str, ...] = ()
    epochs: int | None = None
    seed: int | None = None
    seeds: int | None = None
    dataset: str | None = None
    data_dir: Path | None = None
    threads: int | None = None
    assertions: tuple[str, ...] = ()
    resume: str | None = None
    detach: bool = False
    missing: bool = False
    missing_from: tuple[Path, ...] = ()  # implies `missing`
    as_json: bool = False


def places(context: typer.Context, config: Path | None, logs: Path | None = None) -> Places:
    """Options given after the command, else those before it."""
    before = context.obj if isinstance(context.obj, Places) else Places()
    return Places(config, logs).or_else(before)
