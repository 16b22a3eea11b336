"""The other side of `python -m fashiontui report --json`: starts it, hears it, ends it.

A process of its own, because drawing needs matplotlib, which no front end imports, and can't be interrupted.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fashiontui.analysis.errand import Errand
from fashiontui.errors import RunError

# -P: a random.py in the folder we are called from is not ours
COMMAND: Final[Sequence[str]] = (sys.executable, "-P", "-m", "fashiontui")
STEP: Final = re.compile(r"(?P<words>.+): (?P<done>\d+) of (?P<total>\d+)")


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """Of which runs, and where to."""

    names: tuple[str, ...]  # studies, or keys of runs
    out: Path
    logs: Path
    project: Path  # where the experiments file is looked for if there is no `config`
    config: Path | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What is being done, and which share of it is done."""

    words: str
    done: float


@dataclass(frozen=True, slots=True)
class Written:
    """A report that is there."""

    page: Path
    runs: int
    notes: tuple[str, ...] = ()


Heard = Step | Written


def arguments(request: ReportRequest) -> list[str]:
    """The command's."""
    config = [] if request.config is None else ["--config", str(request.config)]
    places = ["--out", str(request.out), "--logs", str(request.logs), *config]
    return ["report", "--json", *places, "--", *request.names]


class ReportWriting(Errand):
    """One such process. `heard` is for a thread that may wait; `cancel` for any other."""

    def __init__(self, request: ReportRequest, command: Sequence[str] = COMMAND) -> None:
        super().__init__(
            [*command, *arguments(request)],
            stdin=subprocess.DEVNULL,
            speaks_on="stderr",
            folder=request.project,
        )
        self._last_words = ""

    def heard(self) -> Iterator[Heard]:
        """How far it is, as it says it, and at last what it has written; silently where it was cancelled.

        Raises RunError where there is no report.
        """
        assert self._process.stderr is not None
        for line in self._process.stderr:
            step = step_in(line)
            if step is not None:
                yield step
            elif line.strip():
                self._last_words = line.strip()
        status = self._process.wait()
        if not self._cancelled:
            yield self._written(status)

    def _written(self, status: int) -> Written:
        said = _answered(self.said_aside())
        if status == 0 and "report" in said:
            return Written(Path(said["report"]), int(said["runs"]), tuple(map(str, said["notes"])))
        if "message" in said:
            raise RunError(str(said["message"]), str(said["hint"]))
        raise RunError("the report ended without a result", self._last_words)


def step_in(line: str) -> Step | None:
    """`drawing: 5 of 25`, understood; None for other words."""
    found = STEP.fullmatch(line.strip())
    if found is None:
        return None
    return Step(found["words"], int(found["done"]) / max(1, int(found["total"])))


def _answered(content: str) -> Mapping[str, Any]:
    """Its last line, where that is an object."""
    try:
        said = json.loads(content.rpartition("\n")[2])
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
