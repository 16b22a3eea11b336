"""Facts as the registry keeps them: what many runs share once, and of each only what is its own, without the names.

Ten thousand are read at once, for every list. As JSON objects that would take the better part of a second and 200 MB.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from fashiontui.config.settings import flatten
from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs.record import MetricSummary, ModelFacts, Result

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
    """What a run's values mean: those of its own keys, then those of its metrics, then what its row says."""

    usual: Mapping[str, Any]  # what is the same for all of this shape
    places: Mapping[str, int]  # of its own keys
    metrics: Mapping[str, int]  # where the numbers of each begin
    size: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `pack` wrote."""
        usual, keys, metrics = json.loads(text)
        begin, count = len(keys), len(SUMMARY)
        end = begin + count * len(metrics)
        places = {key: place for place, key in enumerate(keys)}
        places |= {key: end + place for place, key in enumerate(FROM_THE_ROW)}
        begins = {name: begin + count * place for place, name in enumerate(metrics)}
        return cls(usual, places, begins, end)


class PackedFacts(Mapping[str, Any]):
    """A run's facts, looked up where they lie: of thousands of runs, a list asks but for a few each."""

    __slots__ = ("_shape", "_values")

    def __init__(self, shape: Shape, values: list[Any]) -> None:
        self._shape = shape
        self._values = values

    def __getitem__(self, key: str) -> Any:
        place = self._shape.places.get(key)
        if place is not None:
            return self._values[place]
        if key == METRICS:
            return {name: self._summary(place) for name, place in self._shape.metrics.items()}
        return self._shape.usual[key]

    def __iter__(self) -> Iterator[str]:
        yield from self._shape.usual
        yield from self._shape.places
        yield METRICS

    def __len__(self) -> int:
        return len(self._shape.usual) + len(self._shape.places) + 1

    def __repr__(self) -> str:
        return repr(dict(self))

    def _summary(self, place: int) -> dict[str, Any]:
        return dict(zip(SUMMARY, self._values[place:], strict=False))


def pack(facts: Mapping[str, Any]) -> Packed:
    """Take facts apart."""
    plain = _plain(facts.get("model.kind", CUSTOM))
    usual = {key: plain[key] for key, value in facts.items() if key in plain and _same(value, plain[key])}
    other = (*FROM_THE_ROW, METRICS, *usual)
    own = {key: value for key, value in facts.items() if key not in other}
    metrics = facts[METRICS]
    numbers = [values.get(name) for values in metrics.values() for name in SUMMARY]
    return Packed(_json([usual, list(own), list(metrics)]), _json([*own.values(), *numbers]))


def unpack(
    shapes: Sequence[Shape], values: Sequence[str], said: Sequence[tuple[str, str]]
) -> list[PackedFacts]:
    """Facts of many runs, with what their rows say (`FROM_THE_ROW`); ValueError where `pack` made no such."""
    parsed = json.loads(f"[{','.join(values)}]")
    return [_facts(*each) for each in zip(shapes, parsed, said, strict=True)]


def _facts(shape: Shape, values: list[Any], said: tuple[str, str]) -> PackedFacts:
    if not isinstance(values, list) or len(values) != shape.size:
        raise ValueError("facts are of another shape than they say")
    values += said
    return PackedFacts(shape, values)


@functools.cache
def _plain(kind: str) -> Mapping[str, Any]:
    """Settings of an experiment that says nothing but its kind of model, and results that are not there yet."""
    spec = ExperimentSpec() if kind == CUSTOM else ExperimentSpec.model_validate({"model": kind})
    waiting = dict.fromkeys((*Result.model_fields, *ModelFacts.model_fields))
    facts: Mapping[str, Any] = json.loads(_json({**waiting, **flatten(spec), "variant": {}, "tags": []}))
    return facts


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other  # 1, 1.0 and true are equal, and not the same


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
