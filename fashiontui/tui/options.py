"""What the app is started with. The environment and the command line were read before: nothing here reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Charset = Literal["braille", "block", "ascii"]


@dataclass(frozen=True, slots=True)
class AppOptions:
    """Where things are, and how they are to be shown."""

    logs: Path
    config: Path  # the experiments file; it may be missing, or have mistakes
    project: Path  # folder that relative paths and modules of the experiments file are found from
    read_only: bool = False
    low_bandwidth: bool = False
    charset: Charset = "braille"
    theme: str | None = None  # None: the one that was used last
    open_runs: tuple[str, ...] = ()  # keys of runs to open on
    editor: tuple[str, ...] = ()  # command that edits a file
    keys: Mapping[str, str] = field(default_factory=dict)  # binding id → keys, instead of ours
    data_folders: tuple[Path, ...] = ()  # where data are usually looked for, in order
    data_dir: Path | None = None  # where alone they are looked for
    argv: tuple[str, ...] = ()  # for the record of runs that are started
