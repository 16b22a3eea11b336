"""Raw tables → specs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from fashiontui.config.architecture import architecture
from fashiontui.config.problems import InvalidSettingsError, Problem, listed, nearest
from fashiontui.config.schema import DEFAULT_KIND, key_paths, unknown_key
from fashiontui.config.spec import DATASETS, IMPORT_PATH, ExperimentSpec, StudySpec
from fashiontui.config.wording import in_plain_words
from fashiontui.errors import ConfigError

STUDY_KEYS = tuple(StudySpec.model_fields)
STUDY_VALUES = tuple(key for key in STUDY_KEYS if key not in ("matrix", "set"))


def build_experiment(raw: Mapping[str, Any]) -> ExperimentSpec:
    """The spec of a raw table, its defaults merged in already; InvalidSettingsError holds all that is wrong."""
    try:
        spec = ExperimentSpec.model_validate(raw)
    except ValidationError as error:
        kind = kind_of(raw)
        problems = in_plain_words(
            error, key_paths(kind), lambda path: _beside(path, *unknown_key(path, kind))
        )
        raise InvalidSettingsError((*problems, *_dataset_problems(_dataset_name(raw)))) from error
    problems = [*_dataset_problems(spec.dataset.name), *_architecture_problems(spec)]
    if problems:
        raise InvalidSettingsError(problems)
    return spec


def build_study(raw: Mapping[str, Any]) -> StudySpec:
    """The spec of a study's raw table; InvalidSettingsError holds all that is wrong with it by itself."""
    try:
        return StudySpec.model_validate(raw)
    except ValidationError as error:
        problems = in_plain_words(
            error, STUDY_VALUES, lambda key: (f"unknown key `{key}`", nearest(key, STUDY_KEYS))
        )
        raise InvalidSettingsError(problems) from error


def kind_of(raw: Mapping[str, Any]) -> str:
    """The kind of model that a raw table asks for."""
    model = raw.get("model", {"kind": DEFAULT_KIND})
    if isinstance(model, str):
        return "custom" if ":" in model else model
    return str(model.get("kind", "")) if isinstance(model, Mapping) else ""


def _beside(path: str, message: str, suggestion: str | None) -> tuple[str, str | None]:
    """In a file, the last step is enough to name a key of the same table."""
    table = path.rpartition(".")[0]
    if suggestion and suggestion.rpartition(".")[0] == table:
        suggestion = suggestion.rpartition(".")[2]
    return message, suggestion


def _dataset_name(raw: Mapping[str, Any]) -> object:
    """As a table that is no spec has it; None where it does not say."""
    dataset = raw.get("dataset")
    return dataset.get("name") if isinstance(dataset, Mapping) else dataset


def _dataset_problems(name: object) -> list[Problem]:
    if not isinstance(name, str) or name in DATASETS or IMPORT_PATH.fullmatch(name):
        return []  # what is no text has been told
    message = f"unknown dataset: there are {listed(DATASETS)}, or `module:function` of your own"
    return [Problem(where="dataset.name", value=name, message=message, suggestion=nearest(name, DATASETS))]


def _architecture_problems(spec: ExperimentSpec) -> list[Problem]:
    """What does not fit the images, where their size is known before they are loaded."""
    if spec.dataset.name not in DATASETS:
        return []
    try:
        architecture(spec.model)
    except ConfigError as error:
        return [Problem(where="model.channels", message=error.message)]
    return []
