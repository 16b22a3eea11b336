"""Runs that came to nothing before they began leave no folder behind."""

from __future__ import annotations

import contextlib
import shutil
from typing import Final

from fashiontui.errors import (
    ConfigError,
    DataCorruptError,
    DataMissingError,
    DeviceError,
    FashiontuiError,
    UnknownNameError,
)
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord

NOT_THE_RUNS_FAULT: Final[tuple[type[FashiontuiError], ...]] = (
    DeviceError, DataMissingError, DataCorruptError, UnknownNameError, ConfigError,
)  # fmt: skip
"""Not so what a network or a dataset of the user's own may do wrong: the traceback is in the run's log."""


def discard_untrained(paths: RunPaths, record: RunRecord) -> bool:
    """Remove the folder of a run whose device or data were not there, if it holds no events; whether it did."""
    kinds = [kind.__name__ for kind in NOT_THE_RUNS_FAULT]
    if record.failure is None or record.failure.kind not in kinds:
        return False
    if any(paths.root.glob("*tfevents*")) or paths.checkpoint.exists():
        return False
    remove_folder(paths)
    return True


def remove_folder(paths: RunPaths) -> None:
    """Remove a run's folder, and that of its experiment if it was the last one."""
    shutil.rmtree(paths.root)
    with contextlib.suppress(OSError):  # its experiment has other runs
        paths.root.parent.rmdir()
