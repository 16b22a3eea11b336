"""Which of a run's settings make it what it is: runs alike in these are one experiment, whatever their seeds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from fashiontui.config.schema import DEFAULT_KIND, MODELS
from fashiontui.config.settings import flatten, leaves
from fashiontui.config.spec import ExperimentSpec
from fashiontui.config.studies import SEED

UNDECISIVE: Final = ("instrumentation.", SEED, "dataset.dir")


@cache
def usual_settings(kind: str) -> Mapping[str, Any]:
    """Every setting as it is where nothing is said, lists as lists."""
    plain = flatten(ExperimentSpec())
    plain = {path: value for path, value in plain.items() if not path.startswith("model.")}
    if kind in MODELS and kind != "custom":
        plain |= dict(leaves({"model": MODELS[kind]().model_dump(exclude={"kind"})}))
    return {path: list(value) if isinstance(value, tuple) else value for path, value in plain.items()}


def usual_of(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """As `usual_settings`, for the model that these settings are of."""
    return usual_settings(str(settings.get("model.kind", DEFAULT_KIND)))


def decisive(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Those that are not as usual, but for the seed, and for what changes no result.

    So a run made before a setting was there is like one that has it as usual.
    """
    usual = usual_of(settings)
    return {
        path: value
        for path, value in sorted(settings.items())
        if value is not None and not path.startswith(UNDECISIVE) and value != usual.get(path)
    }


def identity(settings: Mapping[str, Any]) -> str:
    """The same text for settings that are decisively alike: 1 and 1.0 are one number."""
    return json.dumps(_plain(decisive(settings)), sort_keys=True, default=str)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
