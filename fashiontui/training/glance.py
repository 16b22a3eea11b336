"""What progress.json says of a network in training."""

from __future__ import annotations

from typing import Any

from fashiontui.runs.progress import Progress
from fashiontui.training.state import TrainingState


def progress_of(state: TrainingState) -> Progress:
    """Where a run is as its worker begins."""
    return Progress(
        phase="training",
        steps=state.steps,
        epochs=state.spec.training.epochs,
        **facts_of(state),
    )


def facts_of(state: TrainingState) -> dict[str, Any]:
    """Where it is, and how good so far."""
    facts: dict[str, Any] = {
        "step": state.step,
        "epoch": min(state.epochs_done + 1, state.spec.training.epochs),
        "train_seconds": state.seconds_in_steps,
    }
    if state.samples_per_second is not None:
        facts["samples_per_second"] = state.samples_per_second
    if state.last is not None:
        train_score, valid_score = state.last
        facts.update(train_loss=train_score.loss, train_accuracy=train_score.accuracy)
        facts.update(valid_loss=valid_score.loss, valid_accuracy=valid_score.accuracy)
    if state.best is not None:
        facts.update(best_valid_accuracy=state.best.valid.accuracy, best_epoch=state.best.epoch)
    return facts
