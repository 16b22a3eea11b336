"""Whole commands over a fake worker: streams, exit codes, terminals that go away."""

from __future__ import annotations

import os
import pty
import signal

import pytest
from support.cli import begin, call, environment, events, with_fake_worker
from support.fakes import until

from fashiontui.runs.find import list_runs
from fashiontui.runs.record import RunRecord
from fashiontui.runs.state import RunState


def test_stdout_is_json_alone_and_stderr_quiet(folder):
    done = call(folder, "run", "lr", "--headless", "--json", program=with_fake_worker("finish"))
    assert done.returncode == 0
    assert [event["event"] for event in events(done.stdout)] == ["started", *["epoch"] * 3, "result"]
    assert done.stderr == ""


def test_plain_results_on_stdout_narration_on_stderr(folder):
    done = call(folder, "run", "lr", "--seeds", "2", program=with_fake_worker("finish"))
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 2
    assert done.stderr.count("epoch 3/3") == 2
    assert {RunRecord.load(paths.record).spec.training.seed for paths in list_runs(folder / "logs")} == {1, 2}


def test_an_unmet_assertion_exits_3_with_both_values(folder):
    asked = ("--assert", "test_accuracy>=0.99", "--assert", "test_loss<1")
    done = call(folder, "run", "lr", *asked, program=with_fake_worker("finish"))
    assert done.returncode == 3
    assert "test_accuracy is 0.875; asked for test_accuracy>=0.99" in done.stderr
    assert "test_loss" not in done.stderr


def test_a_failed_run_exits_1_before_any_assertion(folder):
    done = call(folder, "run", "lr", "--assert", "test_accuracy>=0", program=with_fake_worker("crash"))
    assert done.returncode == 1
    assert "lost its mind" in done.stderr


def test_an_absent_device_exits_2_and_leaves_no_folder(folder):
    done = call(folder, "run", "lr", "--device", "cuda", program=with_fake_worker("device"))
    assert done.returncode == 2
    assert "no CUDA device here" in done.stderr
    assert list_runs(folder / "logs") == []


def test_a_study_runs_all_its_variants(folder):
    done = call(folder, "run", "widths", "--json", program=with_fake_worker("finish"))
    results = [event for event in events(done.stdout) if event["event"] == "result"]
    assert [result["variant"] for result in results] == [
        {"optimizer.learning_rate": 0.001},
        {"optimizer.learning_rate": 0.01},
    ]


def test_a_study_is_made_in_parts(folder):
    finish = with_fake_worker("finish")
    assert call(folder, "run", "lr", "--set", "optimizer.learning_rate=0.01", program=finish).returncode == 0
    rest = call(folder, "run", "widths", "--missing", "--json", program=finish)
    assert rest.returncode == 0
    assert rest.stderr == "1 of 2 runs left out (1 finished); 1 to make\n"
    (result,) = [event for event in events(rest.stdout) if event["event"] == "result"]
    assert result["variant"] == {"optimizer.learning_rate": 0.001}
    again = call(folder, "run", "widths", "--missing", "--headless", program=finish)
    assert (again.returncode, again.stdout) == (0, "")
    assert again.stderr == "2 of 2 runs left out (2 finished); nothing is missing\n"
    assert len(list_runs(folder / "logs")) == 2
    refused = call(folder, "run", "widths", "--missing-from", "none.csv", program=finish)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "none.csv: No such file" in refused.stderr


def test_a_run_remembers_where_and_how_it_was_made(folder):
    call(folder, "run", "lr", "--threads", "1", program=with_fake_worker("finish"))
    (paths,) = list_runs(folder / "logs")
    record = RunRecord.load(paths.record)
    assert record.request.threads == 1
    assert record.request.import_dirs == (str(folder),)
    assert record.environment["argv"][1:] == ["run", "lr", "--threads", "1"]
    assert "torch" in record.environment["packages"]


def test_a_reader_that_leaves_costs_neither_run_nor_words(folder):
    running = begin(folder, "run", "lr", "--json", program=with_fake_worker("slow"))
    assert running.stdout is not None
    assert '"started"' in running.stdout.readline()
    running.stdout.close()
    assert running.stderr is not None
    assert running.stderr.read() == ""
    running.stderr.close()
    assert running.wait() == 0
    (paths,) = list_runs(folder / "logs")
    assert RunRecord.load(paths.record).state is RunState.FINISHED


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_exits_130_and_the_run_can_go_on(folder, number):
    running = begin(folder, "run", "lr", "lr", "--seeds", "2", "--json", program=with_fake_worker("endless"))
    assert running.stdout is not None
    running.stdout.readline()
    running.send_signal(number)
    out, err = running.communicate()
    assert running.returncode == 130
    results = [event for event in events(out) if event["event"] == "result"]
    assert [each["state"] for each in results] == ["stopped", "stopped"]  # one of them before it began
    (result,) = [each for each in results if each["device"] is not None]
    assert f"fashiontui run --headless --resume logs/lr/{result['run_id']}" in err
    assert "not started: lr" in err
    done = call(folder, "run", "--resume", result["run_id"], "--json", program=with_fake_worker("finish"))
    assert done.returncode == 0
    assert events(done.stdout)[-1]["state"] == "finished"
    again = call(folder, "run", "--resume", result["run_id"], program=with_fake_worker("finish"))
    assert again.returncode == 2
    assert "is finished" in again.stderr


def test_a_run_that_is_under_way_is_not_resumed(folder):
    running = begin(folder, "run", "lr", "--json", program=with_fake_worker("endless"))
    assert running.stdout is not None
    running.stdout.readline()
    done = call(folder, "run", "--resume", "lr", program=with_fake_worker("endless"))
    assert done.returncode == 1
    assert "is being worked on" in done.stderr
    running.send_signal(signal.SIGTERM)
    running.communicate()


def test_a_closed_terminal_leaves_the_run_to_itself(folder):
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        command = [*with_fake_worker("slow"), "run", "lr", "--headless"]
        os.execve(command[0], command, {**environment(folder), "TERM": "xterm-256color"})
    shown = b""
    while b"step" not in shown:  # the progress display has begun
        shown += os.read(terminal, 4096)
    os.close(terminal)  # the kernel sends SIGHUP to the session on it
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 129
    (paths,) = list_runs(folder / "logs")
    until(lambda: RunRecord.load(paths.record).state is RunState.FINISHED)


def test_the_terminal_display_tells_position_and_measurements(folder):
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        command = [*with_fake_worker("slow"), "run", "lr", "--headless"]
        os.execve(command[0], command, {**environment(folder), "TERM": "xterm-256color", "COLUMNS": "80"})
    shown = b""
    while chunk := _read(terminal):
        shown += chunk
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    text = shown.decode()
    for part in (
        "epoch 2/3",
        "/30",
        "0:01 left",
        "1,234/s",
        "loss 0.5000 train",
        "0.8800 valid",
        "test accuracy 0.8750",
    ):
        assert part in text
    assert text.rstrip().splitlines()[-1].count("finished") == 1


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other side has closed
        return b""
