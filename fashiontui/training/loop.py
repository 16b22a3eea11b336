"""The training loop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from fashiontui.errors import RunError
from fashiontui.runs.state import RunState
from fashiontui.training.data import Epoch
from fashiontui.training.pace import Pace
from fashiontui.training.state import TrainingState
from fashiontui.training.step import Step
from fashiontui.training.stop import StopFlag


@dataclass(frozen=True, slots=True)
class Hooks:
    """What else happens at which moment of the loop."""

    before_last_step: Callable[[], None]  # of an epoch
    after_step: Callable[[TrainingState], None]
    after_epoch: Callable[[TrainingState], None]
    interrupted: Callable[[TrainingState], None]


def train(
    state: TrainingState, make_step: Callable[[Tensor, Tensor], Step], hooks: Hooks, stop: StopFlag
) -> RunState | None:
    """Train until done (None), or until asked to stop (what was asked for; a checkpoint has been taken)."""
    step: Step | None = None
    state.pace = Pace(state.step, state.train_seconds)
    if not state.model.training:  # else as it was built: parts of it may be in evaluation mode for good
        state.model.train()
    while not state.is_done:
        state.epoch_began = time.perf_counter()
        epoch = state.data.epoch(state.spec.training.seed, state.epochs_done, state.spec.augmentation)
        for images, labels in batches(epoch, state):
            if stop.requested:
                _end_clock(state)
                hooks.interrupted(state)
                return stop.requested
            if step is None:
                with state.clock_stopped():  # captures and compiles, and does not train
                    step = make_step(images, labels)
            if (state.step + 1) % state.steps_per_epoch == 0:
                hooks.before_last_step()
            logits = step(images, labels, state.learning_rate(state.step))
            state.step += 1
            if state.average is not None:
                state.average.update(state.step)
            state.running.add(logits, labels)
            hooks.after_step(state)
        _end_clock(state)
        hooks.after_epoch(state)
        state.pace.mark(state.step, state.train_seconds)
    return None


def _end_clock(state: TrainingState) -> None:
    if state.device.is_cuda:
        torch.cuda.synchronize()  # once an epoch: the clock must not be read before the work is done
    state.end_clock()


def batches(epoch: Epoch, state: TrainingState) -> Iterator[tuple[Tensor, Tensor]]:
    """The batches of an epoch that are still to come. A last, partial batch is left out."""
    size = state.batch_size
    done = (state.step % state.steps_per_epoch) * size
    return epoch.batches(size, done, state.steps_per_epoch * size)


def check_finite(loss: float, step: int, learning_rate: float, of: str = "training") -> None:
    """Raise RunError where training has diverged: nothing good comes after a NaN."""
    if not math.isfinite(loss):
        raise RunError(
            f"the {of} loss became {loss} by step {step}, at learning rate {learning_rate:.3g}",
            "Lower optimizer.learning_rate, or set optimizer.clip_norm.",
        )
