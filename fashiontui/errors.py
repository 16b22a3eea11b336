"""Every error a user can mend, as one tree.

FashiontuiError                 exit code 1
├── RunError                    1    a run failed, or a run folder can't be used
│   ├── RunNotFoundError        2    no such run
│   ├── CheckpointError         1    a checkpoint is missing, damaged, or of another experiment
│   └── EventFileError          2    a path holds no readable event files
├── UsageError                  2    a command line that can't be carried out
│   ├── UnknownNameError        2    no such experiment, study, dataset, …
│   ├── ConfigError             2    experiments.toml is wrong; carries every problem at once
│   ├── FilterError             2    a filter of runs can't be read; carries where
│   └── DeviceError             2    a device was asked for and is not here
├── AssertionNotMetError        3    a result is below what --assert asked
├── DataError                   4    a dataset can't be used
│   ├── DataMissingError        4    it is nowhere to be found
│   └── DataCorruptError        4    a file is truncated, swapped or damaged
└── InterruptedRunError         130  stopped by Ctrl-C or SIGTERM, after a checkpoint

A mistake of ours is none of these: it crashes with a traceback, into the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class FashiontuiError(Exception):
    """What failed (`message`) and what to do about it (`hint`, may be empty)."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class RunError(FashiontuiError):
    """A run failed, or its folder can't be used."""


class RunNotFoundError(RunError):
    """No run answers to that id, prefix, experiment name or path."""

    exit_code = 2


class CheckpointError(RunError):
    """A checkpoint is missing, damaged, or belongs to another experiment."""


class EventFileError(RunError):
    """A path holds no event files that can be read."""

    exit_code = 2


class UsageError(FashiontuiError):
    """The command line asks for something that can't be done."""

    exit_code = 2


class UnknownNameError(UsageError):
    """A name that stands for nothing here; the hint proposes the nearest."""


class ConfigError(UsageError):
    """An experiments file with mistakes; `problems` lists all of them, one line each; `line` is that of the first."""

    def __init__(
        self, message: str, problems: Sequence[str] = (), hint: str = "", *, line: int | None = None
    ) -> None:
        super().__init__("\n".join([message, *(f"  {problem}" for problem in problems)]), hint)
        self.problems = tuple(problems)
        self.line = line


class FilterError(UsageError):
    """A filter, or an order, of runs that can't be read; `column`, from 0, is where."""

    def __init__(self, message: str, column: int, hint: str = "") -> None:
        super().__init__(message, hint)
        self.column = column


class DeviceError(UsageError):
    """A device was asked for that this machine does not have."""


class AssertionNotMetError(FashiontuiError):
    """A finished run's result does not satisfy an `--assert`."""

    exit_code = 3


class DataError(FashiontuiError):
    """A dataset can't be used."""

    exit_code = 4


class DataMissingError(DataError):
    """A dataset is in none of the places it is looked for."""


class DataCorruptError(DataError):
    """A dataset file is truncated, swapped, or not what it should be."""


class InterruptedRunError(FashiontuiError):
    """A run was interrupted and has left a checkpoint to resume from."""

    exit_code = 130
