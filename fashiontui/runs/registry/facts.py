"""What lists show and filters ask of a run, flat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from fashiontui.config.settings import flatten
from fashiontui.runs.metrics import summarise
from fashiontui.runs.outcome import outcome_of
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.entry import Entry
from fashiontui.runs.sources import SOURCE

Facts = dict[str, Any]

LAST: Final = ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy", "samples_per_second")


def facts_of(paths: RunPaths, record: RunRecord) -> Facts:
    """The run's outcome, its settings by key path, what its curves came to, and where it comes from.

    `metrics` has what is known of each: last, best, best_epoch, min, max; nothing before the run has ended.
    """
    git = record.environment.get("git")
    return {
        **{
            key: list(value) if isinstance(value, tuple) else value
            for key, value in flatten(record.spec).items()
        },
        **({SOURCE: record.source} if record.source else {}),
        **outcome_of(paths, record),
        "run_id": paths.run_id,  # of the folder: a copy's run.json has the original's
        "experiment": paths.experiment,
        "base": record.base,
        "metrics": _metrics(paths, record),
        "host": record.environment.get("host"),
        "commit": git.get("commit") if isinstance(git, Mapping) else None,
        "created": record.created.timestamp(),
        "tags": (record.model_extra or {}).get("tags", []),
    }


def _metrics(paths: RunPaths, record: RunRecord) -> Facts:
    if not record.state.is_ended:
        return {}
    summaries = record.metrics or summarise(paths.root)
    return {name: summary.to_dict() for name, summary in summaries.items()}


def with_progress(entry: Entry, logs: Path) -> Entry:
    """A live run's entry with what its progress.json says among its facts; others as they are.

    Metrics are the last measured; of the best, only what progress.json tells is there. `steps` and `epochs`, which are what
    an ended run has done, are not there; what is planned is.
    """
    progress = Progress.load(entry.paths(logs).progress) if entry.state.is_live else None
    if progress is None:
        return entry
    said = progress.model_dump(exclude={"updated", "batch_loss", "best_valid_accuracy", "steps", "epochs"})
    known = {key: value for key, value in said.items() if value is not None}
    told = {**known, **position_of(progress), "metrics": _live_metrics(progress)}
    return replace(entry, facts={**entry.facts, **told})


def position_of(progress: Progress) -> Facts:
    """How far a run is, of how much, and what it took."""
    return {
        "step": progress.step,
        "epoch": progress.epoch,
        "planned_steps": progress.steps,
        "planned_epochs": progress.epochs,
        "train_seconds": progress.train_seconds,
    }


def _live_metrics(progress: Progress) -> Facts:
    metrics: Facts = {name: {"last": getattr(progress, name)} for name in LAST}
    metrics["valid_accuracy"] |= {"best": progress.best_valid_accuracy, "best_epoch": progress.best_epoch}
    known = {name: {k: v for k, v in values.items() if v is not None} for name, values in metrics.items()}
    return {name: values for name, values in known.items() if values}
