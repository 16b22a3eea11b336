"""One JSON object a line, for scripts. Keys are added over time, never renamed."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import Any

from fashiontui.headless.renderer import EpochPoint
from fashiontui.headless.streams import SteadyStream
from fashiontui.runs.outcome import Outcome, outcome_of
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import RunRecord

STARTED_KEYS = (
    "run_id",
    "experiment",
    "study",
    "variant",
    "dataset",
    "synthetic",
    "seed",
    "device",
    "device_name",
    "threads",
    "parameters",
    "multiply_adds",
    "log_dir",
)


@dataclass
class JsonRenderer:
    """Events `started`, `epoch`, and, last of each run, `result`."""

    out: SteadyStream
    err: SteadyStream

    def preparing(self, paths: RunPaths, experiment: str) -> None:
        """Say nothing yet: `started` follows."""

    def started(self, paths: RunPaths, record: RunRecord) -> None:
        """Who, on what, where."""
        facts = outcome_of(paths, record)
        self._emit("started", {**{key: facts[key] for key in STARTED_KEYS}, "epochs": record.spec.length})

    def progressed(self, paths: RunPaths, progress: Progress) -> None:
        """Say nothing: epochs are news enough."""

    def epoch(self, record: RunRecord, point: EpochPoint) -> None:
        """An epoch's measurements."""
        who = {"run_id": record.run_id, "experiment": record.experiment}
        self._emit("epoch", {**who, **asdict(point), "epochs": record.spec.length})

    def ended(self, outcome: Outcome) -> None:
        """The result object."""
        self._emit("result", outcome)

    def not_started(self, outcome: Outcome) -> None:
        """A result object, as every run has one."""
        self._emit("result", outcome)

    def close(self) -> None:
        """Nothing to put back."""

    def note(self, text: str) -> None:
        """Narration stays on stderr."""
        self.err.line(text)

    def _emit(self, event: str, facts: dict[str, Any]) -> None:
        self.out.line(json_line({"event": event, **facts}))


def json_line(facts: dict[str, Any]) -> str:
    """One line of plain JSON: it has no NaN and no infinity, so they become null."""
    return json.dumps({key: _finite(value) for key, value in facts.items()}, allow_nan=False, default=str)


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
