"""runs.csv: one row a run, with all that the report's tables are made of. It accumulates."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fashiontui.analysis.compare import MEASURES, SETTINGS, Measured, Subject
from fashiontui.errors import RunError
from fashiontui.runs import atomic

RESULTS: Final = tuple(measure.key for measure in MEASURES)
MACHINE: Final = ("cpu", "cores", "threads", "device", "device_name", "torch", "python", "commit")
IDENTITY: Final = (
    "run_id", "experiment", "base", "studies", "state", "created", "dataset", "synthetic", "data_fingerprint",
    "fingerprint", "seed",
)  # fmt: skip
NOT_SHARED: Final = ("dataset.dir",)  # a place on one machine; it decides nothing
Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as a line of the table; `settings` by key path, `results` by the measures' keys."""

    run_id: str
    experiment: str
    base: str
    state: str
    created: str  # ISO 8601, UTC
    dataset: str
    synthetic: bool
    seed: int
    settings: Settings
    results: Mapping[str, float]
    machine: Mapping[str, Any]
    studies: tuple[str, ...] = ()
    data_fingerprint: str = ""
    fingerprint: str = ""  # of a finished run: `run --missing-from` leaves out what this column has

    @property
    def key(self) -> str:
        """`experiment/run_id`, as everywhere else."""
        return f"{self.experiment}/{self.run_id}"

    def subject(self) -> Subject:
        """The run as it is compared."""
        setup = {"state": self.state, "synthetic": self.synthetic}
        setup |= {key: self.machine.get(key) for key in ("device", "device_name", "threads", "cpu")}
        return Subject(
            key=self.key,
            experiment=self.experiment,
            label=self.experiment,
            settings={**self.settings, "training.seed": self.seed},
            setup=setup,
            results={key: Measured(value) for key, value in self.results.items()},
        )


def merged(old: Iterable[RunRow], new: Iterable[RunRow]) -> tuple[RunRow, ...]:
    """All rows, each run once, in the order the runs were made; of a run that is in both, the new row."""
    by_id = {row.run_id: row for row in (*old, *new)}
    return tuple(sorted(by_id.values(), key=lambda row: (row.created, row.run_id)))


def rows_csv(rows: Sequence[RunRow]) -> str:
    """Rows as text. Numbers as they are; yes/no as true/false, lists as JSON; what is not known is empty."""
    paths = sorted({path for row in rows for path in row.settings}, key=_place)
    columns = (*IDENTITY, *RESULTS, *MACHINE, *paths)
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(columns)
    for row in rows:
        values = {**row.settings, **row.machine, **row.results, **_identity(row)}
        lines.writerow([_encoded(values.get(column)) for column in columns])
    return out.getvalue()


def _place(path: str) -> tuple[int, str]:
    return SETTINGS.index(path.partition(".")[0]), path


def _identity(row: RunRow) -> dict[str, Any]:
    known = {name: getattr(row, name) for name in IDENTITY}
    return {**known, "studies": " ".join(row.studies)}


def _encoded(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return value if _decoded(value) == value else json.dumps(value)
    return json.dumps(value)


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def read_rows(path: Path) -> tuple[RunRow, ...]:
    """The rows of a file that `rows_csv` wrote; none where there is no file. RunError says what is wrong with it."""
    try:
        lines = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
        missing = {"run_id", "experiment", "dataset", "seed"} - set(lines.fieldnames or ())
        if missing:
            raise RunError(f"{path} is no table of runs: it has no column {', '.join(sorted(missing))}")
        return tuple(_row(line) for line in lines)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise RunError(f"{path}: {error.strerror}") from error
    except (ValueError, TypeError, csv.Error) as error:
        raise RunError(f"{path} is no table of runs: {error}", "Mend it, or move it away.") from error


def _row(line: Mapping[str, str | None]) -> RunRow:
    values = {column: _decoded(text) for column, text in line.items() if text and column}
    said = {name: line.get(name) or "" for name in ("run_id", "experiment", "state", "created", "dataset")}
    return RunRow(
        **said,
        base=line.get("base") or said["experiment"],
        synthetic=values.get("synthetic") is True,
        seed=int(values["seed"]) if "seed" in values else 0,
        settings={path: value for path, value in values.items() if "." in path},
        results={key: float(values[key]) for key in RESULTS if key in values},
        machine={key: values[key] for key in MACHINE if key in values},
        studies=tuple((line.get("studies") or "").split()),
        data_fingerprint=line.get("data_fingerprint") or "",
        fingerprint=line.get("fingerprint") or "",
    )


def write_rows(path: Path, rows: Sequence[RunRow]) -> None:
    """Replace the file, whole or not at all."""
    atomic.write_text(path, rows_csv(rows))
