from __future__ import annotations

import pytest

from fashiontui.config.problems import InvalidSettingsError
from fashiontui.config.schema import choices
from fashiontui.config.settings import differences, flatten, leaves, merged, nested, with_settings
from fashiontui.config.spec import CnnSpec, CustomSpec, DatasetSpec, ExperimentSpec, MlpSpec, OptimizerSpec

DEFAULTS = ExperimentSpec(model=MlpSpec(units=(7,), dropout=0.2))


def test_tables_merge_key_by_key():
    base = {"training": {"epochs": 5, "seed": 2}, "optimizer": {"decay": 0.5}}
    assert merged(base, {"training": {"epochs": 9}}) == {
        "training": {"epochs": 9, "seed": 2},
        "optimizer": {"decay": 0.5},
    }
    assert base["training"]["epochs"] == 5


def test_a_model_of_another_kind_inherits_nothing():
    base = {"model": {"kind": "mlp", "units": [3], "dropout": 0.1}}
    assert merged(base, {"model": "cnn"})["model"] == {"kind": "cnn"}
    assert merged(base, {"model": {"kind": "mlp", "units": [4]}})["model"] == {
        "kind": "mlp",
        "units": [4],
        "dropout": 0.1,
    }
    assert merged(base, {"model": {"dropout": 0.5}})["model"] == {"kind": "mlp", "units": [3], "dropout": 0.5}


def test_another_dataset_keeps_sizes_but_not_the_folder_or_options():
    base = {"dataset": {"name": "fashion-mnist", "dir": "/data", "valid_size": 10, "options": {"a": 1}}}
    assert merged(base, {"dataset": "synthetic"})["dataset"] == {"name": "synthetic", "valid_size": 10}
    assert merged(base, {"dataset": {"valid_size": 9}})["dataset"]["dir"] == "/data"


def test_another_custom_network_does_not_get_the_options_of_the_first():
    base = {"model": {"kind": "custom", "build": "a:b", "options": {"width": 3}}}
    assert merged(base, {"model": "c:d"})["model"] == {"kind": "custom", "build": "c:d"}
    deeper = merged(base, {"model": {"options": {"depth": 1}}})["model"]
    assert deeper["options"] == {"width": 3, "depth": 1}


def test_nested_and_leaves_are_each_others_inverse():
    settings = {"model.kind": "cnn", "model.units": [3], "training.epochs": 2}
    assert dict(leaves(nested(settings))) == settings
    assert nested({"model": "cnn", "model.units": [3]}) == {"model": {"kind": "cnn", "units": [3]}}
    assert nested({"training.epochs": 1, "training.epochs.x": 2}) == {"training": {"epochs": {"x": 2}}}


def test_flatten_gives_every_setting_but_the_description():
    flat = flatten(ExperimentSpec(description="words", model=CnnSpec(channels=(3, 4), kernel_sizes=(3,))))
    assert flat["model.kind"] == "cnn"
    assert flat["model.channels"] == (3, 4)
    assert flat["training.epochs"] == 50
    assert "description" not in flat
    options = ExperimentSpec(model=CustomSpec(build="a:b", options={"x": {"y": 1}}))
    assert flatten(options)["model.options.x.y"] == 1


def test_differences_are_what_was_set():
    spec = DEFAULTS.model_copy(update={"optimizer": OptimizerSpec(decay=0.5)})
    assert differences(spec, DEFAULTS) == {"optimizer.decay": 0.5}
    assert differences(DEFAULTS, DEFAULTS) == {}


def test_differences_of_another_kind_are_seen_against_its_plain_model():
    spec = DEFAULTS.model_copy(update={"model": CnnSpec(dropout=0.4)})
    assert differences(spec, DEFAULTS) == {"model.kind": "cnn", "model.dropout": 0.4}
    custom = DEFAULTS.model_copy(update={"model": CustomSpec(build="a:b")})
    assert differences(custom, DEFAULTS) == {"model.kind": "custom", "model.build": "a:b"}


def test_with_settings_changes_only_what_it_is_told():
    spec = ExperimentSpec(model=CnnSpec(dropout=0.5), dataset=DatasetSpec(valid_size=7))
    changed = with_settings(spec, {"model.channels": [4, 5], "dataset": "synthetic"}, DEFAULTS)
    assert changed.model == CnnSpec(dropout=0.5, channels=(4, 5))
    assert changed.dataset == DatasetSpec(name="synthetic", valid_size=7)
    assert changed.training == spec.training


def test_a_new_kind_of_model_begins_from_the_defaults():
    spec = ExperimentSpec(model=CnnSpec(dropout=0.5))
    assert with_settings(spec, {"model": "mlp"}, DEFAULTS).model == MlpSpec(units=(7,), dropout=0.2)
    assert with_settings(spec, {"model.kind": "logistic"}, DEFAULTS).model.kind == "logistic"
    assert with_settings(spec, {"model.kind": "cnn"}, DEFAULTS).model == CnnSpec(dropout=0.5)


def test_with_settings_refuses_what_makes_no_experiment():
    with pytest.raises(InvalidSettingsError) as caught:
        with_settings(ExperimentSpec(), {"training.epochs": 0, "optimizer.decay": 2}, DEFAULTS)
    assert {problem.where for problem in caught.value.problems} == {"training.epochs", "optimizer.decay"}


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("optimizer.name", "mlp", ("adam", "adamw", "sgd")),
        ("model.batch_norm", "cnn", ("true", "false")),
        ("model.max_features", "forest", ("sqrt", "log2")),
        ("model.batch_norm", "forest", ()),
        ("training.epochs", "mlp", ()),
        ("trees.height", "mlp", ()),
        ("description", "mlp", ()),
    ],
)
def test_the_words_a_setting_may_be(path, kind, words):
    assert choices(path, kind) == words


def test_a_setting_of_the_same_kind_of_model_leaves_the_others_as_they_are():
    spec = ExperimentSpec(model=MlpSpec(units=(3,), dropout=0.4))
    changed = with_settings(spec, {"model.kind": "mlp", "model.batch_norm": True}, DEFAULTS)
    assert changed.model == MlpSpec(units=(3,), dropout=0.4, batch_norm=True)


def test_a_table_that_does_not_say_which_keeps_what_it_has():
    base = {"dataset": {"dir": "/data", "options": {"a": 1}}}
    assert merged(base, {"dataset": {"name": "mnist"}})["dataset"] == {**base["dataset"], "name": "mnist"}
