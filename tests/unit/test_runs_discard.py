from __future__ import annotations

import pytest
from support.fakes import make_run

from fashiontui import errors
from fashiontui.runs.discard import discard_untrained
from fashiontui.runs.record import Failure, RunRecord


def failed(logs, run_id, kind="DeviceError"):
    code = getattr(errors, kind).exit_code if hasattr(errors, kind) else 1
    failure = Failure(kind=kind, message="no such device", exit_code=code)
    paths = make_run(logs, "lr", run_id, failure=failure)
    return paths, RunRecord.load(paths.record)


def test_a_run_without_its_device_leaves_no_folder(tmp_path):
    paths, record = failed(tmp_path, "20261123-091502-k3f")
    assert discard_untrained(paths, record)
    assert not paths.root.parent.exists()


def test_the_other_runs_of_its_experiment_stay(tmp_path):
    other = make_run(tmp_path, "lr", "20261123-091501-aaa")
    paths, record = failed(tmp_path, "20261123-091502-k3f", "DataMissingError")
    assert discard_untrained(paths, record)
    assert other.record.exists()


@pytest.mark.parametrize("kind", ["RunError", "UsageError", "DataError", "ValueError"])
def test_a_run_that_failed_by_itself_or_by_code_of_the_user_s_own_stays(tmp_path, kind):
    paths, record = failed(tmp_path, "20261123-091502-k3f", kind)
    assert not discard_untrained(paths, record)
    assert paths.record.exists()


def test_a_run_with_events_or_a_checkpoint_stays(tmp_path):
    paths, record = failed(tmp_path, "20261123-091502-k3f")
    events = paths.root / "events.out.tfevents.1.host.1"
    events.touch()
    assert not discard_untrained(paths, record)
    events.unlink()
    paths.checkpoint.touch()
    assert not discard_untrained(paths, record)


def test_a_finished_run_stays(tmp_path):
    paths = make_run(tmp_path)
    assert not discard_untrained(paths, RunRecord.load(paths.record))
