from __future__ import annotations

from pathlib import Path

import pytest
from support.fakes import fake_command, make_run

from fashiontui.runs.paths import RunPaths
from fashiontui.supervisor import worker
from fashiontui.supervisor.worker import Worker


@pytest.fixture
def paths(tmp_path: Path) -> RunPaths:
    return make_run(tmp_path)


@pytest.fixture
def started(paths: RunPaths):
    workers: list[Worker] = []

    def start(behaviour: str, *, resume: bool = False) -> Worker:
        workers.append(worker.start(paths, resume=resume, command=fake_command(behaviour)))
        return workers[-1]

    yield start
    for each in workers:
        each.kill()
        each.wait()
