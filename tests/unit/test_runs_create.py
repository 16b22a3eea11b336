from __future__ import annotations

import errno
import os
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fashiontui.config.plan import PlannedRun
from fashiontui.config.spec import ExperimentSpec
from fashiontui.errors import RunError
from fashiontui.runs import atomic
from fashiontui.runs.create import create_run
from fashiontui.runs.paths import ALPHABET, rising_marks
from fashiontui.runs.record import Request, RunRecord
from fashiontui.runs.state import RunState

NOW = datetime(2026, 11, 23, 9, 15, 2, tzinfo=UTC)
PLANNED = PlannedRun("cnn1-dropout", "cnn1", "dropout", {"model.dropout": 0.5}, ExperimentSpec())


def create(logs, seed=1):
    request = Request(device="cpu")
    return create_run(logs, PLANNED, request, environment={"python": "3"}, now=NOW, rng=random.Random(seed))


def test_a_new_run_is_queued_and_knows_all_that_was_planned(tmp_path):
    paths = create(tmp_path / "logs")
    record = RunRecord.load(paths.record)
    assert paths.root.parent == tmp_path / "logs" / "cnn1-dropout"
    assert paths.run_id.startswith("20261123-091502-")
    assert (record.run_id, record.experiment, record.base) == (paths.run_id, "cnn1-dropout", "cnn1")
    assert (record.study, record.variant) == ("dropout", {"model.dropout": 0.5})
    assert record.state is RunState.QUEUED
    assert record.request.device == "cpu"
    assert record.environment == {"python": "3"}
    assert record.created == NOW


def test_an_id_is_never_given_twice(tmp_path):
    rng_repeats_itself = 7
    first, second = create(tmp_path, rng_repeats_itself), create(tmp_path, rng_repeats_itself)
    assert first.root != second.root


def test_a_file_in_the_way(tmp_path):
    (tmp_path / "logs").touch()
    with pytest.raises(RunError, match="--logs"):
        create(tmp_path / "logs")
    (tmp_path / "cnn1-dropout").touch()
    with pytest.raises(RunError, match="is not a folder"):
        create(tmp_path)


def test_a_full_disk(tmp_path, monkeypatch):
    def refuse(self, *arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(RunError, match=r"no run can be made in .*: No space left on device"):
        create(tmp_path)


def test_a_disk_that_is_full_is_an_error_and_leaves_no_folder(tmp_path, monkeypatch):
    def full(_path: Path, _text: str, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")  # as write() says it: without a name

    monkeypatch.setattr(atomic, "write_text", full)
    with pytest.raises(RunError, match=r"no run can be made in .*: No space left on device"):
        create(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("field", ["data_dirs", "import_dirs"])
def test_a_path_that_is_not_utf8_is_an_error_and_leaves_no_folder(tmp_path, field):
    request = Request(**{field: ("/plain", os.fsdecode(b"/caf\xe9"))})
    with pytest.raises(RunError, match=r"the path '/caf\\udce9' is not UTF-8"):
        create_run(tmp_path, PLANNED, request, environment={}, now=NOW, rng=random.Random(1))
    assert list(tmp_path.iterdir()) == []


def test_what_write_refuses_names_the_file(tmp_path):
    with pytest.raises(OSError, match=r"run\.json") as refused, atomic.replacing(tmp_path / "run.json"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert refused.value.errno == errno.ENOSPC


def test_marks_of_runs_made_in_one_go_rise():
    marks = rising_marks(500, random.Random(1))
    assert marks == sorted(set(marks))
    assert {len(mark) for mark in marks} == {3}
    assert set("".join(marks)) <= set(ALPHABET)


def test_a_mark_that_is_taken_gives_way(tmp_path):
    def made():
        rng = random.Random(1)
        return create_run(
            tmp_path, PLANNED, Request(device="cpu"), environment={}, now=NOW, rng=rng, mark="abc"
        ).run_id

    assert made().endswith("-abc")
    assert not made().endswith("-abc")
