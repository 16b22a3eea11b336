"""Mistakes on the command line: exit codes and words."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.cli import EXPERIMENTS, call, environment, events, with_fake_worker

from fashiontui import __version__
from fashiontui.cli import entry


def test_without_arguments_there_is_help(folder):
    done = call(folder)
    assert done.returncode == 0
    assert "Usage: fashiontui" in done.stdout
    assert "quickstart" in done.stdout


def test_version(folder):
    assert call(folder, "--version").stdout == f"fashiontui {__version__}\n"


def test_an_unknown_command_proposes_the_nearest(folder):
    done = call(folder, "rnu")
    assert done.returncode == 2
    assert "run" in done.stderr


def test_an_unknown_experiment_proposes_the_nearest(folder):
    done = call(folder, "run", "cnn11", "--headless")
    assert done.returncode == 2
    assert "cnn1" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not (folder / "logs").exists()


def test_with_json_an_error_is_an_object_too(folder):
    done = call(folder, "run", "cnn11", "--json")
    (error,) = events(done.stdout)
    assert (error["event"], error["kind"], error["exit_code"]) == ("error", "UnknownNameError", 2)


@pytest.mark.parametrize(
    ("option", "number", "least"),
    [("--epochs", 0, 1), ("--seed", -1, 0), ("--seeds", 0, 1), ("--threads", 0, 1)],
)
def test_with_json_a_number_that_is_too_small_is_an_object_too(folder, option, number, least):
    done = call(folder, "run", "lr", "--json", option, str(number))
    (error,) = events(done.stdout)
    assert (done.returncode, error["kind"]) == (2, "UsageError")
    assert error["message"] == f"{option} {number}: must be at least {least}"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("runs", "--json", "--bogus"), "--bogus"),
        (("run", "lr", "--json", "--epochs", "many"), "--epochs"),
        (("compare", "--json"), "RUN"),
        (("rnu", "--json"), "rnu"),
    ],
)
def test_with_json_what_cannot_be_parsed_is_an_object_too(folder, arguments, words):
    done = call(folder, *arguments)
    (error,) = events(done.stdout)
    assert (done.returncode, error["event"], error["kind"], error["exit_code"]) == (
        2,
        "error",
        "UsageError",
        2,
    )
    assert words in error["message"]
    assert words in done.stderr


def test_without_json_what_cannot_be_parsed_leaves_stdout_empty(folder):
    assert call(folder, "runs", "--bogus").stdout == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--threads", "100000"), "--threads 100000: must be at most 1024"),
        (("--missing", "--assert", "test_accuracy>=0.9"), "can't be held against --assert"),
        (("--missing-from", "x.csv", "--assert", "test_accuracy>=0.9"), "can't be held against --assert"),
    ],
)
def test_what_could_only_go_wrong_is_refused(folder, arguments, words):
    done = call(folder, "run", "lr", "--headless", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert not (folder / "logs").exists()


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["runs", "-h"]])
def test_who_has_read_enough_of_the_help_closes_the_pipe_without_an_error(folder, arguments):
    read, write = os.pipe()
    os.close(read)
    program = [sys.executable, "-m", "fashiontui", *arguments]
    with os.fdopen(write, "w") as pipe:
        done = subprocess.run(
            program,
            cwd=folder,
            env=environment(folder),
            stdout=pipe,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")


def test_sigterm_is_ctrl_c_before_a_command_takes_it_for_itself():
    before = signal.getsignal(signal.SIGTERM)
    try:
        entry._end_like_ctrl_c()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("command", [("metrics", ""), ("show", "")])
def test_nothing_is_no_run(folder, command):
    done = call(folder, *command)
    assert done.returncode == 2
    assert "no run ''" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("lr", "--set", "model.dropot=0.5"), "model.dropot"),
        (("lr", "--set", "nonsense"), "key=value"),
        (("lr", "--set", "training.epochs=many"), "training.epochs"),
        (("lr", "--epochs", "0"), "--epochs"),
        (("lr", "--assert", "test_acuracy>=0.9"), "Did you mean test_accuracy?"),
        (("lr", "--assert", "test_accuracy"), "can't be read"),
        (("lr", "--device", "gpu"), "Devices are auto, cpu, cuda and cuda:N."),
        (("lr", "--dataset", "fashion-mnits"), "fashion-mnist"),
        (("lr", "--no-such-option"), "--no-such-option"),
        ((), "nothing to run"),
        (("lr", "--resume", "x"), "takes no names"),
        (("--resume", "lr"), "no runs"),
    ],
)
def test_usage_errors_exit_2_before_anything_happens(folder, arguments, said):
    done = call(folder, "run", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "logs").exists()


@pytest.mark.parametrize("command", [["runs"], ["stop", "lr"], ["check"], ["list"], ["run", "lr"]])
def test_an_experiments_file_that_is_not_there(folder, command):
    done = call(folder, *command, "--config", "nope.toml")
    assert done.returncode == 2
    assert done.stderr.startswith("error: there is no experiments file nope.toml\n")


def test_check_takes_one_file(folder):
    done = call(folder, "check", "experiments.toml", "--config", "other.toml")
    assert done.returncode == 2
    assert "only one file" in done.stderr
    assert call(folder, "check", "experiments.toml", "--config", "experiments.toml").returncode == 0


def test_a_forest_has_no_epochs(folder):
    (folder / "experiments.toml").write_text('[experiments.trees]\nmodel = { kind = "forest", trees = 3 }\n')
    done = call(
        folder, "run", "trees", "--epochs", "2", "--dataset", "synthetic", program=with_fake_worker("finish")
    )
    assert done.returncode == 0
    assert "--epochs has no effect on trees: it has trees" in done.stderr


def test_absent_data_exit_4_and_name_three_ways(folder):
    done = call(folder, "run", "cnn1", "--headless", "--data-dir", "nowhere")
    assert done.returncode == 4
    for way in ("fashiontui data fetch", "--data-dir", "--dataset synthetic"):
        assert way in done.stderr
    assert not (folder / "logs").exists()


def test_options_of_every_command_may_come_before_it(folder):
    other = folder / "other.toml"
    other.write_text(EXPERIMENTS.replace("experiments.lr", "experiments.mine"))
    arguments = ("--config", "other.toml", "--logs", "elsewhere", "run", "mine")
    done = call(folder, *arguments, program=with_fake_worker("finish"))
    assert done.returncode == 2  # its study's base is gone
    assert "widths" in done.stderr
    other.write_text(EXPERIMENTS.partition("[studies")[0].replace("experiments.lr", "experiments.mine"))
    done = call(folder, *arguments, program=with_fake_worker("finish"))
    assert done.returncode == 0
    assert len(list((folder / "elsewhere" / "mine").iterdir())) == 1


def test_a_file_where_logs_should_be(folder):
    (folder / "taken").touch()
    done = call(folder, "run", "lr", "--logs", "taken")
    assert done.returncode == 1
    assert "--logs" in done.stderr
    assert "Traceback" not in done.stderr


def test_escape_sequences_in_a_name_do_not_reach_the_terminal(folder):
    done = call(folder, "run", "\x1b[2J[bold]")
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert "[bold]" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("arguments", [("list",), ("--version",), ("--help",), ("run", "--help"), ()])
def test_a_full_disk_behind_standard_output_is_told(folder, arguments):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "fashiontui", *arguments],
            cwd=folder, env=environment(folder), stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "error: standard output: No space left on device\n")


def test_letters_that_the_terminal_does_not_know_stop_nobody(folder):
    done = subprocess.run(
        [sys.executable, "-m", "fashiontui", "keys", "--markdown"],
        cwd=folder, env={**environment(folder), "PYTHONIOENCODING": "ascii"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "`?` `k`" in done.stdout  # an arrow
