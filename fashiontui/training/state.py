"""All that a training run is at one moment: what a checkpoint keeps, and what the loop moves."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from fashiontui.config.spec import CustomSpec, ExperimentSpec
from fashiontui.training import checkpoint
from fashiontui.training.average import WeightAverage
from fashiontui.training.data import DeviceData
from fashiontui.training.device import Device
from fashiontui.training.evaluate import Score
from fashiontui.training.pace import Pace
from fashiontui.training.randomness import restore_others, state_of_others
from fashiontui.training.running import RunningScore

RUNNING_KEYS = ("lr", "capturable")  # of an optimiser's groups: how it runs here, not what it has learned


@dataclass(frozen=True, slots=True)
class Best:
    """The epoch best on validation so far: highest accuracy, then lowest loss."""

    epoch: int
    step: int
    train: Score
    valid: Score

    def is_beaten_by(self, valid: Score) -> bool:
        """Whether a later score is better."""
        return (valid.accuracy, -valid.loss) > (self.valid.accuracy, -self.valid.loss)


@dataclass(slots=True)
class TrainingState:
    """A model in training. `step` counts updates, from 0; an epoch is `steps_per_epoch` of them."""

    spec: ExperimentSpec
    model: nn.Module
    optimiser: torch.optim.Optimizer
    data: DeviceData
    device: Device
    steps_per_epoch: int
    learning_rate: Callable[[int], float]
    step: int = 0
    train_seconds: float = 0.0  # in steps, without the epoch under way
    epoch_began: float | None = None  # by the clock of `time.perf_counter`, while one is under way
    earlier_seconds: float = 0.0  # of attempts before this one
    last: tuple[Score, Score] | None = None  # train, valid at the end of the last epoch
    best: Best | None = None
    best_weights: dict[str, Tensor] = field(default_factory=dict)
    best_is_saved: bool = True
    running: RunningScore = field(default_factory=RunningScore)
    average: WeightAverage | None = None
    pace: Pace = field(default_factory=lambda: Pace(0, 0.0))  # over the time in steps, of this attempt

    @property
    def seconds_in_steps(self) -> float:
        """Time in steps so far, with the epoch under way."""
        now = 0.0 if self.epoch_began is None else time.perf_counter() - self.epoch_began
        return self.train_seconds + now

    @property
    def samples_per_second(self) -> float | None:
        """Of late; None before there has been a step."""
        steps = self.pace.steps_per_second(self.step, self.seconds_in_steps)
        return None if steps is None else steps * self.batch_size

    @contextmanager
    def clock_stopped(self) -> Iterator[None]:
        """What happens within the block, in the middle of an epoch, is not time in steps."""
        stopped = time.perf_counter()
        yield
        if self.epoch_began is not None:
            self.epoch_began += time.perf_counter() - stopped

    def end_clock(self) -> None:
        """The steps of an epoch are done, or are left off."""
        self.train_seconds = self.seconds_in_steps
        self.epoch_began = None

    @property
    def batch_size(self) -> int:
        """Images in a step: no more than there are."""
        return min(self.spec.training.batch_size, len(self.data.train))

    @property
    def epochs_done(self) -> int:
        """Whole epochs behind us."""
        return self.step // self.steps_per_epoch

    @property
    def steps(self) -> int:
        """Steps of the whole run, if nothing stops it early."""
        return self.spec.training.epochs * self.steps_per_epoch

    @property
    def is_done(self) -> bool:
        """Whether all epochs are trained, or patience has run out."""
        patience = self.spec.training.patience
        waited = self.epochs_done - self.best.epoch if self.best else 0
        return self.step >= self.steps or (0 < patience <= waited and self.step % self.steps_per_epoch == 0)

    @contextmanager
    def judged(self) -> Iterator[None]:
        """Within the block the model is the one that is judged: its averaged self, where there is one."""
        if self.average is None:
            yield
        else:
            with self.average.in_place():
                yield

    def judge(self, train: Score, valid: Score) -> bool:
        """Take in the scores at the end of an epoch; whether they are the best so far: then the weights are kept."""
        self.last = (train, valid)
        if self.best is not None and not self.best.is_beaten_by(valid):
            return False
        self.best = Best(self.epochs_done, self.step, train, valid)
        self.best_weights = {name: _copied(value) for name, value in self.model.state_dict().items()}
        self.best_is_saved = False
        return True

    def to_checkpoint(self, total_seconds: float) -> dict[str, Any]:
        """All that resuming needs, in tensors and plain values."""
        device = self.device
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimiser.state_dict(),
            "step": self.step,
            "train_seconds": self.train_seconds,
            "total_seconds": total_seconds,
            "random_cpu": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state(device.place) if device.is_cuda else None,
            "random_others": state_of_others() if isinstance(self.spec.model, CustomSpec) else None,
            "running": self.running.state(),
            "average": None if self.average is None else self.average.to_checkpoint(),
            "last": None if self.last is None else [_plain(score) for score in self.last],
            "best": None if self.best is None else plain_best(self.best),
        }

    def restore(self, kept: dict[str, Any], best: dict[str, Any] | None) -> None:
        """Become what `to_checkpoint` kept; `best` is what best.pt holds."""
        self.model.load_state_dict(kept["model"])
        load_optimiser(self.optimiser, kept["optimizer"])
        self.step = kept["step"]
        self.train_seconds = kept["train_seconds"]
        self.earlier_seconds = kept["total_seconds"]
        self.running = RunningScore(**kept["running"])
        if self.average is not None:
            self.average.restore(kept["average"])
        if kept["last"] is not None:
            self.last = (Score(**kept["last"][0]), Score(**kept["last"][1]))
        if kept["best"] is not None and best is not None:
            self.best = _best_of(best if "valid" in best else kept["best"])  # best.pt speaks for itself
            self.best_weights = best["model"]
        torch.set_rng_state(kept["random_cpu"].cpu())
        if self.device.is_cuda and kept["random_cuda"] is not None:
            torch.cuda.set_rng_state(kept["random_cuda"].cpu(), self.device.place)
        if kept.get("random_others") is not None:
            restore_others(kept["random_others"])

    def weights_hash(self) -> str:
        """Of the weights as they are now."""
        return checkpoint.weights_hash(self.model.state_dict())


def load_optimiser(optimiser: torch.optim.Optimizer, kept: dict[str, Any]) -> None:
    """Load an optimiser's state, but not how it runs: a checkpoint of a CPU may go on as a CUDA graph."""
    own: list[dict[str, Any]] = [
        {key: group[key] for key in RUNNING_KEYS if key in group} for group in optimiser.param_groups
    ]
    optimiser.load_state_dict(kept)
    for group, mine in zip(optimiser.param_groups, own, strict=True):
        group.update(mine)  # the rate is set before every step anyway


def _copied(value: Any) -> Any:
    """A tensor's own copy; a module may keep other things in its state (`get_extra_state`)."""
    return value.detach().clone() if isinstance(value, Tensor) else copy.deepcopy(value)


def _plain(score: Score) -> dict[str, float]:
    return {"loss": score.loss, "accuracy": score.accuracy}


def plain_best(best: Best) -> dict[str, Any]:
    """The best epoch in plain values, for a checkpoint."""
    return {"epoch": best.epoch, "step": best.step, "train": _plain(best.train), "valid": _plain(best.valid)}


def _best_of(plain: dict[str, Any]) -> Best:
    return Best(plain["epoch"], plain["step"], Score(**plain["train"]), Score(**plain["valid"]))
