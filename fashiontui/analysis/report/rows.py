"""runs.csv: one row a run, with all that the report's tables are made of. It accumulates."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from fashiontui.analysis.compare import MEASURES, SETTINGS, Measured, Subject, is_setting
from fashiontui.errors import RunError
from fashiontui.runs import atomic
from fashiontui.runs.state import RunState

RESULTS: Final = tuple(measure.key for measure in MEASURES)
COUNTS: Final = {measure.key for measure in MEASURES if measure.unit == "count"}
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
    others: Mapping[str, str] = field(default_factory=dict)  # columns that somebody added, as they are

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
    """All rows, each run once, in the order the runs were made; of a run that is in both, the new row.

    What somebody wrote beside the old one stays.
    """
    by_id = {row.run_id: row for row in old}
    for row in new:
        before = by_id.get(row.run_id)
        by_id[row.run_id] = row if before is None else replace(row, others={**before.others, **row.others})
    return tuple(sorted(by_id.values(), key=lambda row: (row.created, row.run_id)))


def older_copies(old: Iterable[RunRow], new: Iterable[RunRow]) -> set[str]:
    """Ids of new rows that say less than the old ones: of copies of run folders, made before the run had finished."""
    finished = {row.run_id for row in old if row.state == RunState.FINISHED.value}
    return {row.run_id for row in new if row.run_id in finished and row.state != RunState.FINISHED.value}


def rows_csv(rows: Sequence[RunRow]) -> str:
    """Rows as text. Numbers as they are; yes/no as true/false, lists as JSON; what is not known is empty."""
    paths = sorted({path for row in rows for path in row.settings}, key=_place)
    columns = (*IDENTITY, *RESULTS, *MACHINE, *paths)
    others = list(dict.fromkeys(name for row in rows for name in row.others))
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow([*columns, *others])
    for row in rows:
        values = {**row.settings, **row.machine, **row.results}
        known = [_encoded(values.get(column)) for column in columns[len(IDENTITY) :]]
        lines.writerow([*_identity(row), *known, *(row.others.get(name, "") for name in others)])
    return out.getvalue()


def _place(path: str) -> tuple[int, str]:
    """Settings by their tables; runs of other versions may have tables that this one has not: last."""
    table = path.partition(".")[0]
    return SETTINGS.index(table) if table in SETTINGS else len(SETTINGS), path


def _identity(row: RunRow) -> list[str]:
    """Texts as they are, also such as could be numbers: they are read as they are."""
    known = {name: getattr(row, name) for name in IDENTITY} | {"studies": " ".join(row.studies)}
    return [value if isinstance(value, str) else _encoded(value) for value in known.values()]


def _encoded(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return value if _decoded(value) == value else json.dumps(value)
    return json.dumps(value)


def _decoded(text: str) -> Any:
    """Spreadsheets write TRUE, pandas True."""
    try:
        return json.loads(text.lower() if text.lower() in ("true", "false") else text)
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
    known = {*IDENTITY, *RESULTS, *MACHINE}
    said = {name: line.get(name) or "" for name in ("run_id", "experiment", "state", "created", "dataset")}
    return RunRow(
        **said,
        base=line.get("base") or said["experiment"],
        synthetic=values.get("synthetic") is True,
        seed=int(values["seed"]) if "seed" in values else 0,
        settings={path: value for path, value in values.items() if is_setting(path)},
        results={key: _number(key, values[key]) for key in RESULTS if key in values},
        machine={key: values[key] for key in MACHINE if key in values},
        studies=tuple((line.get("studies") or "").split()),
        data_fingerprint=line.get("data_fingerprint") or "",
        fingerprint=line.get("fingerprint") or "",
        others={
            name: text
            for name, text in line.items()
            if text and name and not is_setting(name) and name not in known
        },
    )


def _number(column: str, value: Any) -> float:
    """A count stays a whole number, and becomes one again where pandas made 5.0 of it."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{column} {value!r} is no number")
    return int(value) if column in COUNTS and isinstance(value, float) and value.is_integer() else value


def run_ids_beside(table: Path) -> set[str]:
    """Runs of the other tables in its folder; files that are none have none."""
    found: set[str] = set()
    for path in table.parent.glob("*.csv"):
        if path.name != table.name:
            with contextlib.suppress(RunError):
                found |= {row.run_id for row in read_rows(path)}
    return found


def write_rows(path: Path, rows: Sequence[RunRow]) -> None:
    """Replace the file, whole or not at all."""
    atomic.write_text(path, rows_csv(rows))
