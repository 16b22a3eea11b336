"""Whether two runs are the same experiment: one short name for all that decides a run's result."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from fashiontui.config.spec import ExperimentSpec

FORMAT: Final = 1  # to be raised when a setting's default or meaning changes: old results are then others
DIGITS: Final = 16
IRRELEVANT: Final[dict[str, Any]] = {"description": True, "instrumentation": True, "dataset": {"dir"}}


def fingerprint(spec: ExperimentSpec, source: str = "") -> str:
    """16 hex digits, equal for specs that lead to the same result on the same device; with the `source` of a network of
    one's own, see `model_source`.

    It knows model, dataset, optimiser, regularisation, augmentation and training with its seed; not what is recorded,
    where data lie, names, or device. Settings that are as by default do not enter, so that a setting which later
    versions add leaves the fingerprints of older results as they are.
    """
    parts = [FORMAT, _decisive(spec), *([source] if source else [])]
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:DIGITS]


def _decisive(spec: ExperimentSpec) -> dict[str, Any]:
    settings = spec.model_dump(mode="json", exclude=IRRELEVANT, exclude_defaults=True)
    settings["model"] = {**settings.get("model", {}), "kind": spec.model.kind}
    return {table: values for table, values in settings.items() if values}
