"""The installed program in a terminal, from the keyboard: train, leave, come back, compare, export."""

from __future__ import annotations

import csv
import math
import os
import re
import shlex
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from support.cli import FASHIONTUI, call, environment, events
from support.fakes import until
from support.tmux import HAS_TMUX, PROMPT, Terminal

from fashiontui.runs.registry.store import Registry
from fashiontui.supervisor.presence import supervisor_pid

pytestmark = pytest.mark.skipif(not HAS_TMUX, reason="needs tmux")

SCRIPT = Path(sys.executable).with_name("fashiontui")
PROGRAM = [str(SCRIPT)] if SCRIPT.exists() else list(FASHIONTUI)
PROJECT = """
[defaults]
dataset = { name = "synthetic", train_size = 4000, valid_size = 500, test_size = 500 }
training.epochs = 50
training.patience = 50

[experiments.cnn1]
model = { kind = "cnn", channels = [32], kernel_sizes = 5, units = [128], batch_norm = true, dropout = 0.5 }

[experiments.lr]
model = "logistic"
training.epochs = 3
"""
EPOCHS = 16
DRAWN = re.compile("[\u2801-\u28ff]")  # braille


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A project; whatever is left of it is ended."""
    (tmp_path / "experiments.toml").write_text(PROJECT)
    yield tmp_path
    call(tmp_path, "stop", "--now", "status:running,starting,queued")
    until(lambda: not any(row["state"] in ("running", "starting") for row in runs(tmp_path)))
    pid = supervisor_pid(tmp_path / "logs")
    if pid:
        os.kill(pid, signal.SIGTERM)
        until(lambda: supervisor_pid(tmp_path / "logs") is None)


@pytest.fixture
def terminal(folder: Path) -> Iterator[Terminal]:
    """A shell in the project."""
    terminal = Terminal(folder, environment(folder))
    yield terminal
    terminal.close()


def runs(folder: Path) -> list[dict[str, object]]:
    """As `fashiontui runs` tells them."""
    done = call(folder, "runs", "--json")
    assert done.returncode == 0, done.stderr
    return events(done.stdout)


def states(folder: Path) -> dict[str, str]:
    """Of each experiment's run."""
    with Registry.open(folder / "logs", warn=pytest.fail) as registry:
        return {entry.experiment: entry.state.value for entry in registry.entries()}


def epoch(text: str) -> int:
    """The one in the run's headline."""
    found = re.search(rf"epoch (\d+)/{EPOCHS}", text)
    return int(found[1]) if found else 0


def curves(text: str) -> list[str]:
    """The lines of the screen that a curve goes through."""
    return [line for line in text.splitlines() if DRAWN.search(line)]


def open_app(terminal: Terminal) -> None:
    terminal.type(shlex.join(PROGRAM))
    terminal.press("Enter")


def export(terminal: Terminal, folder: Path, *other_format: str) -> Path:
    """What is in view, as the file the app names."""
    terminal.press("w")
    terminal.until_shows("Write what is in view to")
    for key in other_format:
        terminal.press(key)
    terminal.press("Enter")
    suffix = ".svg" if other_format else ".csv"
    until(lambda: any((folder / "exports").glob(f"*{suffix}")))
    terminal.until_shows("written:")
    (written,) = (folder / "exports").glob(f"*{suffix}")
    return written


def test_from_the_first_run_to_an_exported_comparison(terminal: Terminal, folder: Path) -> None:
    start_two_runs(terminal, folder)
    watch_the_curve_move(terminal)
    leave_and_find_it_running(terminal, folder)
    come_back_to_the_same_run(terminal, folder)
    compare_both(terminal)
    read_back(export(terminal, folder), export(terminal, folder, "Tab"))
    terminal.press("q")
    terminal.until(lambda text: text.rstrip().endswith(PROMPT))


def start_two_runs(terminal: Terminal, folder: Path) -> None:
    open_app(terminal)
    terminal.until_shows("Queue", "cnn1", "lr", "Nothing runs")
    terminal.press("j")
    terminal.until_shows("─ cnn1 ─")
    terminal.press("o")
    terminal.until_shows("Run cnn1 with")
    terminal.type("dataset.train_size=1500")
    terminal.press("Enter")
    terminal.type(f"training.epochs={EPOCHS}")
    terminal.until_shows("1 run of cnn1", "train_size 1500", f"epochs {EPOCHS}")
    terminal.press("C-r")
    until(lambda: (folder / "logs").exists() and "cnn1" in states(folder))
    terminal.press("j")
    terminal.until_shows("─ lr ─")
    terminal.press("r")
    until(lambda: "lr" in states(folder))


def watch_the_curve_move(terminal: Terminal) -> None:
    terminal.press("k")
    terminal.until_shows("─ cnn1 ─", "1 running")
    terminal.press("Enter")
    before = terminal.until(
        lambda text: "─ loss" in text and "─ accuracy" in text and epoch(text) >= 2 and len(curves(text)) > 3
    )
    after = terminal.until(lambda text: epoch(text) > epoch(before) and curves(text) != curves(before))
    assert "running" in after


def leave_and_find_it_running(terminal: Terminal, folder: Path) -> None:
    terminal.press("q")
    terminal.until_shows("goes on")
    (cnn1,) = [run for run in runs(folder) if run["experiment"] == "cnn1"]
    assert cnn1["state"] == "running"


def come_back_to_the_same_run(terminal: Terminal, folder: Path) -> None:
    open_app(terminal)
    terminal.until(lambda text: "cnn1 ·" in text and bool(curves(text)))
    text = terminal.until_shows("finished", f"epoch {EPOCHS}")
    assert "test 0." in text
    until(lambda: states(folder) == {"cnn1": "finished", "lr": "finished"})


def compare_both(terminal: Terminal) -> None:
    terminal.press("1")
    terminal.until_shows("─ cnn1 ─", "Nothing runs")
    terminal.press("Space", "j")
    terminal.until_shows("─ lr ─")
    terminal.press("Space", "c")
    text = terminal.until(lambda text: "Compare 2 runs" in text and "─ valid accuracy" in text)
    assert "cnn1" in text
    assert "lr" in text


def read_back(numbers: Path, drawing: Path) -> None:
    with numbers.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert any(
        math.isfinite(float(value)) for value in rows[-1].values() if re.fullmatch(r"[\d.e+-]+", value)
    )
    words = "".join(ET.parse(drawing).getroot().itertext())
    assert "cnn1" in words
    assert "lr" in words
