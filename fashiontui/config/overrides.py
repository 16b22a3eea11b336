"""`--set model.dropout=0.5`: settings from a command line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from fashiontui.config.problems import InvalidSettingsError, Problem, listed, printable
from fashiontui.config.schema import TABLES, key_paths, settings_near, unknown_key
from fashiontui.config.settings import differences, flatten, leaves, nested, with_settings
from fashiontui.config.spec import ExperimentSpec
from fashiontui.errors import UsageError

__all__ = ["apply_overrides", "differences", "flatten", "parse_overrides"]

OPEN_TABLES = ("model.options.", "dataset.options.")  # a custom function's own arguments
EXAMPLE = "Write it like --set model.dropout=0.5, --set model.units=[256,128] or --set dataset=synthetic."


def parse_overrides(texts: Sequence[str]) -> dict[str, Any]:
    """`key.path=value` texts as key paths and values; a later one wins.

    A value is TOML's, or a bare word, which stands for itself. Raises UsageError for a text that is neither.
    """
    return dict(_parse(text) for text in texts)


def _parse(text: str) -> tuple[str, Any]:
    path, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not path or not value:
        raise UsageError(f"--set {printable(text)}: not a `key=value`", EXAMPLE)
    try:
        table = tomllib.loads(f"value = {value}")
    except tomllib.TOMLDecodeError as error:
        if value[0] in "[{\"'":
            hint = 'Texts inside a list need quotes: --set \'key=["a", "b"]\'.'
            raise UsageError(f"--set {printable(text)}: the value is not TOML: {error}", hint) from error
        return path, _number_or_word(value)
    return path, table["value"] if len(table) == 1 else value


def _number_or_word(value: str) -> float | str:
    """`.5` and `5.` are numbers to a person, though not to TOML."""
    try:
        return float(value)
    except ValueError:
        return value


def apply_overrides(
    name: str, spec: ExperimentSpec, overrides: Mapping[str, Any], defaults: ExperimentSpec
) -> ExperimentSpec:
    """The experiment called `name` with settings replaced.

    Raises UsageError, which names the nearest key or choice, where that makes no experiment.
    """
    if not overrides:
        return spec
    _check_keys(name, spec, overrides)
    try:
        return with_settings(spec, overrides, defaults)
    except InvalidSettingsError as error:
        raise UsageError("\n".join(_told(name, problem) for problem in error.problems)) from error


def _told(name: str, problem: Problem) -> str:
    return f"{name} can't run with these settings: {problem}"


def _check_keys(name: str, spec: ExperimentSpec, overrides: Mapping[str, Any]) -> None:
    tree = nested(overrides)
    model = tree.get("model")
    kind = str(model.get("kind", spec.model.kind)) if isinstance(model, Mapping) else spec.model.kind
    known = {*key_paths(kind), "model", *TABLES}
    for path, _ in leaves(tree):
        if path in known or path.startswith(OPEN_TABLES):
            continue
        message, suggestion = unknown_key(path, kind)
        hint = f"Did you mean `{suggestion}`? " if suggestion else ""
        hint += f"Near it there are {listed(settings_near(path, kind))}."
        raise UsageError(f"{name} can't be run with --set {printable(path)}: {message}", hint)
