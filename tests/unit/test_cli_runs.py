from __future__ import annotations

import io
import json

import pytest
from support.fake_worker import result
from support.fakes import make_run
from support.nobody import public_folder, reading_only
from support.registry import HERE, opened

from fashiontui.cli.runs import Listing, Screen, json_object, print_runs
from fashiontui.errors import FilterError
from fashiontui.runs import lock
from fashiontui.runs.outcome import outcome_of
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import Failure, MetricSummary, RunRecord
from fashiontui.runs.state import RunState
from fashiontui.supervisor.queue import hold

PIPE = Screen()
LR, CNN = "20261123-091501-aaa", "20261123-091502-bbb"


@pytest.fixture
def logs(tmp_path):
    accuracy = MetricSummary(last=0.86, best=0.88, best_epoch=2, min=0.5, max=0.88)
    metrics = {"valid_accuracy": accuracy}
    make_run(tmp_path, "lr", LR, state=RunState.FINISHED, result=result(3), metrics=metrics)
    failure = Failure(kind="RunError", message="it \x1b[31mdiverged", hint="Lower it.")
    make_run(tmp_path, "cnn1", CNN, state=RunState.FAILED, failure=failure)
    return tmp_path


def printed(logs, filters="", order=None, limit=None, columns=None, *, as_json=False, screen=PIPE):
    out, err = io.StringIO(), io.StringIO()
    listing = Listing.of(filters, order, limit, columns)
    print_runs(logs, listing, out, err, as_json=as_json, screen=screen)
    return out.getvalue(), err.getvalue()


def listed(*arguments, **options):
    """The runs that are listed, by experiment."""
    out, _ = printed(*arguments, **options)
    return [line.split()[1] for line in out.splitlines()[1:]]


def objects(logs, *arguments):
    out, _ = printed(logs, *arguments, as_json=True)
    return [json.loads(line) for line in out.splitlines()]


def test_a_line_a_run(logs):
    out, err = printed(logs)
    lines = [line.split() for line in out.splitlines()]
    assert lines[1] == [LR, "lr", "finished", "3", "0.8800@3", "0.8600", "0.8750", "0:02", "1", "synthetic"]
    assert lines[2][:8] == [CNN, "cnn1", "failed", "-", "-", "-", "-", "-"]
    assert out.splitlines()[2].endswith(r"it \x1b[31mdiverged")
    assert err == ""


def test_on_a_terminal_only_what_fits(logs):
    for width in (40, 80, 120):
        out, _ = printed(logs, screen=Screen(width))
        assert max(map(len, out.splitlines())) <= width
    coloured, _ = printed(logs, screen=Screen(80, colours=True))
    assert "\x1b[31mfailed" in coloured


def test_drawn_images_are_called_so_where_there_is_no_column_for_it(logs):
    for width, columns in ((60, None), (200, "run,test")):
        out, err = printed(logs, columns=columns, screen=Screen(width))
        assert "synthetic" not in out
        assert err == "SYNTHETIC data\n"
    assert printed(logs, screen=Screen(200))[1] == ""


def test_an_object_has_all_keys_of_before_and_more(logs):
    run, failed = objects(logs)
    paths = RunPaths.of(logs, "lr", LR)
    before = outcome_of(paths, RunRecord.load(paths.record))
    assert {key: run[key] for key in before} == before
    assert run["log_dir"] == str(logs / "lr" / LR)
    assert run["settings"]["training.epochs"] == 3
    assert run["metrics"]["valid_accuracy"]["best_epoch"] == 2
    assert (run["wanted"], run["reason"], run["progress"]) == ("run", None, None)
    assert failed["error"] == {"kind": "RunError", "message": "it \x1b[31mdiverged", "hint": "Lower it."}


def test_a_filter_picks(logs):
    assert listed(logs, "status:failed") == ["cnn1"]
    assert listed(logs, "test_accuracy>0.5") == ["lr"]
    assert listed(logs, "experiment:cnn* or best.valid_accuracy>0.8") == ["lr", "cnn1"]
    assert listed(logs, "cnn") == ["cnn1"]


def test_nothing_like_that_is_said(logs):
    out, err = printed(logs, "status:lost")
    assert (out, err) == ("", "none of 2 runs is like that\n")
    assert printed(logs, "status:lost", as_json=True)[0] == ""


def test_what_can_not_be_read_is_pointed_at(logs):
    for arguments in (("dropuot>0.3",), ("", "tset_accuracy"), ("", None, None, "state,tset_accuracy")):
        with pytest.raises(FilterError, match=r"\n +\^"):
            Listing.of(*arguments) if len(arguments) == 4 else printed(logs, *arguments)


def test_order_and_limit(logs):
    make_run(logs, "ann1", "20261123-091503-ccc", state=RunState.STOPPED)
    assert listed(logs) == ["lr", "cnn1", "ann1"]
    assert listed(logs, limit=2) == ["cnn1", "ann1"]  # the newest
    assert listed(logs, order="experiment") == ["ann1", "cnn1", "lr"]
    assert listed(logs, order="-experiment", limit=1) == ["lr"]  # the first
    assert listed(logs, order="-test_accuracy")[0] == "lr"


def test_columns_by_key(logs):
    out, _ = printed(logs, columns="state,training.epochs,learning_rate,best.valid_accuracy,run,tags")
    assert [line.split() for line in out.splitlines()] == [
        ["run", "state", "training.epochs", "learning_rate", "best.valid_accuracy", "tags"],
        [LR, "finished", "3", "0.001", "0.88", "-"],
        [CNN, "failed", "3", "0.001", "-", "-", "it", r"\x1b[31mdiverged"],
    ]


def test_a_damaged_record_does_not_hide_the_others(logs):
    (logs / "lr" / LR / "run.json").write_text("{")
    out, err = printed(logs, as_json=True)
    assert len(out.splitlines()) == 1
    assert "is not a run record" in err


def test_no_runs_is_said_and_nothing_made(tmp_path):
    out, err = printed(tmp_path / "logs")
    assert out == ""
    assert "there are no runs" in err
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_copied_here_shows_up(logs):
    printed(logs)
    make_run(logs, "ann1", "20261123-091503-ccc", state=RunState.FINISHED)
    assert listed(logs) == ["lr", "cnn1", "ann1"]


def test_a_live_run_has_its_progress_and_one_nobody_works_on_is_lost(logs):
    paths = make_run(logs, "ann1", "20261123-091503-ccc", state=RunState.RUNNING, environment=HERE)
    Progress(
        phase="training", step=12, steps=30, epoch=2, epochs=3, eta_seconds=61.0, samples_per_second=950.0
    ).save(paths.progress)
    with lock.hold(paths.root):
        out, _ = printed(logs)
        assert out.splitlines()[-1].endswith("1:01 left, 950/s")
        (run,) = objects(logs, "status:running")
        assert run["epochs"] is None  # it has no result yet
        assert (run["progress"]["epoch"], run["progress"]["epochs"]) == (2, 3)
    (run,) = objects(logs, "status:lost")
    assert run["run_id"] == "20261123-091503-ccc"
    assert "2/3" in printed(logs, "status:lost")[0]


def test_queued_runs_come_last_in_the_queue_s_order_with_their_reasons(logs):
    with opened(logs) as registry:
        for number in (3, 4):
            registry.enqueue([make_run(logs, "lr", f"20261123-09150{number}-ccc", environment=HERE)])
        registry.note_reasons({"lr/20261123-091503-ccc": "cpu is taken by lr/x"})
        registry.move("lr/20261123-091504-ccc", before="lr/20261123-091503-ccc")
    out, err = printed(logs)
    assert [line.split()[0][-5:] for line in out.splitlines()[3:]] == ["4-ccc", "3-ccc"]
    assert out.splitlines()[-1].endswith("cpu is taken by lr/x")
    assert "2 runs wait, and nobody carries out the queue: `fashiontui resume status:queued`" in err


def test_nobody_is_missed_while_the_queue_is_held(logs):
    with opened(logs) as registry:
        registry.enqueue([make_run(logs, "lr", "20261123-091503-ccc", environment=HERE)])
        hold(registry, held=True)
    assert "nobody" not in printed(logs)[1]
    with opened(logs) as registry:
        hold(registry, held=False)
    assert "1 run waits, and nobody carries out the queue" in printed(logs)[1]


def test_a_folder_that_is_not_ours_to_write_is_listed():
    with public_folder() as folder:
        make_run(folder, "lr", LR, state=RunState.FINISHED, result=result(3))
        make_run(folder, "cnn1", CNN, state=RunState.RUNNING, environment=HERE)
        with reading_only(folder):
            assert listed(folder) == ["lr", "cnn1"]
            assert listed(folder, "status:lost") == ["cnn1"]
        assert sorted(path.name for path in folder.iterdir()) == ["cnn1", "lr"]


def test_json_knows_no_nan():
    assert json.loads(json_object({"a": float("nan"), "b": [1.0, float("inf")], "c": {"d": (0.5,)}})) == {
        "a": None,
        "b": [1.0, None],
        "c": {"d": [0.5]},
    }
