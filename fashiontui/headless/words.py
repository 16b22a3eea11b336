"""Runs in words: the lines of the plain output."""

from __future__ import annotations

from pathlib import Path

from fashiontui.headless.renderer import EpochPoint
from fashiontui.runs.outcome import Outcome
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord


def start_line(paths: RunPaths, record: RunRecord) -> str:
    """What is about to be trained, on which data, where."""
    parts = [f"{record.experiment} {paths.run_id}: {data_words(record)}"]
    if record.attempts:
        attempt = record.attempts[-1]
        threads = f", {count(attempt.threads, 'thread')}" if attempt.device == "cpu" else ""
        parts.append(f"{attempt.device} ({attempt.device_name}{threads})")
        if attempt.from_step:
            parts.append(f"going on from step {attempt.from_step}")
    if record.model is not None and record.model.parameters:
        parts.append(count(record.model.parameters, "parameter"))
    parts.append(f"seed {record.spec.training.seed}")
    return "; ".join(parts)


def data_words(record: RunRecord) -> str:
    """The dataset's name and sizes; drawn data are called so."""
    if record.dataset is None:
        return record.spec.dataset.name
    data = record.dataset
    name = "SYNTHETIC data, drawn by code" if data.synthetic else data.name
    return f"{name}, {data.train_size:,} train / {data.valid_size:,} valid / {data.test_size:,} test images"


def epoch_line(record: RunRecord, point: EpochPoint) -> str:
    """One epoch's measurements, or those of a forest with so many trees, in columns."""
    spec = record.spec
    return (
        f"{record.experiment} {spec.unit} {point.epoch:>{len(str(spec.length))}}/{spec.length}  "
        f"train loss {number(point.train_loss)} accuracy {number(point.train_accuracy)}  "
        f"valid loss {number(point.valid_loss)} accuracy {number(point.valid_accuracy)}  "
        f"{rate(point.samples_per_second)}"
    ).rstrip()


def end_line(outcome: Outcome) -> str:
    """How a run ended: its result, or how far it came."""
    parts = [f"{outcome['experiment']} {outcome['run_id']} {outcome['state']}"]
    if outcome["test_accuracy"] is not None:
        data = "SYNTHETIC data, " if outcome["synthetic"] else ""
        valid = number(outcome["valid_accuracy"])
        parts += [
            f"{data}test accuracy {number(outcome['test_accuracy'])}, loss {number(outcome['test_loss'])}",
            f"best epoch {outcome['best_epoch']} of {outcome['epochs']} (valid accuracy {valid})",
            f"trained {duration(outcome['train_seconds'])}",
        ]
    if "error" in outcome:
        parts.append(str(outcome["error"]["message"]).splitlines()[0])
    if outcome["log_dir"]:
        parts.append(short_path(outcome["log_dir"]))
    return "; ".join(parts)


def error_lines(outcome: Outcome) -> list[str]:
    """Why a run failed, in full, and what to do; nothing where it did not fail."""
    error = outcome.get("error")
    if error is None:
        return []
    head = f"{outcome['experiment']} {outcome['run_id']} failed: {error['message']}"
    return [head, error["hint"]] if error["hint"] else [head]


def number(value: float | None) -> str:
    """A loss or an accuracy; a dash where there is none."""
    return "-" if value is None else f"{value:.4f}"


def rate(samples_per_second: float | None) -> str:
    """A pace, with three significant digits; empty where unknown."""
    if samples_per_second is None:
        return ""
    if samples_per_second >= 10_000:  # noqa: PLR2004 - from here on thousands read better
        return f"{samples_per_second / 1000:,.1f}k images/s"
    return f"{samples_per_second:,.0f} images/s"


def duration(seconds: float | None) -> str:
    """Seconds as a person says them: `8.3 s`, `2 min 05 s`, `1 h 02 min`."""
    if seconds is None:
        return "-"
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours} h {minutes_left:02} min" if hours else f"{minutes} min {rest:02} s"


def clock(seconds: float) -> str:
    """`0:42`, `12:03`, `1:02:03`."""
    minutes, rest = divmod(round(max(seconds, 0.0)), 60)
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours}:{minutes_left:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def count(many: int, what: str) -> str:
    """`1 thread`, `7,850 parameters`."""
    return f"{many:,} {what}{'' if many == 1 else 's'}"


def short_path(path: str) -> str:
    """As seen from here, where it is below here, and here is a folder still."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return path
