"""`fashiontui run --missing`: of the planned runs, those whose results are not there already."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fashiontui.config.plan import PlannedRun
from fashiontui.errors import RunError, UsageError
from fashiontui.runs.fingerprint import fingerprint
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.sources import model_source
from fashiontui.runs.state import RunState

COLUMN: Final = "fingerprint"
FINISHED: Final = "finished"
UNDER_WAY: Final = "queued or running"
PLANNED: Final = "the same as another one planned"
COUNTED: Final = {
    RunState.FINISHED: FINISHED,
    RunState.QUEUED: UNDER_WAY,
    RunState.STARTING: UNDER_WAY,
    RunState.RUNNING: UNDER_WAY,
}


@dataclass(frozen=True, slots=True)
class Missing:
    """The runs that are left to make, and how many are not, by the reason."""

    runs: tuple[PlannedRun, ...]
    left_out: Mapping[str, int]

    def words(self) -> str:
        """For stderr: how many were left out and why, and whether any are left to make."""
        count = sum(self.left_out.values())
        reasons = ", ".join(f"{many} {why}" for why, many in self.left_out.items())
        left = f"{len(self.runs)} to make" if self.runs else "nothing is missing"
        return f"{count} of {count + len(self.runs)} runs left out ({reasons}); {left}"


def missing(planned: Sequence[PlannedRun], known: Mapping[str, str], project: Path) -> Missing:
    """Leave out what is known (fingerprints and why), and all but the first of equal ones.

    Networks of one's own are known by their files in the project as well.
    """
    reasons = dict(known)
    kept: list[PlannedRun] = []
    left_out: Counter[str] = Counter()
    for run in planned:
        name = fingerprint(run.spec, model_source(run.spec.model, [project]))
        if name in reasons:
            left_out[reasons[name]] += 1
        else:
            kept.append(run)
            reasons[name] = PLANNED
    return Missing(tuple(kept), dict(left_out))


def known_runs(registry: Registry, files: Iterable[Path]) -> dict[str, str]:
    """Fingerprints of runs that are there, finished or under way, and of rows in CSV files; each with the reason.

    UsageError where a file can't be read, or has no such column.
    """
    known = {name: f"in {file}" for file in files for name in fingerprints_in(file)}
    found = list(_of_runs(registry))
    known |= {name: UNDER_WAY for name, why in found if why == UNDER_WAY}
    return known | {name: FINISHED for name, why in found if why == FINISHED}


def _of_runs(registry: Registry) -> Iterator[tuple[str, str]]:
    for entry in registry.entries(list(COUNTED)):
        try:
            record = RunRecord.load(entry.paths(registry.logs).record)
        except RunError:  # it can't be known for the same
            continue
        is_built = record.model is not None  # else it will be by the file as it is then
        source = record.source if is_built else model_source(record.spec.model, record.request.import_dirs)
        yield fingerprint(record.spec, source), COUNTED[entry.state]


def fingerprints_in(file: Path) -> set[str]:
    """What a CSV file's column `fingerprint` holds."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            rows = csv.DictReader(lines)
            if COLUMN not in (rows.fieldnames or ()):
                raise UsageError(
                    f"--missing-from {file}: it has no column {COLUMN!r}",
                    "It has to be a CSV file of results.",
                )
            return {row[COLUMN].strip() for row in rows if row[COLUMN]}
    except OSError as error:
        raise UsageError(f"--missing-from {file}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"--missing-from {file} is no CSV file: {error}") from error
