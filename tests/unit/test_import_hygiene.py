"""What front ends must not import: torch alone costs seconds. Real commands, and Python's own account of imports."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support.cli import FASHIONTUI, environment, project, with_fake_worker
from support.fakes import make_run

from fashiontui.runs.find import list_runs
from fashiontui.runs.record import MetricSummary
from fashiontui.runs.state import RunState

NEVER = {"torch", "torchvision", "sklearn", "matplotlib", "tensorboard", "textual", "plotext"}
NOT_FOR_HELP = NEVER | {"numpy", "pydantic", "rich", "google", "psutil"}


def imported(folder, *arguments, program=FASHIONTUI):
    """Top-level packages that a command imports."""
    command = [program[0], "-X", "importtime", *program[1:], *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    modules = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    assert "fashiontui" in modules, done.stderr
    return modules, done.returncode


@pytest.fixture
def folder(tmp_path):
    return project(tmp_path)


def test_help_needs_next_to_nothing(folder):
    modules, status = imported(folder, "--help")
    assert status == 0
    assert modules & NOT_FOR_HELP == set()


@pytest.mark.parametrize("arguments", [(), ("run", "--help"), ("--version",), ("no-such-command",)])
def test_little_else_is_needed_to_read_options(folder, arguments):
    modules, _ = imported(folder, *arguments)
    assert modules & NOT_FOR_HELP <= {"pydantic"}  # typer's own, from some version on


@pytest.mark.parametrize(
    "arguments", [("list",), ("list", "--json"), ("check",), ("data", "info"), ("data", "info", "synthetic")]
)
def test_looking_around_needs_no_torch(folder, arguments):
    modules, status = imported(folder, *arguments)
    assert status == 0
    assert modules & NEVER == set()


def test_following_a_run_and_reading_its_metrics_needs_no_torch(folder):
    modules, status = imported(folder, "run", "lr", program=with_fake_worker("finish"))
    assert status == 0
    assert modules & NEVER == set()
    (paths,) = list_runs(folder / "logs")
    for arguments in (("metrics", "lr"), ("metrics", str(paths.root), "--json")):
        modules, status = imported(folder, *arguments)
        assert status == 0
        assert modules & NEVER == set()


def test_looking_at_runs_and_changing_them_needs_no_numpy(folder):
    make_run(
        folder / "logs", "lr", "20261123-091502-k3f", state=RunState.STOPPED, metrics={"x": MetricSummary()}
    )
    for arguments in (
        ("runs",),
        ("runs", "--json", "status:stopped", "--sort", "best.valid_accuracy"),
        ("show", "lr"),
        ("log", "lr"),
        ("stop", "lr"),
        ("delete", "lr"),
        ("reindex",),
    ):
        modules, status = imported(folder, *arguments)
        assert status == 0
        assert modules & (NEVER | {"numpy", "google", "rich"}) == set(), arguments


def test_comparing_needs_no_numpy_and_projecting_no_scikit_learn_here(folder):
    for name in ("20261123-091502-k3f", "20261123-091503-x2y"):
        make_run(folder / "logs", "lr", name, state=RunState.STOPPED, metrics={"x": MetricSummary()})
    modules, status = imported(folder, "compare", "experiment:lr", "--all")
    assert status == 0
    assert modules & (NEVER | {"numpy", "google", "rich"}) == set()
    modules, status = imported(folder, "data", "project", "synthetic", "--size", "20", "--method", "pca")
    assert status == 0
    assert modules & NEVER == set()


def test_a_report_draws_and_needs_no_torch(folder):
    make_run(
        folder / "logs", "lr", "20261123-091502-k3f", state=RunState.STOPPED, metrics={"x": MetricSummary()}
    )
    modules, status = imported(folder, "report", "-o", "out")
    assert status == 0
    assert modules & NEVER == {"matplotlib"}
    modules, status = imported(folder, "report", "--help")
    assert modules & NEVER == set()


def test_the_account_would_show_what_is_forbidden(folder):
    program = (sys.executable, "-c", "import fashiontui, tensorboard.version")
    modules, _ = imported(folder, program=program)
    assert "tensorboard" in modules
