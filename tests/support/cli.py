"""The command line as a user starts it: a process of its own, in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from support.fakes import fake_command

FASHIONTUI = (sys.executable, "-m", "fashiontui")
PATIENCE_S = 240.0
EXPERIMENTS = """
[defaults]
dataset = { name = "synthetic", train_size = 2000, valid_size = 500, test_size = 500 }
training.epochs = 3

[experiments.lr]
model = "logistic"

[experiments.cnn1]
model = "cnn"
dataset = "fashion-mnist"

[studies.widths]
base = "lr"
matrix = { "optimizer.learning_rate" = [0.001, 0.01] }
"""


def project(folder: Path) -> Path:
    """A folder with an experiments.toml."""
    (folder / "experiments.toml").write_text(EXPERIMENTS)
    return folder


def environment(folder: Path) -> dict[str, str]:
    """The environment, without data and caches of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if name not in ("FASHIONTUI_DATA", "TERM")}
    return {**kept, "XDG_CACHE_HOME": str(folder / "cache"), "HOME": str(folder)}


def with_fake_worker(behaviour: str) -> tuple[str, ...]:
    """The command line, its workers replaced by a fake one; also those of a supervisor it may leave behind."""
    command = fake_command(behaviour)
    supervisor = ("--linger", "0.5", "--worker", json.dumps(command))
    program = (
        "from functools import partial; import fashiontui.supervisor.ensure as ensure; "
        "ensure.ensure_supervisor = partial(ensure.ensure_supervisor, "
        f"command=(*ensure.COMMAND, *{supervisor!r})); "
        "import fashiontui.cli.run as run; from fashiontui.supervisor.starter import FreshStarter; "
        f"run.make_starter = lambda runs, say: FreshStarter({command!r}); "
        "from fashiontui.cli.entry import main; main()"
    )
    return (sys.executable, "-c", program)


def call(
    folder: Path, *arguments: str, program: tuple[str, ...] = FASHIONTUI
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, in `folder`."""
    return subprocess.run(
        [*program, *arguments],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def begin(folder: Path, *arguments: str, program: tuple[str, ...] = FASHIONTUI) -> subprocess.Popen[str]:
    """Start a command in `folder`, its streams open to be read."""
    return subprocess.Popen(
        [*program, *arguments],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def events(stdout: str) -> list[dict[str, Any]]:
    """The objects of a --json output; fails where a line is none."""
    return [json.loads(line) for line in stdout.splitlines()]
