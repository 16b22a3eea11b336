from __future__ import annotations

import io
import json
import math
from datetime import UTC, datetime

import pytest
from support.event_logs import scalar, write_events
from support.fake_worker import facts, model_facts, result
from support.fakes import make_run
from support.registry import HERE, opened

from fashiontui.cli.sections import git_words, size
from fashiontui.cli.show import print_run
from fashiontui.errors import RunError
from fashiontui.runs import lock
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import Attempt, Failure, RunRecord
from fashiontui.runs.state import RunState

RUN = "20261123-091501-aaa"
GIT = {
    "commit": "0123456789abcdef",
    "dirty": True,
    "diff": "--- a\n+++ b\n-old\n+new\n",
    "untracked": ["x.py"],
}
ENVIRONMENT = {
    **HERE,
    "argv": ["/usr/bin/fashiontui", "run", "lr", "--set", "a b"],
    "python": "3.11.7",
    "packages": {"torch": "2.6"},
    "git": GIT,
}


def shown(paths, logs=None, *, as_json=False):
    out = io.StringIO()
    print_run(paths, logs or paths.logs, out, as_json=as_json)
    return json.loads(out.getvalue()) if as_json else out.getvalue()


def lines_below(text, title):
    """A section's rows, without the blanks that align them."""
    block = next(block for block in text.split("\n\n") if block.startswith(f"{title}\n"))
    return [" ".join(line.split()) for line in block.splitlines()[1:]]


@pytest.fixture
def finished(tmp_path):
    paths = make_run(tmp_path, "lr", RUN, state=RunState.FINISHED, environment=ENVIRONMENT)
    attempt = Attempt(
        started=datetime.now(UTC), device="cpu", device_name="EPYC", threads=2, pid=1, train_seconds=65.0
    )
    record = RunRecord.load(paths.record)
    changes = {"result": result(3), "dataset": facts(record), "model": model_facts(), "attempts": (attempt,)}
    record.model_copy(update=changes).save(paths.record)
    values = {"loss/valid": (0.5, 0.4), "accuracy/valid": (0.9, 0.8)}
    points = [
        scalar(step, tag, value)
        for tag, each in values.items()
        for step, value in zip((10, 20), each, strict=True)
    ]
    ends = [scalar(10, "progress/epoch", 1.0), scalar(20, "progress/epoch", 2.0)]
    write_events(paths.root, "1.host", [*points, *ends])
    return paths


def test_everything_about_a_finished_run(finished):
    text = shown(finished)
    assert text.splitlines()[0].split() == ["run", RUN]
    assert 'dataset.name "synthetic"' in lines_below(text, "settings that differ from the defaults")
    assert "test accuracy 0.8750 loss 0.5000" in lines_below(text, "result")
    assert lines_below(text, "metrics")[1:] == [
        "valid_loss 0.4 0.4 2 0.4 0.5",
        "valid_accuracy 0.8 0.9 1 0.8 0.9",
    ]
    (attempt,) = lines_below(text, "attempts")
    assert attempt.endswith("from step 0 trained 1 min 05 s cpu (EPYC, 2 threads)")
    environment = lines_below(text, "environment")
    assert "command fashiontui run lr --set 'a b'" in environment
    assert (
        "git 0123456789ab, not committed: 2 lines, 1 new file; run.json has the changes, and new files by name"
        in environment
    )
    assert any(line.startswith("run.json ") for line in lines_below(text, "files"))
    assert "failure" not in text
    assert not any(line != line.rstrip() for line in text.splitlines())


def test_on_a_terminal_long_lines_are_broken_between_words(finished):
    out = io.StringIO()
    print_run(finished, finished.logs, out, as_json=False, width=60)
    lines = out.getvalue().splitlines()
    begin = next(place for place, line in enumerate(lines) if line.startswith("  git "))
    assert lines[begin + 1].startswith(" " * lines[begin].index("0123"))
    assert max(map(len, lines[begin : begin + 2])) <= 60


def test_the_same_as_one_object(finished):
    run = shown(finished, as_json=True)
    assert run["test_accuracy"] == 0.875
    assert run["metrics"]["valid_accuracy"] == {
        "last": 0.8,
        "best": 0.9,
        "best_epoch": 1,
        "min": 0.8,
        "max": 0.9,
    }
    assert run["changed_settings"]["dataset.name"] == "synthetic"
    assert run["settings"]["model.kind"] == "logistic"
    assert run["attempts"][0]["device_name"] == "EPYC"
    assert run["environment"]["git"]["diff"] == GIT["diff"]
    assert run["files"]["run.json"] > 100
    assert run["failure"] is None


def test_a_queued_run_says_why_it_waits(tmp_path):
    paths = make_run(tmp_path, "lr", RUN, environment=HERE)
    with opened(tmp_path) as registry:
        registry.enqueue([paths], priority=3)
        registry.note_reasons({paths.key: "cpu is taken by cnn1/x"})
    rows = [line.split(maxsplit=1) for line in shown(paths).splitlines()]
    assert ["waits", "cpu is taken by cnn1/x"] in rows
    assert ["priority", "3"] in rows
    run = shown(paths, as_json=True)
    assert (run["state"], run["reason"], run["priority"]) == ("queued", "cpu is taken by cnn1/x", 3)


def test_a_live_run_says_where_it_is(tmp_path):
    paths = make_run(tmp_path, "lr", RUN, state=RunState.RUNNING)
    Progress(
        phase="training", step=1200, steps=2750, epoch=3, epochs=5, eta_seconds=61, samples_per_second=950
    ).save(paths.progress)
    with lock.hold(paths.root):
        text = shown(paths)
        assert "progress    epoch 3/5, step 1,200/2,750, 1:01 left, 950/s" in text.splitlines()
        assert "state       running since" in text
        assert shown(paths, as_json=True)["progress"]["step"] == 1200
    assert "state       lost since" in shown(paths)


def test_a_failure_is_told_in_full_with_its_hint(tmp_path):
    failure = Failure(
        kind="WorkerKilled", message="It was \x1b[31mkilled.\nLast words:\n  help", hint="Free memory."
    )
    paths = make_run(tmp_path, "lr", RUN, state=RunState.FAILED, failure=failure)
    text = shown(paths)
    assert (
        "failure\n  WorkerKilled: It was \\x1b[31mkilled.\n  Last words:\n    help\n  Free memory.\n" in text
    )
    assert "\x1b" not in text


def test_a_run_in_a_folder_of_its_own_needs_no_registry(tmp_path):
    paths = make_run(tmp_path / "somewhere", "from-a-friend", RUN, state=RunState.RUNNING)
    text = shown(paths, tmp_path / "logs")
    assert "state       lost since" in text
    assert [path.name for path in paths.logs.iterdir()] == ["from-a-friend"]


def test_a_repeat_says_whether_it_came_to_the_same(finished):
    def again(run_id, **changes):
        outcome = result(3).model_copy(update=changes)
        environment = {"rerun_of": finished.key}
        paths = make_run(
            finished.logs, "lr", run_id, state=RunState.FINISHED, result=outcome, environment=environment
        )
        return shown(paths)

    assert f"repeats     lr/{RUN}: the very same weights" in again("b").splitlines()
    other = again("c", weights_sha256="1" * 64, test_accuracy=0.87)
    assert "other weights: test accuracy 0.8750 then, 0.8700 now" in other
    finished.record.unlink()
    assert f"repeats     lr/{RUN}: which is gone" in again("d").splitlines()


def test_a_record_that_can_not_be_read_is_an_error(tmp_path):
    paths = make_run(tmp_path, "lr", RUN)
    paths.record.write_text("{")
    with pytest.raises(RunError, match="is not a run record"):
        shown(paths)


def test_words_for_git_and_sizes():
    assert git_words(None) == "none"
    assert (
        git_words({"commit": "0123456789abcdef", "dirty": False, "diff": "", "untracked": []})
        == "0123456789ab"
    )
    assert [size(n) for n in (0, 999, 1000, 3_400_000, 5_000_000_000)] == [
        "0 B",
        "999 B",
        "1.0 kB",
        "3.4 MB",
        "5.0 GB",
    ]


def test_a_result_with_a_loss_that_is_no_number_can_be_read(finished):
    record = RunRecord.load(finished.record)
    no_number = record.result.model_copy(update={"test_loss": math.nan, "last_valid_loss": math.inf})
    record.model_copy(update={"result": no_number}).save(finished.record)
    assert '"test_loss": null' in finished.record.read_text()
    assert math.isnan(RunRecord.load(finished.record).result.test_loss)
    assert "loss nan" in shown(finished)
    told = shown(finished, as_json=True)
    assert (told["test_loss"], told["test_accuracy"]) == (None, 0.875)
