"""What the app is started with. The environment and the command line were read before: nothing here reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Charset = Literal["braille", "block", "ascii"]


def _nowhere(configured: str | None) -> Sequence[Path]:
    del configured
    return ()


@dataclass(frozen=True, slots=True)
class AppOptions:
    """Where things are, and how they are to be shown."""

    logs: Path
    config: Path  # the project's own experiments file; it may be missing, or have mistakes
    project: Path  # folder that relative paths and modules of the experiments file are found from
    fallback_config: Path | None = None  # what is read where the project has none
    read_only: bool = False
    supervises: bool = True  # has a supervisor come up, so that runs start at once; tests have their own
    low_bandwidth: bool = False
    charset: Charset = "braille"
    theme: str | None = None  # None: the one that was used last
    open_runs: tuple[str, ...] = ()  # keys of runs to open on
    editor: tuple[str, ...] = ()  # command that edits a file
    keys: Mapping[str, str] = field(default_factory=dict)  # binding id → keys, instead of ours
    data_folders: Callable[[str | None], Sequence[Path]] = (
        _nowhere  # where data are, given what `dataset.dir` says
    )
    cache: Path | None = None  # where results of long computations are kept; None: nowhere
    host: str = "this machine"  # its name, for those who come from elsewhere
    argv: tuple[str, ...] = ()  # for the record of runs that are started
    owns_process: bool = False  # whether nothing else is in this process
