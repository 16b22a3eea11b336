"""Facts as the registry keeps them: what many runs share once, and of each only what is its own, without the names.

Ten thousand are read at once, for every list. Whole, that would take the better part of a second.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from fashiontui.config.settings import flatten
from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs.record import MetricSummary, ModelFacts, Result

Facts = dict[str, Any]

CUSTOM: Final = "custom"
METRICS: Final = "metrics"
SUMMARY: Final = tuple(MetricSummary.model_fields)
FROM_THE_ROW: Final = ("state", "log_dir")  # said by the row itself, and by where the folder is now


@dataclass(frozen=True, slots=True)
class Packed:
    """Facts as two JSON texts: their shape, of which there are few, and values."""

    shape: str
    values: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What a run's values mean: those of `keys`, then a list of numbers for each of `metrics`."""

    usual: Mapping[str, Any]
    keys: tuple[str, ...]
    metrics: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `pack` wrote."""
        usual, keys, metrics = json.loads(text)
        return cls(usual, tuple(keys), tuple(metrics))

    def facts(self, values: Sequence[Any]) -> Facts:
        """The facts that these values are; ValueError or TypeError where they are of another shape."""
        count = len(self.keys)
        facts = dict(self.usual)
        facts.update(zip(self.keys, values[:count], strict=True))
        facts[METRICS] = dict(zip(self.metrics, map(_summary, values[count:]), strict=True))
        return facts


def pack(facts: Mapping[str, Any]) -> Packed:
    """Take facts apart."""
    plain = _plain(facts.get("model.kind", CUSTOM))
    usual = {key: value for key, value in plain.items() if key in facts}
    own = {
        key: value
        for key, value in facts.items()
        if key not in (*FROM_THE_ROW, METRICS) and not (key in usual and _same(value, usual[key]))
    }
    metrics = facts[METRICS]
    numbers = [[values.get(name) for name in SUMMARY] for values in metrics.values()]
    return Packed(_json([usual, list(own), list(metrics)]), _json([*own.values(), *numbers]))


def unpack(shapes: Sequence[Shape], values: Sequence[str]) -> list[Facts]:
    """Put facts together again, many at once; ValueError or TypeError where they are not what `pack` made."""
    parsed = json.loads(f"[{','.join(values)}]")
    return [shape.facts(own) for shape, own in zip(shapes, parsed, strict=True)]


def _summary(numbers: Sequence[float | None]) -> Facts:
    last, best, best_epoch, least, most = numbers
    return {"last": last, "best": best, "best_epoch": best_epoch, "min": least, "max": most}


@functools.cache
def _plain(kind: str) -> Facts:
    """Settings of an experiment that says nothing but its kind of model, and results that are not there yet."""
    spec = ExperimentSpec() if kind == CUSTOM else ExperimentSpec.model_validate({"model": kind})
    waiting = dict.fromkeys((*Result.model_fields, *ModelFacts.model_fields))
    facts: Facts = json.loads(_json({**waiting, **flatten(spec), "variant": {}, "tags": []}))
    return facts


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other  # 1, 1.0 and true are equal, and not the same


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
