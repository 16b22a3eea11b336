"""One run in one process: takes the run's lock, does the work, and says in run.json how it ended."""

from __future__ import annotations

import argparse
import os
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import torch

from fashiontui.config.spec import DatasetSpec, ForestSpec
from fashiontui.datasets.dataset import Dataset
from fashiontui.datasets.load import load_dataset
from fashiontui.errors import CheckpointError, FashiontuiError, RunError
from fashiontui.runs.discard import NOT_THE_RUNS_FAULT
from fashiontui.runs.lock import hold
from fashiontui.runs.metrics import summarise
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import Attempt, DatasetFacts, Failure, Result, RunRecord
from fashiontui.runs.state import RunState
from fashiontui.training import checkpoint
from fashiontui.training.device import Device, choose_device, flushed_denormals
from fashiontui.training.forest_run import run_forest
from fashiontui.training.job import Job, say
from fashiontui.training.network_run import run_network
from fashiontui.training.stop import StopFlag

INTERRUPTED = 130


class Loader(Protocol):
    """How to get at the data; see `load_dataset`."""

    def __call__(
        self, spec: DatasetSpec, candidates: Sequence[Path], import_dirs: Sequence[Path] = (), /
    ) -> Dataset:
        """The images and labels of an experiment."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What is asked of this attempt alone; what is None is as run.json has it."""

    resume: bool = False
    device: str | None = None
    threads: int | None = None


def main(arguments: list[str], load: Loader = load_dataset) -> int:
    """Run or resume; the exit code is 0, 130 after a stop, or that of the failure."""
    stop = StopFlag()
    stop.listen()
    parser = argparse.ArgumentParser(prog="python -m fashiontui.training")
    parser.add_argument("run_folder", type=Path)
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--device", help="auto, cpu, cuda or cuda:N, in place of what run.json asks for")
    parser.add_argument("--threads", type=int, help="CPU threads, likewise")
    options = parser.parse_args(arguments)
    paths = RunPaths(options.run_folder)
    with hold(paths.root):
        return work(paths, stop, Orders(options.resume, options.device, options.threads), load)


def work(paths: RunPaths, stop: StopFlag, orders: Orders, load: Loader = load_dataset) -> int:
    """Train the run of a folder whose lock is held."""
    record = RunRecord.load(paths.record)
    if record.state not in (RunState.QUEUED, RunState.STARTING):
        say(f"nothing to do: the run is {record.state.value}, another worker has carried it out meanwhile")
        return 0
    record = record.in_state(RunState.STARTING, failure=None, result=None, metrics={})
    record.save(paths.record)
    _loading(paths, goes_on=orders.resume and paths.checkpoint.exists()).save(paths.progress)
    job = Job(paths, record, stop)
    try:
        with flushed_denormals():
            end = _train(job, orders, load)
    except FashiontuiError as error:
        say(f"failed: {error}")
        if error.__cause__ is not None:
            traceback.print_exc()
        kind, hint = type(error).__name__, _hint(error, paths)
        return _fail(job, Failure(kind=kind, message=error.message, hint=hint, exit_code=error.exit_code))
    except Exception as error:  # noqa: BLE001 - the process border: a bug ends in the log, and in run.json
        traceback.print_exc()
        return _fail(
            job,
            Failure(
                kind=type(error).__name__,
                message=f"{type(error).__name__}: {error}" if str(error) else type(error).__name__,
                hint=f"The traceback is in {paths.log}.",
            ),
        )
    _finish(job, end)
    return INTERRUPTED if end is RunState.STOPPED else 0


def _loading(paths: RunPaths, *, goes_on: bool) -> Progress:
    """How far a run has got, while it is prepared: if that fails, it is as far as it was."""
    before = Progress.load(paths.progress) if goes_on else None
    changes = {"phase": "loading", "samples_per_second": None, "eta_seconds": None, "updated": 0.0}
    return Progress() if before is None else before.model_copy(update=changes)


def _train(job: Job, orders: Orders, load: Loader) -> RunState | Result:
    request, spec = job.record.request, job.record.spec
    imports = [Path(folder) for folder in request.import_dirs]
    asked = orders.device or request.device
    if asked == "cpu":
        # Else PyTorch's optimisers look at the current GPU, and take memory of it.
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    device = choose_device(asked, spec, orders.threads or request.threads)
    dataset = load(spec.dataset, [Path(folder) for folder in request.data_dirs], imports)
    kept = _checkpoint(job.paths) if orders.resume else None
    if kept is not None:
        _check_same_data(job.record, dataset)
    job.update(dataset=_facts(dataset), attempts=(*job.record.attempts, _attempt(device, kept)))
    job.attempted = True
    say(
        f"{job.record.experiment} {job.record.run_id} on {device.place} ({device.name}), {device.threads} threads"
    )
    run = run_forest if isinstance(spec.model, ForestSpec) else run_network
    if kept is not None:
        say(f"goes on from its checkpoint, at step {kept['step']:,}")
    try:
        return run(job, dataset, device, kept)
    except torch.OutOfMemoryError as error:
        raise RunError(
            f"{device.place} ({device.name}) has too little memory: {str(error).partition('. ')[0]}",
            "Lower training.batch_size, or take another device; `nvidia-smi` shows who else uses this one.",
        ) from error


def _checkpoint(paths: RunPaths) -> dict[str, object] | None:
    """The last checkpoint; None where the run was not far enough to have one, and starts from its beginning."""
    if not paths.checkpoint.exists():
        say("no checkpoint yet: starting from the beginning")
        return None
    kept = checkpoint.load(paths.checkpoint)
    if "step" not in kept:
        raise CheckpointError(f"{paths.checkpoint} says not at which step it was taken")
    return kept


def _check_same_data(record: RunRecord, dataset: Dataset) -> None:
    before = record.dataset
    if before is not None and before.fingerprint != dataset.fingerprint:
        raise CheckpointError(
            f"the data are not those this run was begun with: {before.fingerprint[:12]} from {before.source} then, "
            f"{dataset.fingerprint[:12]} from {dataset.source} now",
            "Start a new run with `fashiontui run`.",
        )


def _facts(dataset: Dataset) -> DatasetFacts:
    return DatasetFacts(
        name=dataset.name,
        synthetic=dataset.synthetic,
        source=dataset.source,
        fingerprint=dataset.fingerprint,
        classes=dataset.classes,
        train_size=len(dataset.train),
        valid_size=len(dataset.valid),
        test_size=len(dataset.test),
    )


def _attempt(device: Device, kept: dict[str, object] | None) -> Attempt:
    step = kept["step"] if kept else 0
    return Attempt(
        started=datetime.now(UTC),
        device=str(device.place),
        device_name=device.name,
        threads=device.threads,
        pid=os.getpid(),
        from_step=step if isinstance(step, int) else 0,
    )


def _finish(job: Job, end: RunState | Result) -> None:
    record = _ended(job)
    if isinstance(end, Result):
        record = record.in_state(RunState.FINISHED, result=end)
    else:
        record = record.in_state(end)
    record.save(job.paths.record)


def _hint(error: FashiontuiError, paths: RunPaths) -> str:
    """What to do, and where the traceback of the cause is, in a folder that is not to be discarded."""
    if error.__cause__ is None or isinstance(error, NOT_THE_RUNS_FAULT):
        return error.hint
    return f"{error.hint} The traceback is in {paths.log}.".strip()


def _fail(job: Job, failure: Failure) -> int:
    _ended(job).in_state(RunState.FAILED, failure=failure).save(job.paths.record)
    return failure.exit_code


def _ended(job: Job) -> RunRecord:
    """The record as it is now, with what its curves came to and the end of this attempt, if it got so far as to be one."""
    record = RunRecord.load(job.paths.record).model_copy(update={"metrics": summarise(job.paths.root)})
    if not job.attempted:
        return record
    facts = {"ended": datetime.now(UTC), "train_seconds": job.train_seconds}
    ended = record.attempts[-1].model_copy(update=facts)
    return record.model_copy(update={"attempts": (*record.attempts[:-1], ended)})
