"""What there is to say of a run, in sections of rows of cells."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fashiontui.cli.columns import ASKED, PHASES, rate
from fashiontui.config.problems import shown
from fashiontui.config.settings import differences
from fashiontui.config.spec import ExperimentSpec
from fashiontui.errors import RunError
from fashiontui.headless.words import clock, count, data_words, duration, number, short_path
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import Attempt, MetricSummary, RunRecord
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.reproduce import comparison, uncommitted
from fashiontui.runs.state import RunState

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A title, "" for the first one, and rows."""

    title: str
    lines: list[Cells]


def sections(
    entry: Entry, record: RunRecord, paths: RunPaths, metrics: Mapping[str, MetricSummary]
) -> list[Section]:
    """All that is known; a section without rows has nothing to tell."""
    changed = differences(record.spec, ExperimentSpec())
    return [
        Section("", [*_identity(entry, record), *_repeats(record, paths)]),
        Section("failure", _failure(record)),
        Section(
            "settings that differ from the defaults", [(key, shown(value)) for key, value in changed.items()]
        ),
        Section("result", _result(record)),
        Section("metrics", _metrics(metrics)),
        Section("attempts", [_attempt(place, each) for place, each in enumerate(record.attempts, start=1)]),
        Section("environment", _environment(record.environment)),
        Section("files", _files(paths)),
    ]


def _identity(entry: Entry, record: RunRecord) -> list[Cells]:
    derived = [f"base {record.base}"] if record.base != entry.experiment else []
    derived += [f"study {record.study}"] if record.study else []
    lines: list[Cells] = [
        ("run", entry.run_id),
        ("experiment", entry.experiment + (f" ({', '.join(derived)})" if derived else "")),
        ("created", _time(record.created)),
        ("state", _state(entry)),
    ]
    if entry.state is RunState.QUEUED:
        lines += [("waits", entry.reason or "for its turn")]
        lines += [("priority", str(entry.priority))] if entry.priority else []
    if entry.state.is_live:
        lines += [("progress", _progress(entry))]
    lines += [("seed", str(record.spec.training.seed)), ("data", _data(record))]
    if record.model is not None and record.model.parameters:
        parts = count(record.model.parameters, "parameter"), count(record.model.multiply_adds, "multiply-add")
        lines += [("model", f"{record.spec.model.kind}: {', '.join(parts)}")]
    return lines


def _repeats(record: RunRecord, paths: RunPaths) -> list[Cells]:
    """Which run it repeats, and whether it came to the same."""
    key = record.environment.get("rerun_of")
    if not isinstance(key, str):
        return []
    try:
        words = comparison(RunRecord.load(RunPaths(paths.logs / key).record), record)
    except RunError:
        words = "which is gone"
    return [("repeats", f"{key}: {words}" if words else key)]


def _state(entry: Entry) -> str:
    words = f"{entry.state.value} since {_time(datetime.fromtimestamp(entry.state_since).astimezone())}"
    if not entry.state.is_live:
        return words
    where = f" in slot {entry.slot}" if entry.slot else ""
    process = f", process {entry.worker.pid}" if entry.worker else ""
    asked = f"; {ASKED[entry.wanted]}" if entry.wanted is not Wanted.RUN else ""
    return words + where + process + asked


def _progress(entry: Entry) -> str:
    facts = entry.facts
    parts = [f"{entry.unit} {facts.get('epoch', 0)}/{entry.planned or '?'}"]
    if facts.get("planned_steps"):
        parts.append(f"step {facts.get('step', 0):,}/{facts['planned_steps']:,}")
    if facts.get("eta_seconds") is not None:
        parts.append(f"{clock(facts['eta_seconds'])} left")
    parts += [rate(facts.get("samples_per_second")), PHASES.get(str(facts.get("phase")), "")]
    return ", ".join(part for part in parts if part)


def _data(record: RunRecord) -> str:
    if record.dataset is None:
        return record.spec.dataset.name
    source = f"\n{record.dataset.source}, fingerprint {record.dataset.fingerprint[:12]}"
    return data_words(record) + source


def _failure(record: RunRecord) -> list[Cells]:
    if record.failure is None:
        return []
    kind, message = record.failure.kind, record.failure.message
    lines: list[Cells] = [(message if message.startswith(kind) else f"{kind}: {message}",)]
    return [*lines, (record.failure.hint,)] if record.failure.hint else lines


def _result(record: RunRecord) -> list[Cells]:
    result = record.result
    if result is None:
        return []
    return [
        ("test accuracy", number(result.test_accuracy), f"loss {number(result.test_loss)}"),
        ("valid accuracy", number(result.valid_accuracy), f"loss {number(result.valid_loss)}"),
        ("train accuracy", number(result.train_accuracy), f"loss {number(result.train_loss)}"),
        ("generalisation gap", number(result.generalisation_gap)),
        ("best epoch", f"{result.best_epoch} of {result.epochs}"),
        ("trained", f"{duration(result.train_seconds)} of {duration(result.total_seconds)}"),
        ("pace", rate(result.samples_per_second)),
        ("weights", f"sha256 {result.weights_sha256[:16]}"),
    ]


def _metrics(metrics: Mapping[str, MetricSummary]) -> list[Cells]:
    if not metrics:
        return []
    rows = [
        (name, *(_value(each) for each in (m.last, m.best, m.best_epoch, m.min, m.max)))
        for name, m in metrics.items()
    ]
    return [("", "last", "best", "of epoch", "min", "max"), *rows]


def _value(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"


def _attempt(place: int, attempt: Attempt) -> Cells:
    hardware = f"{attempt.device} ({attempt.device_name}, {count(attempt.threads, 'thread')})"
    return (
        str(place),
        _time(attempt.started),
        f"from step {attempt.from_step:,}",
        f"trained {duration(attempt.train_seconds)}" if attempt.train_seconds else "",
        hardware,
    )


def _environment(environment: Mapping[str, Any]) -> list[Cells]:
    known = {key: environment.get(key) for key in ("python", "platform", "host", "cpu")}
    lines: list[Cells] = [(key, str(value)) for key, value in known.items() if value]
    packages = environment.get("packages") or {}
    lines += [("packages", ", ".join(f"{name} {version}" for name, version in packages.items()))]
    lines += [("git", git_words(environment.get("git")))]
    argv = environment.get("argv") or []
    return [("command", shlex.join([Path(argv[0]).name, *argv[1:]])), *lines] if argv else lines


def git_words(git: Mapping[str, Any] | None) -> str:
    """The commit, and how much was changed since."""
    if not git:
        return "none"
    commit = str(git.get("commit"))[:12]
    return (
        f"{commit}, not committed: {uncommitted(git)}; run.json has the changes, and new files by name"
        if git.get("dirty")
        else commit
    )


def _files(paths: RunPaths) -> list[Cells]:
    files = sorted(path for path in paths.root.iterdir() if path.is_file() and not path.name.startswith("."))
    return [(short_path(str(paths.root)) + "/",), *((path.name, size(path.stat().st_size)) for path in files)]


def size(size_bytes: int) -> str:
    """Bytes as a person says them: `812 B`, `3.4 MB`."""
    value = float(size_bytes)
    for unit in ("B", "kB", "MB"):
        if value < 1000:  # noqa: PLR2004 - SI
            return f"{value:.0f} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"
