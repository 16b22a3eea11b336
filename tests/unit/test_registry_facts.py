"""Facts of runs: what is in them, and that they come out of the registry as they went in."""

from __future__ import annotations

import json
import math

import pytest
from support.fake_worker import model_facts, result
from support.fakes import make_run
from support.registry import Clock, in_state, opened, queued

from fashiontui.config.schema import MODELS
from fashiontui.config.settings import flatten
from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs import metrics
from fashiontui.runs.outcome import outcome_of
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import MetricSummary, RunRecord
from fashiontui.runs.registry import facts as facts_module
from fashiontui.runs.registry.facts import facts_of, with_progress
from fashiontui.runs.registry.packing import Shape, pack, unpack
from fashiontui.runs.state import RunState

SUMMARY = MetricSummary(last=0.5, best=0.75, best_epoch=3, min=0.25, max=0.75)


@pytest.fixture
def logs(tmp_path):
    return tmp_path / "logs"


def record_of(paths) -> RunRecord:
    return RunRecord.load(paths.record)


def finished(logs, run_id="a", **changes):
    return make_run(
        logs,
        "lr",
        run_id,
        state=RunState.FINISHED,
        result=result(3),
        model=model_facts(),
        metrics={"valid_accuracy": SUMMARY},
        **changes,
    )


def packed_and_unpacked(facts: dict) -> dict:
    packed = pack(facts)
    (unpacked,) = unpack([Shape.parse(packed.shape)], [packed.values], [("lost", "/logs/lr/a")])
    assert len(unpacked) == len(list(unpacked))
    return dict(unpacked)


def test_facts_are_the_outcome_the_settings_and_where_it_comes_from(logs):
    paths = finished(logs, environment={"host": "box", "git": {"commit": "abc", "dirty": True}})
    record, facts = record_of(paths), facts_of(paths, record_of(paths))
    assert {key: facts[key] for key in outcome_of(paths, record)} == outcome_of(paths, record)
    settings = json.loads(json.dumps(flatten(record.spec)))
    assert {key: facts[key] for key in settings} == settings
    assert facts["metrics"] == {"valid_accuracy": SUMMARY.to_dict()}
    assert (facts["host"], facts["commit"], facts["base"], facts["tags"]) == ("box", "abc", "lr", [])
    assert facts["created"] == record.created.timestamp()


def test_what_is_not_known_is_none(logs):
    paths = make_run(logs)
    facts = facts_of(paths, record_of(paths))
    assert (facts["host"], facts["commit"], facts["test_accuracy"], facts["metrics"]) == (
        None,
        None,
        None,
        {},
    )


def test_tags_of_a_newer_version_are_kept(logs):
    paths = make_run(logs)
    record = RunRecord.model_validate({**record_of(paths).model_dump(), "tags": ["good"]})
    assert facts_of(paths, record)["tags"] == ["good"]


def test_metrics_that_the_record_lacks_are_read_from_the_curves(logs, monkeypatch):
    read: list[object] = []
    monkeypatch.setattr(facts_module, "summarise", lambda root: read.append(root) or {"valid_loss": SUMMARY})
    paths = make_run(logs, state=RunState.FAILED)
    assert facts_of(paths, record_of(paths))["metrics"] == {"valid_loss": SUMMARY.to_dict()}
    facts_of(paths, record_of(paths).in_state(RunState.RUNNING))
    facts_of(paths, record_of(paths).model_copy(update={"metrics": {"valid_loss": SUMMARY}}))
    assert read == [paths.root]


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.FINISHED])
def test_facts_come_out_as_they_went_in(logs, kind, state):
    model = {"kind": kind, "build": "nets:build", "options": {"a": {"b": 1}}} if kind == "custom" else kind
    spec = ExperimentSpec.model_validate({"model": model, "optimizer": {"learning_rate": 0.5}})
    paths = finished(logs, spec=spec, variant={"optimizer.learning_rate": 0.5})
    record = record_of(paths).in_state(state)
    facts = facts_of(paths, record if state.is_ended else record.model_copy(update={"result": None}))
    assert packed_and_unpacked(facts) == {**facts, "state": "lost", "log_dir": "/logs/lr/a"}
    del facts["state"]
    assert packed_and_unpacked(facts) == {**facts, "state": "lost", "log_dir": "/logs/lr/a"}


@pytest.mark.parametrize(
    "value", [True, 1, 1.0, "1", None, [1], {"a": [None]}, math.inf, "\x1b[31m👗\n\ud800"]
)
def test_values_keep_their_kind(value):
    out = packed_and_unpacked({"optimizer.decay": value, "own": value, "tags": value, "metrics": {}})
    for key in ("optimizer.decay", "own", "tags"):
        assert (out[key], type(out[key])) == (value, type(value))


def test_runs_that_differ_in_values_have_one_shape(logs):
    shapes = set()
    for seed in range(3):
        spec = ExperimentSpec.model_validate(
            {"training": {"seed": seed + 2}, "model": {"kind": "cnn", "dropout": 0.1 + seed / 10}}
        )
        shapes.add(pack(facts_of(paths := finished(logs, str(seed), spec=spec), record_of(paths))).shape)
    assert len(shapes) == 1


def test_a_fact_that_is_not_there(logs):
    finished(logs)
    with opened(logs) as registry:
        (entry,) = registry.entries()
        assert entry.facts.get("model.dropout", "none") == "none"
        assert "model.dropout" not in entry.facts
        with pytest.raises(KeyError):
            entry.facts["model.dropout"]
        assert "'model.kind': 'logistic'" in repr(entry.facts)


@pytest.mark.parametrize("values", ["[1]", "{}", "1", "null", "[1],[2]", "["])
def test_values_of_another_shape_are_refused(values):
    shape = Shape.parse(pack({"own": 1, "other": 2, "metrics": {}}).shape)
    with pytest.raises(ValueError):
        unpack([shape], [values], [("lost", "")])


def test_a_moved_logs_folder_s_runs_are_where_they_are(logs, tmp_path):
    key = finished(logs).key
    with opened(logs):
        pass
    logs.rename(tmp_path / "elsewhere")
    with opened(tmp_path / "elsewhere") as registry:
        assert registry.entry(key).facts["log_dir"] == str(tmp_path / "elsewhere" / key)


@pytest.fixture
def live(logs):
    """The entry of a live run."""
    with opened(logs, clock=Clock()) as registry:
        (key,) = queued(registry, "a")
        yield registry.claim(key, "cpu/0")


def test_a_live_run_s_progress_is_among_its_facts(logs, live):
    progress = Progress(
        phase="training",
        step=70,
        steps=100,
        epoch=7,
        epochs=10,
        eta_seconds=3.5,
        samples_per_second=1000.0,
        train_seconds=2.0,
        train_loss=0.3,
        valid_accuracy=0.8,
        best_valid_accuracy=0.85,
        best_epoch=5,
    )
    progress.save(live.paths(logs).progress)
    facts = with_progress(live, logs).facts
    wanted = {
        "phase": "training",
        "step": 70,
        "planned_steps": 100,
        "epoch": 7,
        "planned_epochs": 10,
        "eta_seconds": 3.5,
        "samples_per_second": 1000.0,
        "train_seconds": 2.0,
        "train_loss": 0.3,
        "valid_accuracy": 0.8,
        "best_epoch": 5,
    }
    assert {key: facts[key] for key in wanted} == wanted
    assert facts["metrics"] == {
        "train_loss": {"last": 0.3},
        "valid_accuracy": {"last": 0.8, "best": 0.85, "best_epoch": 5},
        "samples_per_second": {"last": 1000.0},
    }
    assert facts["model.kind"] == "logistic"
    assert live.facts["train_loss"] is None
    assert (facts["steps"], facts["epochs"]) == (None, None)  # what an ended run has done


def test_what_was_not_measured_yet_leaves_no_metric(logs, live):
    Progress().save(live.paths(logs).progress)
    assert with_progress(live, logs).facts["metrics"] == {}


@pytest.mark.parametrize("text", [None, "", "{", '{"step": "many"}'])
def test_a_progress_that_can_t_be_read_changes_nothing(logs, live, text):
    if text is not None:
        live.paths(logs).progress.write_text(text)
    assert with_progress(live, logs) is live


def test_progress_of_a_run_that_is_not_live_is_old(logs):
    key = in_state(logs, RunState.PAUSED)
    with opened(logs) as registry:
        entry = registry.entry(key)
        Progress(step=3).save(entry.paths(logs).progress)
        assert with_progress(entry, logs) is entry


def test_every_metric_told_live_is_one_that_is_summarised():
    assert set(facts_module.LAST) <= set(metrics.METRICS)


def test_many_runs_are_listed_in_order(logs):
    with opened(logs) as registry:
        names = [f"{number:05}" for number in range(300)]
        queued(registry, *names)
        assert [entry.run_id for entry in registry.queue()] == names
        assert {entry.facts["run_id"] for entry in registry.entries()} == set(names)
        assert registry._storage.read(
            lambda connection: connection.execute("SELECT count(*) FROM shapes").fetchone()
        ) == (1,)
