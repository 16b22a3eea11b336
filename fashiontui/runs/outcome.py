"""What came of a run, flat: one object a script can read and an assertion can name."""

from __future__ import annotations

from typing import Any, Final

from fashiontui.datasets.known import SYNTHETIC
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import ModelFacts, Result, RunRecord

Outcome = dict[str, Any]

NUMBERS: Final = (
    *(name for name, field in Result.model_fields.items() if field.annotation in (int, float)),
    *(name for name, field in ModelFacts.model_fields.items() if field.annotation is int),
    "seed",
)


def outcome_of(paths: RunPaths, record: RunRecord) -> Outcome:
    """Identity, state and, once there is one, result of a run; values that are not there yet are None.

    A failed run has `error` = kind, message and hint.
    """
    facts: Outcome = {
        "run_id": record.run_id,
        "experiment": record.experiment,
        "study": record.study,
        "variant": record.variant,
        "state": record.state.value,
        "dataset": record.spec.dataset.name,
        "synthetic": _is_synthetic(record),
        "seed": record.spec.training.seed,
        "device": record.attempts[-1].device if record.attempts else None,
        "device_name": record.attempts[-1].device_name if record.attempts else None,
        "threads": record.attempts[-1].threads if record.attempts else None,
        "parameters": record.model.parameters if record.model else None,
        "multiply_adds": record.model.multiply_adds if record.model else None,
        **_result(record.result),
        "log_dir": str(paths.root),
    }
    if record.failure is not None:
        facts["error"] = {name: getattr(record.failure, name) for name in ("kind", "message", "hint")}
    return facts


def _is_synthetic(record: RunRecord) -> bool | None:
    """Whether its images are drawn by code; None where that is not known before they are loaded."""
    if record.dataset is not None:
        return record.dataset.synthetic
    return True if record.spec.dataset.name.lower() == SYNTHETIC else None


def _result(result: Result | None) -> Outcome:
    return dict.fromkeys(Result.model_fields) if result is None else result.model_dump(mode="json")
