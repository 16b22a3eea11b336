"""Each key has its full path and shorter ways to write it, and each is among a run's facts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.fakes import make_run
from support.filter_facts import NOW, facts

from fashiontui.config.schema import MODELS
from fashiontui.config.settings import flatten
from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs.filter.keys import OPTIONS, OWN, getter, resolve, settings, short_names
from fashiontui.runs.filter.mistake import Mistake
from fashiontui.runs.metrics import METRICS
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.facts import facts_of, with_progress
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("dropout", "model.dropout"),
        ("model.dropout", "model.dropout"),
        ("conv_dropout", "model.conv_dropout"),
        ("lr", "optimizer.learning_rate"),
        ("optimizer.lr", "optimizer.learning_rate"),
        ("learning_rate", "optimizer.learning_rate"),
        ("bn", "model.batch_norm"),
        ("model.bn", "model.batch_norm"),
        ("hidden", "model.units"),
        ("filters", "model.channels"),
        ("model", "model.kind"),
        ("kind", "model.kind"),
        ("optimizer", "optimizer.name"),
        ("dataset", "dataset"),
        ("dataset.name", "dataset.name"),
        ("valid_size", "dataset.valid_size"),
        ("l2", "regularization.l2"),
        ("epochs", "epochs"),
        ("training.epochs", "training.epochs"),
        ("seed", "seed"),
        ("status", "state"),
        ("run", "run_id"),
        ("id", "run_id"),
        ("tag", "tags"),
        ("best_epoch", "best_epoch"),
        ("best_epoch.valid_loss", "best_epoch.valid_loss"),
        ("last.loss/train", "last.train_loss"),
        ("min.gap/accuracy", "min.gap_accuracy"),
        ("model.options.width", "model.options.width"),
        ("dataset.options.a.b", "dataset.options.a.b"),
    ],
)
def test_ways_to_write_a_key(name, path):
    assert resolve(name, 0).path == path


@pytest.mark.parametrize(
    "name", ["name", "options", "ropout", "model.", ".dropout", "del.dropout", "description", "x.lr"]
)
def test_what_is_no_key(name):
    with pytest.raises(Mistake):
        resolve(name, 0)


def test_the_shortest_ways_are_unique_and_lead_to_every_key():
    ways = short_names()
    assert all(resolve(name, 0).path == path for name, path in ways.items())
    metrics = {
        f"{statistic}.{name}"
        for name in METRICS
        for statistic in ("last", "best", "best_epoch", "min", "max")
    }
    assert set(ways.values()) == {*OWN, *settings(), *metrics}
    assert ways["dropout"] == "model.dropout"
    assert "epochs" not in {name for name, path in ways.items() if path == "training.epochs"}


@pytest.mark.parametrize("kind", MODELS)
def test_every_setting_of_every_model_is_a_key(kind):
    model = (
        {"kind": kind, "build": "nets:build", "options": {"width": 3}} if kind == "custom" else {"kind": kind}
    )
    spec = ExperimentSpec.model_validate({"model": model, "dataset": {"options": {"noise": 1}}})
    for path in flatten(spec):
        assert resolve(path, 0).path == path


def test_every_fact_of_a_run_is_a_key_and_every_key_a_fact(tmp_path):
    record = RunRecord.load(make_run(tmp_path).record)
    paths = RunPaths.of(tmp_path, record.experiment, record.run_id)
    Progress(step=1, epoch=1, eta_seconds=2.0).save(paths.progress)
    facts = facts_of(paths, record)
    with Registry.open(tmp_path, warn=pytest.fail) as registry:
        (entry,) = registry.entries()
    live = with_progress(replace(entry, state=RunState.RUNNING), tmp_path).facts
    found = {*facts, *live} - set(settings())
    assert found - set(OWN) == {"variant", "log_dir", "metrics"}
    assert set(OWN) - found == {"age", "error"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dropout", 0.5),
        ("best.valid_accuracy", 0.9258),
        ("best_epoch.valid_accuracy", 18),
        ("last.train_loss", None),
        ("age", 7200.0),
        ("created", NOW - 7200),
        ("error", None),
        ("tags", ["baseline", "first try"]),
    ],
)
def test_where_values_are(name, value):
    assert getter(resolve(name, 0))(facts(), NOW) == value


def test_options_are_open_ended():
    assert all(prefix.endswith(".options.") for prefix in OPTIONS)
