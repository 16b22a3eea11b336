"""Workers from the fork server: all that holds for a fresh one, with PyTorch and real processes."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime

import psutil
import pytest
from support.fakes import until, until_training

from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs.paths import RunPaths, new_run_id
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import Request, RunRecord
from fashiontui.runs.state import RunState
from fashiontui.supervisor.starter import FreshStarter, Start
from fashiontui.supervisor.warm import WarmStarter

DATA = {"name": "synthetic", "train_size": 600, "valid_size": 100, "test_size": 100}
CNN = {
    "model": {
        "kind": "cnn",
        "channels": [4],
        "units": [8],
        "batch_norm": True,
        "dropout": 0.5,
        "conv_dropout": 0.1,
    },
    "training": {"epochs": 3, "batch_size": 20},
}
FOREST = {"model": {"kind": "forest", "trees": 6, "max_depth": 5}}
LONG = {"model": {"kind": "mlp", "units": [8], "dropout": 0.3}, "training": {"epochs": 1000, "patience": 0}}
CHECK_SERVER = """
import json, os, sys, torch
asked = []
for name in ("is_available", "device_count", "_lazy_init", "current_device"):
    setattr(torch.cuda, name, lambda *_, name=name: asked.append(name))
torch._C._cuda_getDeviceCount = lambda: asked.append("getDeviceCount")
from fashiontui.training.forkserver import PROGRAM, make_program
make_program(PROGRAM)
maps = open("/proc/self/maps").read()
print(json.dumps({
    "threads": len(os.listdir("/proc/self/task")),
    "initialised": torch.cuda.is_initialized(),
    "asked": asked,
    "driver": "libcuda.so" in maps or "libnvidia-ml.so" in maps,
    "worker": "fashiontui.training.worker" in sys.modules,
}))
"""


@pytest.fixture(scope="module")
def starter():
    said = []
    starter = WarmStarter(FreshStarter(), say=said.append)
    yield starter
    starter.close()
    assert said == []


@pytest.fixture
def make(tmp_path):
    def make(spec, **request) -> RunPaths:
        now = datetime.now(UTC)
        paths = RunPaths.of(tmp_path / "logs", "trial", new_run_id(now, random.Random()))
        paths.root.mkdir(parents=True)
        spec = ExperimentSpec.model_validate({"dataset": DATA, **spec})
        RunRecord(
            run_id=paths.run_id,
            experiment="trial",
            base="trial",
            created=now,
            state_since=now,
            spec=spec,
            request=Request(**{"device": "cpu", "threads": 1, **request}),
        ).save(paths.record)
        return paths

    return make


def begin(starter, paths, **wishes):
    handles = []
    until(lambda: handles.append(starter.start(Start(paths, **wishes))) or handles[-1] is not None)
    return handles[-1]


def carry_out(starter, paths, **wishes) -> RunRecord:
    handle = begin(starter, paths, **wishes)
    until(lambda: handle.poll() is not None)
    assert handle.poll() in (0, 130), paths.log.read_text()
    return RunRecord.load(paths.record)


def test_the_server_has_only_imported(tmp_path):
    done = subprocess.run(
        [sys.executable, "-P", "-c", CHECK_SERVER], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert json.loads(done.stdout) == {
        "threads": 1,
        "initialised": False,
        "asked": [],
        "driver": False,
        "worker": True,
    }


@pytest.mark.parametrize("spec", [CNN, FOREST])
def test_forked_and_fresh_come_to_the_same(starter, make, spec):
    forked = carry_out(starter, make(spec))
    assert forked.state is RunState.FINISHED
    assert forked.result.weights_sha256 == carry_out(FreshStarter(), make(spec)).result.weights_sha256


def test_a_run_that_was_stopped_and_forked_again_is_as_never_stopped(starter, make):
    whole = carry_out(starter, make({**CNN, "training": {"epochs": 40, "batch_size": 20, "patience": 0}}))
    paths = make({**CNN, "training": {"epochs": 40, "batch_size": 20, "patience": 0}})
    handle = begin(starter, paths)
    until_training(paths)
    os.kill(handle.identity.pid, signal.SIGTERM)
    until(lambda: handle.poll() is not None)
    record = RunRecord.load(paths.record)
    assert record.state is RunState.STOPPED
    record.in_state(RunState.QUEUED).save(paths.record)
    resumed = carry_out(starter, paths, resume=True)
    assert resumed.attempts[-1].from_step > 0
    assert resumed.result.weights_sha256 == whole.result.weights_sha256


def test_device_and_threads_of_one_attempt(starter, make):
    paths = make(LONG, device="cuda:7", threads=1)
    handle = begin(starter, paths, device="cpu", threads=2)
    until_training(paths)
    os.kill(handle.identity.pid, signal.SIGTERM)
    until(lambda: handle.poll() is not None)
    record = RunRecord.load(paths.record)
    assert (record.attempts[-1].device, record.attempts[-1].threads) == ("cpu", 2)
    assert (record.request.device, record.request.threads) == ("cuda:7", 1)


def test_the_server_stays_without_threads_and_holds_no_more_than_it_must(starter, make):
    carry_out(starter, make(CNN))
    process = psutil.Process(starter._server._process.pid)
    until(lambda: process.children() == [])
    assert process.num_threads() == 1
    assert process.num_fds() == 6  # stdin, stdout, stderr, its channel, and what its signals wake it by


def test_workers_of_one_server_do_not_share_their_luck(starter, make, tmp_path):
    """Data of the user's own may be drawn by NumPy without a seed; a network's numbers are of the run's seed."""
    (tmp_path / "own.py").write_text(
        "import numpy as np, torch\n"
        "def build(shape, classes):\n"
        "    print('built with', np.random.rand())\n"
        "    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, classes))\n"
        "def load():\n"
        "    print('drew', np.random.rand())\n"
        "    images, labels = np.zeros((40, 28, 28), np.uint8), np.arange(40).astype(np.uint8) % 2\n"
        "    return images, labels, images, labels\n"
    )
    spec = {
        "model": {"kind": "custom", "build": "own:build"},
        "dataset": {"name": "own:load", "valid_size": 10},
        "training": {"epochs": 1},
    }
    said = []
    for _ in range(2):
        paths = make(spec, import_dirs=[str(tmp_path)])
        assert carry_out(starter, paths).state is RunState.FINISHED
        said += paths.log.read_text().splitlines()
    drawn, built = ([line for line in said if line.startswith(word)] for word in ("drew", "built"))
    assert len(drawn) == len(set(drawn)) == 2
    assert len(built) == 2 * len(set(built)) == 2


def test_a_second_worker_leaves_a_finished_run_alone(starter, make):
    paths = make(FOREST)
    first = carry_out(starter, paths)
    assert carry_out(starter, paths) == first
    assert "nothing to do" in paths.log.read_text()
    assert Progress.load(paths.progress).phase == "done"
