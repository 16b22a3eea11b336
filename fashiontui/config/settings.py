"""Settings by key path: laid over one another, flattened, compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fashiontui.config.schema import MODELS
from fashiontui.config.spec import ExperimentSpec
from fashiontui.config.validate import build_experiment

Raw = dict[str, Any]


def without_shorthand(raw: Mapping[str, Any]) -> Raw:
    """`model = "cnn"` and `dataset = "synthetic"` as the tables they stand for; all else as it is."""
    expanded = dict(raw)
    model, dataset = raw.get("model"), raw.get("dataset")
    if isinstance(model, str):
        expanded["model"] = {"kind": "custom", "build": model} if ":" in model else {"kind": model}
    if isinstance(dataset, str):
        expanded["dataset"] = {"name": dataset}
    return expanded


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> Raw:
    """`over` laid over `base`, table by table.

    A model of another kind takes nothing from the base's; another dataset or another network of the user's own
    takes neither the folder nor the options of the base's.
    """
    base, over = without_shorthand(base), without_shorthand(over)
    if _says_otherwise(base, over, "model", "kind"):
        base = {key: value for key, value in base.items() if key != "model"}
    for table, key, own in (("model", "build", ("options",)), ("dataset", "name", ("dir", "options"))):
        if _says_otherwise(base, over, table, key):
            base[table] = {name: value for name, value in base[table].items() if name not in own}
    return _deep_merge(base, over)


def _says_otherwise(base: Raw, over: Raw, table: str, key: str) -> bool:
    old, new = base.get(table), over.get(table)
    if not isinstance(old, Mapping) or not isinstance(new, Mapping) or key not in new:
        return False
    return key in old and new[key] != old[key]


def _deep_merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> Raw:
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            value = _deep_merge(old, value)  # noqa: PLW2901
        result[key] = value
    return result


def nested(settings: Mapping[str, Any]) -> Raw:
    """Key paths and values as tables within tables; a later one wins."""
    result: Raw = {}
    for path, value in settings.items():
        tree = value
        for step in reversed(path.split(".")):
            tree = {step: tree}
        result = _deep_merge(result, without_shorthand(tree))
    return result


def leaves(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Key paths and values of a table of tables; an empty table has none."""
    for key, value in table.items():
        path = f"{prefix}.{key}" if prefix else key
        if isinstance(value, Mapping):
            yield from leaves(value, path)
        else:
            yield path, value


def flatten(spec: ExperimentSpec) -> dict[str, Any]:
    """Every setting of an experiment by its key path; its description is none."""
    return dict(leaves(spec.model_dump(exclude={"description"})))


def differences(spec: ExperimentSpec, defaults: ExperimentSpec) -> dict[str, Any]:
    """The settings in which `spec` differs from `defaults`.

    A model of another kind is compared with the plain model of its own kind, besides the kind itself.
    """
    usual = flatten(defaults)
    if spec.model.kind != defaults.model.kind:
        usual = {path: value for path, value in usual.items() if not path.startswith("model.")}
        usual |= _plain_model(spec.model.kind)
    return {path: value for path, value in flatten(spec).items() if path not in usual or usual[path] != value}


def _plain_model(kind: str) -> dict[str, Any]:
    if kind == "custom":
        return {}
    return dict(leaves({"model": MODELS[kind]().model_dump(exclude={"kind"})}))


def with_settings(
    spec: ExperimentSpec, settings: Mapping[str, Any], defaults: ExperimentSpec
) -> ExperimentSpec:
    """The experiment with settings replaced; a model of a new kind begins from the defaults'.

    Raises InvalidSettingsError with all that is wrong.
    """
    over = nested(settings)
    base = spec.model_dump()
    new_model = over.get("model")
    kind = new_model.get("kind") if isinstance(new_model, Mapping) else None
    if kind is not None and kind == defaults.model.kind != spec.model.kind:
        base["model"] = defaults.model.model_dump()
    return build_experiment(merged(base, over))
