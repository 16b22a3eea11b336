from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from support.cli import project
from support.fakes import make_run
from support.registry import HERE, opened

from fashiontui.cli import actions
from fashiontui.cli.choices import Places
from fashiontui.cli.rerunning import rerun_runs
from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs.find import list_runs
from fashiontui.runs.record import Attempt, Request, RunRecord
from fashiontui.runs.state import RunState

OLD = "20261123-091501-aaa"


@pytest.fixture
def logs(tmp_path, monkeypatch):
    called = []
    monkeypatch.setattr(actions, "ensure_supervisor", called.append)
    monkeypatch.chdir(project(tmp_path))
    return tmp_path / "logs"


@pytest.fixture
def original(logs):
    attempt = Attempt(started=datetime.now(UTC), device="cpu", device_name="EPYC", threads=3, pid=1)
    spec = ExperimentSpec.model_validate({"dataset": "synthetic", "training": {"epochs": 3, "seed": 7}})
    return make_run(
        logs,
        "lr-x",
        OLD,
        base="lr",
        study="widths",
        variant={"a": 1},
        spec=spec,
        state=RunState.FINISHED,
        attempts=(attempt,),
        request=Request(device="auto", import_dirs=("/elsewhere",)),
        environment={**HERE, "python": "2.7"},
    )


def rerun(capsys, *names, headless=False, dry_run=False, as_json=False):
    code = rerun_runs(names, Places(), headless=headless, dry_run=dry_run, as_json=as_json)
    return (code, *capsys.readouterr())


def test_a_run_is_queued_anew_as_it_was(logs, original, capsys):
    code, out, err = rerun(capsys, "lr-x")
    assert code == 0
    (new,) = (paths for paths in list_runs(logs) if paths.run_id != OLD)
    assert out == f"{new.key} repeats {original.key}\n"
    assert f"{original.key}: today differs from then in\n" in err
    assert "python" in err
    assert "2.7 then" in err
    old, again = RunRecord.load(original.record), RunRecord.load(new.record)
    for name in ("experiment", "base", "study", "variant", "spec"):
        assert getattr(again, name) == getattr(old, name)
    assert (again.request.device, again.request.threads) == ("cpu", 3)  # what it had then
    assert again.request.import_dirs == ("/elsewhere", str(logs.parent))
    assert again.environment["rerun_of"] == original.key
    assert (again.state, again.attempts) == (RunState.QUEUED, ())
    with opened(logs) as registry:
        (entry,) = registry.queue()
        assert (entry.key, entry.threads) == (new.key, 3)


def test_an_object_with_all_that_differs(logs, original, capsys):
    _, out, err = rerun(capsys, OLD, as_json=True)
    told = json.loads(out)
    assert (told["state"], told["changed"], told["rerun_of"]) == ("queued", True, original.key)
    assert "2.7" in [each["then"] for each in told["differences"] if each["what"] == "python"]
    assert err == ""


def test_a_dry_run_only_tells(logs, original, capsys):
    code, out, err = rerun(capsys, OLD, dry_run=True)
    assert (code, out) == (0, f"{original.key} would be repeated\n")
    assert "python" in err
    assert len(list_runs(logs)) == 1


def test_a_run_of_another_folder_is_repeated_in_ours(logs, tmp_path, capsys):
    theirs = make_run(tmp_path / "theirs", "lr", OLD, state=RunState.FINISHED)
    code, _, _ = rerun(capsys, str(theirs.root))
    assert code == 0
    assert [paths.experiment for paths in list_runs(logs)] == ["lr"]


def test_data_that_are_gone_are_said_and_nothing_is_queued(logs, capsys, monkeypatch):
    monkeypatch.delenv("FASHIONTUI_DATA", raising=False)  # whoever runs the tests may have it
    monkeypatch.setattr("fashiontui.cli.data.cache_folder", lambda: logs / "cache")
    spec = ExperimentSpec.model_validate({"dataset": "fashion-mnist"})
    make_run(logs, "cnn1", OLD, spec=spec, state=RunState.FINISHED, request=Request(data_dirs=("/nowhere",)))
    make_run(logs, "lr", "20261123-091502-bbb", state=RunState.FINISHED)
    code, out, err = rerun(capsys, "cnn1", "lr")
    assert code == 4
    assert "Fashion-MNIST is not here" in err
    assert "repeats lr/20261123-091502-bbb" in out
