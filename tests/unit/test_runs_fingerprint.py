from __future__ import annotations

import json
import subprocess
import sys

import pytest

from fashiontui.config.settings import flatten, with_settings
from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs.fingerprint import fingerprint

CNN = {"model": {"kind": "cnn", "channels": [32, 64], "dropout": 0.5}, "training": {"epochs": 7}}


def of(raw):
    return fingerprint(ExperimentSpec.model_validate(raw))


def test_it_is_what_it_was_when_results_were_first_kept():
    assert of({}) == "0a6def3b898de7bd"  # a CSV may hold it
    assert of(CNN) == "ef23463f0d69f1fd"


def test_it_is_the_same_in_another_process():
    program = (
        "import json, sys; from fashiontui.config.spec import ExperimentSpec as E; "
        "from fashiontui.runs.fingerprint import fingerprint as f; "
        "print(f(E.model_validate(json.loads(sys.argv[1]))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps(CNN)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == of(CNN)


def test_left_out_and_written_out_are_alike():
    full = ExperimentSpec.model_validate(CNN).model_dump()
    assert of(full) == of(CNN)
    assert of({"model": "logistic"}) == of({})
    assert of({"optimizer": {"decay": 1}}) == of({"optimizer": {"decay": 1.0}}) == of({})
    spec = ExperimentSpec.model_validate(CNN)
    assert of(json.loads(spec.model_dump_json())) == fingerprint(spec)


@pytest.mark.parametrize(
    "settings",
    [
        {"description": "in other words"},
        {"instrumentation.layers_every": 0},
        {"instrumentation.checkpoint_seconds": 1.0},
        {"dataset.dir": "elsewhere"},
    ],
)
def test_what_does_not_decide_the_result_does_not_enter(settings):
    spec = ExperimentSpec.model_validate(CNN)
    assert fingerprint(with_settings(spec, settings, ExperimentSpec())) == fingerprint(spec)


@pytest.mark.parametrize(
    "settings",
    [
        {"training.seed": 2},
        {"training.epochs": 8},
        {"training.batch_size": 10},
        {"training.patience": 3},
        {"training.label_smoothing": 0.1},
        {"training.precision": "fp32"},
        {"model.dropout": 0.4},
        {"model.channels": [64, 32]},
        {"model": "mlp"},
        {"dataset": "synthetic"},
        {"dataset.train_size": 100},
        {"dataset.split_seed": 1},
        {"optimizer.learning_rate": 0.002},
        {"optimizer.decay": 0.9999},
        {"regularization.l1": 1e-5},
        {"regularization.l2": 1e-5},
        {"augmentation.flip": True},
    ],
)
def test_what_decides_the_result_does(settings):
    spec = ExperimentSpec.model_validate(CNN)
    assert fingerprint(with_settings(spec, settings, ExperimentSpec())) != fingerprint(spec)


def test_kinds_of_models_with_the_same_settings_differ():
    kinds = ["logistic", "mlp", "cnn", "vgg16", "forest"]
    assert len({of({"model": kind}) for kind in kinds}) == len(kinds)


def test_options_of_custom_functions_enter_in_any_order():
    def custom(options):
        return of({"model": {"kind": "custom", "build": "nets:build", "options": options}})

    assert custom({"a": 1, "b": [2]}) == custom({"b": [2], "a": 1})
    assert custom({"a": 1}) != custom({"a": 2})


OTHERWISE = {  # another value than usual of every setting that decides a result
    "dataset.name": "mnist", "dataset.valid_size": 4000, "dataset.split_seed": 1, "dataset.train_size": 100,
    "dataset.test_size": 100, "model.kind": "mlp", "model.channels": [8], "model.convolutions": [2],
    "model.kernel_sizes": [3], "model.units": [64], "model.activation": "gelu", "model.batch_norm": True,
    "model.pool_first": True, "model.dropout": 0.1, "model.conv_dropout": 0.1, "optimizer.name": "sgd",
    "optimizer.learning_rate": 0.01, "optimizer.schedule": "cosine", "optimizer.decay": 0.9,
    "optimizer.warmup": 0.1, "optimizer.momentum": 0.5, "optimizer.nesterov": True,
    "optimizer.weight_decay": 0.1, "optimizer.average": 0.9, "optimizer.clip_norm": 1.0,
    "regularization.l1": 0.1, "regularization.l2": 0.1, "augmentation.flip": True, "augmentation.shift": 1,
    "augmentation.erase": 1, "augmentation.flip_average": True, "training.epochs": 3, "training.batch_size": 7,
    "training.seed": 2, "training.label_smoothing": 0.1, "training.patience": 2, "training.precision": "fp32",
}  # fmt: skip


def test_every_setting_decides_but_those_of_what_is_recorded_and_where_data_lie():
    spec = ExperimentSpec.model_validate({"model": "cnn"})
    paths = {path for path in flatten(spec) if not path.startswith("instrumentation.")} - {"dataset.dir"}
    assert paths == OTHERWISE.keys()
    found = {path: fingerprint(with_settings(spec, {path: value}, spec)) for path, value in OTHERWISE.items()}
    assert len({*found.values(), fingerprint(spec)}) == len(found) + 1


def test_the_file_of_a_network_of_one_s_own_enters():
    spec = ExperimentSpec.model_validate({"model": "nets:build"})
    assert len({fingerprint(spec), fingerprint(spec, "a"), fingerprint(spec, "b")}) == 3
