"""Which settings there are, by key path: `model.dropout`, `training.epochs`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

from fashiontui.config import spec
from fashiontui.config.problems import listed, nearest

MODELS: Mapping[str, type[spec.Frozen]] = {
    "logistic": spec.LogisticSpec,
    "mlp": spec.MlpSpec,
    "cnn": spec.CnnSpec,
    "vgg16": spec.VggSpec,
    "resnet": spec.ResnetSpec,
    "forest": spec.ForestSpec,
    "custom": spec.CustomSpec,
}
TABLES: Mapping[str, type[spec.Frozen]] = {
    "dataset": spec.DatasetSpec,
    "optimizer": spec.OptimizerSpec,
    "regularization": spec.RegularizationSpec,
    "augmentation": spec.AugmentationSpec,
    "training": spec.TrainingSpec,
    "instrumentation": spec.InstrumentationSpec,
}
DEFAULT_KIND = "logistic"
ALSO_KNOWN_AS = {"lr": "learning_rate", "bn": "batch_norm", "hidden": "units", "filters": "channels"}


def key_paths(kind: str) -> tuple[str, ...]:
    """All keys of an experiment whose model is of that kind; of any kind where the kind is unknown."""
    models = [MODELS[kind]] if kind in MODELS else list(MODELS.values())
    model_keys = dict.fromkeys(f"model.{key}" for model in models for key in model.model_fields)
    others = [f"{table}.{key}" for table, model in TABLES.items() for key in model.model_fields]
    return ("description", *model_keys, *others)


def choices(path: str, kind: str) -> tuple[str, ...]:
    """The words a setting may be, as they are written; none where it is a number, a list or any text."""
    if path == "dataset.name":
        return spec.DATASETS
    table, _, key = path.rpartition(".")
    model = MODELS.get(kind) if table == "model" else TABLES.get(table)
    field = None if model is None else model.model_fields.get(key)
    return () if field is None else tuple(dict.fromkeys(_words_of(field.annotation)))


def _words_of(annotation: Any) -> Iterator[str]:
    if annotation is bool:
        yield from ("true", "false")
    elif get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
    else:
        for part in get_args(annotation):
            yield from _words_of(part)


def settings_near(path: str, kind: str) -> tuple[str, ...]:
    """The settings in the table that `path` points into; all tables' names where it points into none."""
    table = path.partition(".")[0]
    inside = tuple(key for key in key_paths(kind) if key.startswith(f"{table}."))
    return inside or ("description", "model", *TABLES)


def unknown_key(path: str, kind: str) -> tuple[str, str | None]:
    """What to say of a key that an experiment with a model of that kind lacks, and the key probably meant."""
    table, _, key = path.rpartition(".")
    owners = [name for name, model in MODELS.items() if table == "model" and key in model.model_fields]
    if owners and kind in MODELS:
        return (
            f"a model of kind {kind} has no `{key}`; {listed(owners)} {'have' if owners[1:] else 'has'} it",
            None,
        )
    return f"unknown key `{key}`", _nearest_key(table, key, kind)


def _nearest_key(table: str, key: str, kind: str) -> str | None:
    """First among its own table's keys, then whatever ends alike, as `epochs` for `training.epochs`."""
    key = ALSO_KNOWN_AS.get(key, key)
    keys = key_paths(kind)
    beside = {path.rpartition(".")[2]: path for path in keys if path.rpartition(".")[0] == table}
    if not table:
        beside |= {name: name for name in ("model", *TABLES)}
    by_end = {path.rpartition(".")[2]: path for path in reversed(keys)}
    for choices in (beside, by_end):
        found = key if key in choices else nearest(key, choices)
        if found:
            return choices[found]
    return None if beside else nearest(f"{table}.{key}", keys)
