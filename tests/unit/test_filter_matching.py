"""What each operator makes of each kind of value."""

from __future__ import annotations

from datetime import datetime

import pytest
from support.filter_facts import facts, matches

CREATED = datetime(2026, 11, 23, 9, 15, 2).timestamp()  # noqa: DTZ001 - local time is what a user writes

TRUE = [
    # numbers
    "dropout=0.5", "dropout==0.50", "dropout:5e-1", "dropout=.5", "dropout=50%", "dropout=+0.5", "dropout!=0.3",
    "dropout<0.6", "dropout<=0.5", "dropout>0.4", "dropout>=0.5", "dropout > 0.4", "dropout>-1", "dropout=0.3,0.5",
    "dropout!=0.3,0.4", "dropout=0.50000000000001", "seed=1", "seed=1.0", "parameters=805_130", "parameters>1e5",
    "test_accuracy>90%", "epochs=28", "training.epochs=50", "seed=1*", "dropout=0.?", 'seed="1"',
    # texts
    "model=cnn", "model=CNN", "model=cnn*", "model=?nn", "model=[a-c]nn", "model=[!m]nn", "model!=mlp*", 'model="cnn"',
    "model=mlp,cnn", "model=mlp,c*", "model!=mlp,logistic", "experiment=cnn1", "study:cnns", "device=cuda:0",
    "device=cuda*", "dataset=fashion-mnist", "dataset=fashion*", "host=box",
    # beginnings
    "run=20261123", "id=20261123-0915", "run_id=*k3f", "commit=15c3f52", "weights_sha256=c0ff", "run!=2025",
    # truths
    "batch_norm=true", "bn=TRUE", "synthetic=false", "batch_norm!=false",
    # lists
    "units=512", "units=256", "units=[512,256]", "units=128,512", "units>400", "units<400", "units!=[256,512]",
    "units!=128", "tag=baseline", 'tag="first try"', "tag=first*", "tag!=last",
    # states
    "state=finished", "status:finished,paused", "status=fin*", "state!=running", "status:FINISHED",
    # none
    "clip_norm=none", "clip_norm=None", "dropout!=none", "trees=none", "last.valid_loss=none",
    # durations
    "train_seconds=463", "train_seconds>7m", "train_seconds<7m44s", "age<3h", "age>=2h", "age>1h59m59s", "age=2h",
    "age=7200s", "age<=0.5d", "age<1w",
    # curves
    "best.valid_accuracy>0.9", "last.valid_accuracy=0.92", "min.valid_accuracy<=0.8", "max.valid_loss=2",
    "best_epoch.valid_accuracy=18", "best.loss/valid=0.25", "best.accuracy/valid>92%",
]  # fmt: skip

FALSE = [
    "dropout=0.3", "dropout!=0.5", "dropout<0.5", "dropout<=0.4", "dropout>0.5", "dropout>=0.6", "dropout=0.500001",
    "dropout=half", "dropout=0.3,0.4", "dropout!=0.3,0.5", "model=cn", "model=nn", 'model="cnn*"', "model!=cnn",
    "model=mlp,vgg*", "seed=true", "batch_norm=1", "batch_norm>0", "bn=false", 'bn="true"', "batch_norm=yes",
    "units=[512]", "units=[256,512]", "units=51", "units>512", "units!=512", "tag=first", "tag=last", "run=0915",
    "commit=c3f", "state:running", "clip_norm=0", "clip_norm!=none", "dropout=none", 'study="none"',
    "age<2h", "age>2h", "train_seconds<7m", "last.valid_loss>0", "last.train_loss<9", "best.valid_accuracy>=0.93",
    "experiment=cnn", "study=cnn", "host!=box",
]  # fmt: skip


@pytest.mark.parametrize("text", TRUE)
def test_it_matches(text):
    assert matches(text)
    assert not matches(f"not {text}")


@pytest.mark.parametrize("text", FALSE)
def test_it_does_not_match(text):
    assert not matches(text)
    assert matches(f"not {text}")


@pytest.mark.parametrize("sign", ["=", "==", ":", "<", "<=", ">", ">="])
@pytest.mark.parametrize("key", ["trees", "test_loss", "best.train_loss", "clip_norm"])
def test_what_a_run_lacks_is_neither_equal_nor_greater_nor_less(key, sign):
    assert not matches(f"{key}{sign}0.3")
    assert matches(f"not {key}{sign}0.3")


def test_what_a_run_lacks_differs_from_everything_but_none():
    for run in ({}, {"metrics": None}, facts(error=None)):
        assert matches("trees!=100 error!=DeviceError best.gap_accuracy!=0", run)
        assert not matches("trees!=none", run)
    assert not matches("age<1h or age>=1h or created<2026-11-23 or created>=2026-11-23", {})


@pytest.mark.parametrize("value", [float("nan"), "text", True, [], None])
def test_what_is_no_number_is_neither_greater_nor_less(value):
    run = facts(model__dropout=value)
    assert not matches("dropout<1 or dropout>=1", run)


def test_infinity_is_greater():
    assert matches("test_loss>1e300", facts(test_loss=float("inf")))
    assert matches("not test_loss=1", facts(test_loss=float("inf")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("created=2026-11-23", True),
        ("created:2026-11-22,2026-11-23", True),
        ("created!=2026-11-23", False),
        ("created=2026-11-23T09:15", True),
        ("created=2026-11-23T09:15:02", True),
        ("created=2026-11-23T09:16", False),
        ("created=2026-11-22", False),
        ("created>2026-11-22", True),
        ("created>2026-11-23", False),
        ("created>=2026-11-23", True),
        ("created>=2026-11-24", False),
        ("created<2026-11-23", False),
        ("created<2026-11-24", True),
        ("created<=2026-11-23", True),
        ("created<=2026-11-22", False),
        ("created<2026-11-23T09:15:03", True),
        ("created>2026-11-23T09:14", True),
        ("created!=none", True),
    ],
)
def test_dates_are_whole_days_minutes_or_seconds(text, expected):
    assert matches(text, facts(created=CREATED)) is expected


@pytest.mark.parametrize(
    "text",
    [
        "cnn", "CNN1", "k3f", "20261123", "cnns", "nn1/2026", "cnn*", "*k3f", "cnn?", "c[mn]n1", "cnn1/*", '"cnn"', "'1/2'",
        '""', "*", "not mlp", "not cnn[2-9]",
    ],
)  # fmt: skip
def test_a_bare_word_is_looked_for_in_names(text):
    assert matches(text)


@pytest.mark.parametrize("text", ["mlp", "nn*", "cnn", "fashion", '"cnn*"', "*k3", "not cnn1"])
def test_a_bare_word_that_is_in_no_name(text):
    run = facts(study=None)
    assert matches(text, run) is (text == "cnn")
    assert not matches("cnn", {})


def test_a_quoted_keyword_is_a_word():
    run = facts(study="this or that")
    assert matches('"or"', run)
    assert not matches('"or"')
    assert matches('study="this or that"', run)


def test_names_may_hold_anything():
    for name in ('a "b" c', "it's", "back\\slash", "[x]", "a*b", "\x1b[31mred", "日本語", "a,b (c)=d", "\t"):
        written = name.replace("\\", "\\\\").replace('"', '\\"')
        assert matches(f'study="{written}"', facts(study=name))
        assert matches(f'"{written}"', facts(study=f"<{name}>"))
        assert not matches(f'study="{written}"', facts(study=f"<{name}>"))


def test_a_failure_is_found_by_kind_or_words():
    run = facts(error={"kind": "DeviceError", "message": "no CUDA device here", "hint": ""})
    assert matches("error=DeviceError", run)
    assert matches("error=*cuda*", run)
    assert not matches("error=DataError", run)
    assert matches("error!=none", run)
    assert not matches("error!=none")


def test_options_of_ones_own_network():
    run = facts(model__options__width=3)
    assert matches("model.options.width>=3", run)
    assert not matches("model.options.depth>=3", run)


def test_the_two_examples_of_the_trade():
    text = "model=cnn* dropout>=0.3 status:running best.valid_accuracy>0.9"
    assert not matches(text)
    assert matches(text, facts(state="running"))
