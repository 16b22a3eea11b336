from __future__ import annotations

import random
from datetime import UTC, datetime

import numpy as np
import pytest
import torch

from fashiontui.config.spec import ExperimentSpec
from fashiontui.datasets.dataset import Dataset, Split
from fashiontui.runs.paths import RunPaths, new_run_id
from fashiontui.runs.record import RunRecord
from fashiontui.runs.state import RunState
from fashiontui.training.device import choose_device
from fashiontui.training.forest_run import run_forest
from fashiontui.training.job import Job
from fashiontui.training.network_run import run_network
from fashiontui.training.stop import StopFlag


def split(count, seed):
    """Ten classes told apart by which rows are bright, under noise."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(count) % 10).astype(np.uint8)
    images = rng.integers(0, 160, (count, 28, 28), dtype=np.uint8)
    for row in range(2):
        images[np.arange(count), 2 * labels + row + 4] += 90
    return Split(images, labels)


@pytest.fixture(scope="session")
def dataset():
    return Dataset(
        name="rows",
        source="drawn by the tests",
        synthetic=True,
        classes=tuple("0123456789"),
        train=split(600, 1),
        valid=split(100, 2),
        test=split(100, 3),
        fingerprint="0" * 64,
    )


class StopAt(StopFlag):
    """Asks for a stop at the nth look at the flag."""

    def __init__(self, look=None, state=RunState.STOPPED):
        self.looks = 0
        self.look = look
        self.state = state

    @property
    def requested(self):
        self.looks += 1
        return self.state if self.look is not None and self.looks >= self.look else None


class Trial:
    """A run folder, and starting and resuming the run in it."""

    def __init__(self, folder, spec, dataset):
        now = datetime.now(UTC)
        self.spec = ExperimentSpec.model_validate(spec)
        self.dataset = dataset
        self.paths = RunPaths.of(folder, "trial", new_run_id(now, random.Random()))
        self.paths.root.mkdir(parents=True)
        self.record = RunRecord(
            run_id=self.paths.run_id,
            experiment="trial",
            base="trial",
            created=now,
            state_since=now,
            spec=self.spec,
        )
        self.record.save(self.paths.record)

    def run(self, stop_at=None, *, resume=False, device="cpu"):
        job = Job(self.paths, self.record, StopAt(stop_at))
        kept = torch.load(self.paths.checkpoint, weights_only=True) if resume else None
        device = choose_device(device, self.spec, None)
        run = run_forest if self.spec.model.kind == "forest" else run_network
        return run(job, self.dataset, device, kept)


@pytest.fixture
def trial(tmp_path, dataset):
    return lambda spec: Trial(tmp_path, spec, dataset)
