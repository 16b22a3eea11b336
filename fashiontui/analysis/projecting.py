"""The other side of `python -m fashiontui.analysis project`: starts it, hears it, ends it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fashiontui import errors
from fashiontui.analysis.errand import Errand
from fashiontui.analysis.projection import METHODS, Projection, Sample
from fashiontui.errors import FashiontuiError, RunError

# -P: a random.py in the folder we are called from is not ours
COMMAND: Final[Sequence[str]] = (sys.executable, "-P", "-m", "fashiontui.analysis", "project")


@dataclass(frozen=True, slots=True)
class Doing:
    """What is being done, and which share of it is done; None where that is not known."""

    words: str
    done: float | None


Heard = Doing | Sample | Projection


class Projecting(Errand):
    """One such process. `heard` is for a thread that may wait; `cancel` for any other."""

    def __init__(self, request: str, command: Sequence[str] = COMMAND) -> None:
        super().__init__([*command, request, "--attached"], stdin=subprocess.PIPE, speaks_on="stdout")

    def heard(self) -> Iterator[Heard]:
        """What it says, as it says it, until it ends; silently where it was cancelled.

        Raises what it raised, RunError where it ended otherwise.
        """
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            if "error" in said:
                raise _error(said)
            heard = _understood(said)
            if heard is not None:
                yield heard
        if self._process.wait() and not self._cancelled:
            raise RunError("the projection ended without a result", self.said_aside().rpartition("\n")[2])


def _understood(said: Mapping[str, Any]) -> Heard | None:
    if "doing" in said:
        return Doing(str(said["doing"]), said["done"])
    if "sample" in said:
        return Sample.load(Path(said["sample"]))
    if said.get("projection") in METHODS:
        return Projection.load(Path(said["path"]))
    return None


def _error(said: Mapping[str, Any]) -> FashiontuiError:
    """The error it told of, as one of its kind."""
    made: type[FashiontuiError] = RunError
    kind = getattr(errors, str(said["error"]), None)
    if kind is errors.ConfigError:
        made = errors.UsageError
    elif isinstance(kind, type) and issubclass(kind, (errors.DataError, errors.UnknownNameError)):
        made = kind
    return made(str(said["message"]), str(said["hint"]))
