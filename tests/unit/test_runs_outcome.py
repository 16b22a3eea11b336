"""A new file, tests/unit/test_runs_outcome.py: what came of a run, as a script and an assertion see it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from support.fake_worker import model_facts, result
from support.fakes import make_run

from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs.outcome import NUMBERS, outcome_of
from fashiontui.runs.record import Attempt, DatasetFacts, Failure, Result, RunRecord
from fashiontui.runs.state import RunState


@pytest.fixture
def paths(tmp_path):
    return make_run(tmp_path)


@pytest.fixture
def record(paths):
    return RunRecord.load(paths.record)


def attempt(device, threads):
    name = "A GPU" if device.startswith("cuda") else "A CPU"
    return Attempt(started=datetime.now(UTC), device=device, device_name=name, threads=threads, pid=1)


def test_before_its_end_it_has_every_key_and_no_result(paths, record):
    found = outcome_of(paths, record)
    assert set(Result.model_fields) <= found.keys()
    assert {found[key] for key in Result.model_fields} == {None}
    assert (found["state"], found["run_id"], found["seed"], found["log_dir"]) == (
        "queued",
        paths.run_id,
        1,
        str(paths.root),
    )
    assert (found["device"], found["threads"], found["parameters"]) == (None, None, None)
    assert "error" not in found


def test_at_its_end_it_has_its_result_and_where_its_last_attempt_was(paths, record):
    attempts = (attempt("cuda:0", 2), attempt("cpu", 4))
    done = record.in_state(RunState.FINISHED, result=result(3), model=model_facts(), attempts=attempts)
    found = outcome_of(paths, done)
    assert {key: found[key] for key in Result.model_fields} == result(3).model_dump()
    assert (found["device"], found["device_name"], found["threads"]) == ("cpu", "A CPU", 4)
    assert (found["parameters"], found["multiply_adds"]) == (7850, 7840)
    assert list(found) == list(outcome_of(paths, record))  # the same columns for every run


def test_why_it_failed(paths, record):
    failure = Failure(kind="RunError", message="it diverged", hint="Lower it.", exit_code=1)
    found = outcome_of(paths, record.in_state(RunState.FAILED, failure=failure))
    assert found["error"] == {"kind": "RunError", "message": "it diverged", "hint": "Lower it."}


@pytest.mark.parametrize(
    ("name", "loaded", "synthetic"),
    [
        ("synthetic", None, True),
        ("fashion-mnist", None, None),  # not known before they are loaded
        ("mine:load", True, True),
        ("mine:load", False, False),
    ],
)
def test_whether_images_were_drawn_by_code(paths, record, name, loaded, synthetic):
    facts = None if loaded is None else DatasetFacts(
        name=name, synthetic=loaded, source="", fingerprint="", classes=(), train_size=1, valid_size=1, test_size=1
    )  # fmt: skip
    spec = ExperimentSpec.model_validate({"dataset": name})
    assert (
        outcome_of(paths, record.model_copy(update={"spec": spec, "dataset": facts}))["synthetic"]
        is synthetic
    )


def test_every_number_of_an_outcome_can_be_asserted_and_no_text(paths, record):
    done = record.in_state(RunState.FINISHED, result=result(3), model=model_facts())
    found = outcome_of(paths, done)
    numbers = {name for name, value in found.items() if isinstance(value, (int, float))} - {"synthetic"}
    assert set(NUMBERS) == numbers
