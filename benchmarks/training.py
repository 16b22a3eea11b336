"""How fast the same networks train: the tutorial's loop, a bare loop, PyTorch Lightning, and fashiontui.

    python benchmarks/training.py [--rounds 5] [--models lr,ann1,cnn1] [--json FILE]

Every contestant trains the same architecture with the same optimiser, batch size and threads, one after the other,
in turn, each in a process of its own, for several rounds; what counts is the ratio within a round, and its median over the rounds.

    tutorial    torchvision dataset, ToTensor and Normalize, a shuffling DataLoader, loss.item() every step
    bare        a hand-written step loop over normalised float tensors in memory: no logging, no evaluation
    lightning   PyTorch Lightning over a TensorDataset, its progress bar and checkpoints off (where installed)
    fashiontui  this program's own training loop with all its instrumentation, logs and checkpoints on, its threads
                waiting as they do in a worker

"images/s" is over training steps. For fashiontui, "logged" is the share of all time outside evaluation that goes
into measuring, logging, checkpoints and progress, taken from the same run by a stopwatch around them.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import multiprocessing
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from PIL import Image
from torch import nn

from fashiontui.config.files import find_config
from fashiontui.config.load import load_config
from fashiontui.config.spec import ExperimentSpec
from fashiontui.datasets.dataset import Dataset
from fashiontui.datasets.load import load_dataset
from fashiontui.errors import DataMissingError
from fashiontui.runs.paths import RunPaths, new_run_id
from fashiontui.runs.record import RunRecord
from fashiontui.supervisor.starter import worker_environment
from fashiontui.training import instruments, network_run
from fashiontui.training.data import byte_statistics
from fashiontui.training.device import choose_device
from fashiontui.training.evaluate import evaluate, predict, score
from fashiontui.training.job import Job
from fashiontui.training.models import build_model
from fashiontui.training.passes import watched
from fashiontui.training.stop import StopFlag

TARGETS = {"lr": 25.0, "ann1": 6.0, "cnn1": 3.0}  # times the tutorial's loop
EPOCHS = {"lr": 30, "ann1": 5, "cnn1": 1}  # a second or more of training
TUTORIAL_IMAGES = {"lr": 20_000, "ann1": 20_000, "cnn1": 10_000}


def main() -> None:
    """Run all rounds and print a table."""
    options = _options()
    dataset = _dataset()
    report: dict[str, object] = {"machine": _machine(), "dataset": dataset.name, "models": {}}
    print(f"{_machine()}, {dataset.name}, {options.rounds} rounds")
    for name in options.models.split(","):
        rounds = [_round(name) for _ in range(options.rounds)]
        report["models"][name] = _summary(name, rounds)  # type: ignore[index]
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--models", default="lr,ann1,cnn1")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _machine() -> str:
    return f"{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}"


def _dataset() -> Dataset:
    spec = ExperimentSpec().dataset
    folders = [Path(folder) for folder in [os.environ.get("FASHIONTUI_DATA")] if folder]
    try:
        return load_dataset(spec, folders)
    except DataMissingError:
        return load_dataset(spec.model_copy(update={"name": "synthetic"}), [])


def _spec(name: str) -> ExperimentSpec:
    path = find_config(Path(__file__).parent)
    if path is None:
        sys.exit("no experiments.toml above this file")
    spec = load_config(path).experiments[name]
    training = spec.training.model_copy(update={"epochs": EPOCHS[name], "patience": 0})
    return spec.model_copy(update={"training": training})


def _round(name: str) -> dict[str, float]:
    contestants = ["tutorial", "bare", "fashiontui"]
    if importlib.util.find_spec("lightning"):
        contestants.append("lightning")
    random.shuffle(contestants)
    result: dict[str, float] = {}
    for contestant in contestants:
        surroundings = worker_environment(os.environ) if contestant == "fashiontui" else {}
        with (
            mock.patch.dict(os.environ, surroundings),  # as a worker would be started
            ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process,
        ):
            result.update(process.submit(_contest, contestant, name).result())
    return result


def _contest(contestant: str, name: str) -> dict[str, float]:
    """In a process of its own: what one does to allocator and threads is none of another's business."""
    contestants: dict[str, Callable[[ExperimentSpec, Dataset], dict[str, float]]] = {
        "tutorial": _tutorial,
        "bare": _bare,
        "fashiontui": _fashiontui,
        "lightning": _lightning,
    }
    return contestants[contestant](_spec(name), _dataset())


def _summary(name: str, rounds: list[dict[str, float]]) -> dict[str, object]:
    def median(values: Iterator[float]) -> float:
        return statistics.median(values)

    speeds = {key: median(r[key] for r in rounds) for key in rounds[0] if key != "logged"}
    to_tutorial = median(r["fashiontui"] / r["tutorial"] for r in rounds)
    to_bare = median(r["fashiontui"] / r["bare"] for r in rounds)
    logged = median(r["logged"] for r in rounds)
    print(f"\n{name}: " + "  ".join(f"{key} {value:,.0f} images/s" for key, value in speeds.items()))
    print(f"  fashiontui / tutorial  {to_tutorial:6.2f}   (target {TARGETS[name]:g})")
    print(f"  fashiontui / bare      {to_bare:6.2f}   (target 0.97)")
    if "lightning" in speeds:
        print(f"  fashiontui / lightning {median(r['fashiontui'] / r['lightning'] for r in rounds):6.2f}")
    print(f"  logged                 {100 * logged:6.2f} % (target 3 %)", flush=True)
    return {
        "images_per_second": speeds,
        "to_tutorial": to_tutorial,
        "to_bare": to_bare,
        "logged": logged,
        "rounds": rounds,
    }


def _network(spec: ExperimentSpec) -> nn.Module:
    return build_model(spec.model, (1, 28, 28), 10, spec.training.seed).train()


class _Pictures(torch.utils.data.Dataset):  # type: ignore[type-arg]
    """What torchvision's FashionMNIST gives per image, without its download."""

    def __init__(self, dataset: Dataset, count: int) -> None:
        from torchvision import transforms

        mean, std = byte_statistics(dataset.train.images)
        self._images = torch.from_numpy(np.array(dataset.train.images[:count]))
        self._labels = torch.from_numpy(dataset.train.labels[:count].astype(np.int64))
        self._transform = transforms.Compose(
            [transforms.ToTensor(), transforms.Normalize((mean / 255,), (std / 255,))]
        )

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        picture = Image.fromarray(self._images[index].numpy())
        return self._transform(picture), int(self._labels[index])


def _tutorial(spec: ExperimentSpec, dataset: Dataset) -> dict[str, float]:
    name = next(key for key in TUTORIAL_IMAGES if _spec(key).model == spec.model)
    loader = torch.utils.data.DataLoader(
        _Pictures(dataset, TUTORIAL_IMAGES[name]), batch_size=100, shuffle=True
    )
    model = _network(spec)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.001)
    criterion = nn.CrossEntropyLoss()
    started, total, seen = time.perf_counter(), 0.0, 0
    for images, labels in loader:
        optimiser.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimiser.step()
        total += loss.item()
        seen += len(labels)
    return {"tutorial": seen / (time.perf_counter() - started)}


def _tensors(dataset: Dataset) -> tuple[torch.Tensor, torch.Tensor]:
    mean, std = byte_statistics(dataset.train.images)
    images = (torch.from_numpy(np.array(dataset.train.images)).float().unsqueeze(1) - mean) / std
    return images, torch.from_numpy(dataset.train.labels.astype(np.int64))


def _bare(spec: ExperimentSpec, dataset: Dataset) -> dict[str, float]:
    images, labels = _tensors(dataset)
    model = _network(spec).to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.001, fused=True)
    started, seen = time.perf_counter(), 0
    for _ in range(spec.training.epochs):
        order = torch.randperm(len(labels))
        for start in range(0, len(labels), 100):
            chosen = order[start : start + 100]
            loss = F.cross_entropy(model(images[chosen]), labels[chosen])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            seen += len(chosen)
    return {"bare": seen / (time.perf_counter() - started)}


def _lightning(spec: ExperimentSpec, dataset: Dataset) -> dict[str, float]:
    import lightning

    class Module(lightning.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = _network(spec)

        def training_step(self, batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
            loss = F.cross_entropy(self.model(batch[0]), batch[1])
            self.log("loss", loss)
            return loss

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.model.parameters(), lr=0.001)

    images, labels = _tensors(dataset)
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(images, labels), batch_size=100, shuffle=True
    )
    trainer = lightning.Trainer(
        accelerator="cpu", max_epochs=1, logger=False, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False,
    )  # fmt: skip
    started = time.perf_counter()
    trainer.fit(Module(), loader)
    return {"lightning": len(labels) / (time.perf_counter() - started)}


def _fashiontui(spec: ExperimentSpec, dataset: Dataset) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        job = _job(Path(folder), spec)
        device = choose_device("cpu", spec, None)
        with _stopwatch() as logged:
            result = network_run.run_network(job, dataset, device, None)
        seconds = result.train_seconds  # type: ignore[union-attr]
        return {
            "fashiontui": result.steps * 100 / (seconds + sum(logged)),  # type: ignore[union-attr]
            "logged": sum(logged) / (seconds + sum(logged)),
        }


def _job(folder: Path, spec: ExperimentSpec) -> Job:
    now = datetime.now(UTC)
    paths = RunPaths.of(folder, "benchmark", new_run_id(now, random.Random(0)))
    paths.root.mkdir(parents=True)
    record = RunRecord(
        run_id=paths.run_id, experiment="benchmark", base="benchmark", created=now, state_since=now, spec=spec
    )
    record.save(paths.record)
    return Job(paths, record, StopFlag())


@contextmanager
def _stopwatch() -> Iterator[list[float]]:
    """Time everything at an epoch's end but the two evaluations. (What a step logs is in its training time.)"""
    logged: list[float] = []
    run = network_run._NetworkRun  # noqa: SLF001
    whole = run._after_epoch  # noqa: SLF001
    evaluating = [0.0]

    def evaluation(function: Callable[..., object]) -> Callable[..., object]:
        def timed(*arguments: object, **named: object) -> object:
            started = time.perf_counter()
            result = function(*arguments, **named)
            evaluating[0] += time.perf_counter() - started
            return result

        return timed

    def watching(model: nn.Module, gather: Callable[..., None]) -> AbstractContextManager[None]:
        def timed(*arguments: object) -> None:
            started = time.perf_counter()
            gather(*arguments)
            evaluating[0] -= time.perf_counter() - started  # dead units are measured within an evaluation

        return watched(model, timed)

    def timed_after_epoch(self: object, state: object) -> None:
        evaluating[0] = 0.0
        started = time.perf_counter()
        whole(self, state)  # type: ignore[arg-type]
        logged.append(time.perf_counter() - started - evaluating[0])

    evaluations: dict[str, Any] = {each.__name__: evaluation(each) for each in (evaluate, predict, score)}
    with (
        mock.patch.object(run, "_after_epoch", timed_after_epoch),
        mock.patch.multiple(network_run, **evaluations),
        mock.patch.object(instruments, "watched", watching),
    ):
        yield logged


if __name__ == "__main__":
    main()
