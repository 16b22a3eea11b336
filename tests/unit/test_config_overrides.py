from __future__ import annotations

import pytest

from fashiontui.config.overrides import apply_overrides, parse_overrides
from fashiontui.config.spec import CnnSpec, CustomSpec, DatasetSpec, ExperimentSpec, MlpSpec
from fashiontui.errors import UsageError

CNN = ExperimentSpec(model=CnnSpec(dropout=0.5))


def applied(*texts: str, spec: ExperimentSpec = CNN) -> ExperimentSpec:
    return apply_overrides("cnn1", spec, parse_overrides(texts), ExperimentSpec())


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("model.dropout=0.5", "model.dropout", 0.5),
        ("model.units=[256, 128]", "model.units", [256, 128]),
        ("dataset=synthetic", "dataset", "synthetic"),
        ("dataset=fashion-mnist", "dataset", "fashion-mnist"),
        ("model=my.nets:build", "model", "my.nets:build"),
        ("optimizer.decay=.5", "optimizer.decay", 0.5),
        ("optimizer.learning_rate=1e-3", "optimizer.learning_rate", 1e-3),
        ("model.batch_norm=true", "model.batch_norm", True),
        (" training.epochs = 3 ", "training.epochs", 3),
        ('dataset.dir="a = b"', "dataset.dir", "a = b"),
        ("dataset.dir=/data/a=b", "dataset.dir", "/data/a=b"),
        ("model={kind='mlp', units=[3]}", "model", {"kind": "mlp", "units": [3]}),
        ("training.epochs=1\nseed=2", "training.epochs", "1\nseed=2"),
    ],
)  # fmt: skip
def test_values_are_toml_or_bare_words(text, path, value):
    assert parse_overrides([text]) == {path: value}


def test_the_last_of_two_wins():
    assert parse_overrides(["a=1", "b=2", "a=3"]) == {"a": 3, "b": 2}


@pytest.mark.parametrize("text", ["", "model.dropout", "=3", "model.dropout=", "  =  "])
def test_what_is_no_setting_is_refused_with_an_example(text):
    with pytest.raises(UsageError, match="not a `key=value`") as caught:
        parse_overrides([text])
    assert "--set model.dropout=0.5" in caught.value.hint


@pytest.mark.parametrize("text", ["model.units=[256,", "model.units=[a,b]", 'dataset="x'])
def test_a_broken_list_is_not_taken_for_a_word(text):
    with pytest.raises(UsageError, match="is not TOML"):
        parse_overrides([text])


def test_settings_are_applied():
    assert applied("model.units=[256,128]", "training.epochs=3").model == CnnSpec(
        dropout=0.5, units=(256, 128)
    )
    assert applied("dataset=synthetic").dataset == DatasetSpec(name="synthetic")
    assert applied("model.kind=mlp", "model.units=[9]").model == MlpSpec(units=(9,))
    assert applied("model=mlp").model == MlpSpec()
    assert applied("model={kind='mlp', units=[3]}").model == MlpSpec(units=(3,))
    assert applied() is CNN


def test_options_of_a_custom_network_are_free():
    spec = ExperimentSpec(model=CustomSpec(build="a:b"))
    assert applied("model.options.width=3", spec=spec).model == CustomSpec(build="a:b", options={"width": 3})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("model.dropot=0.5", "Did you mean `model.dropout`?"),
        ("dropout=0.5", "Did you mean `model.dropout`?"),
        ("epochs=3", "Did you mean `training.epochs`?"),
        ("lr=0.1", "Did you mean `optimizer.learning_rate`?"),
        ("trainig.epochs=3", "Did you mean `training.epochs`?"),
        ("optimizer.zzz=3", "Near it there are `optimizer.name`, `optimizer.learning_rate`"),
        ("training.epochs.x=3", "unknown key `x`"),
        ("zzz=3", "`training`"),
        ("model.trees=3", "a model of kind cnn has no `trees`; `forest` has it"),
    ],
)
def test_unknown_keys_name_the_nearest_and_those_around(text, told):
    with pytest.raises(UsageError, match="cnn1 can't be run with --set") as caught:
        applied(text)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("model.dropout=1.5", "model.dropout = 1.5: must be below 1.0"),
        ("model.activation=rleu", "did you mean `relu`?"),
        ("model.kind=cnnn", "did you mean `cnn`?"),
        ("model=3", "must be a table of settings, or a text"),
        ("model.batch_norm=True", "must be true or false"),
        ("model.options.x=3", "a model of kind cnn has no `options`; `custom` has it"),
        ("training=3", "training = 3: must be a table"),
        ("model.channels=[2,2,2,2,2]", "so at most 4 fit"),
        ("dataset=fashon-mnist", "did you mean `fashion-mnist`?"),
    ],
)
def test_wrong_values_are_told_in_plain_words(text, told):
    with pytest.raises(UsageError, match="cnn1 can't run with these settings") as caught:
        applied(text)
    assert told in str(caught.value)


def test_all_wrong_values_are_told_at_once():
    with pytest.raises(UsageError) as caught:
        applied("training.epochs=0", "optimizer.decay=2")
    assert len(str(caught.value).splitlines()) == 2
