"""A network's run, from its first weights to its test accuracy."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fashiontui.config.spec import CustomSpec, ExperimentSpec
from fashiontui.datasets.dataset import Dataset
from fashiontui.errors import CheckpointError, DataError
from fashiontui.runs.predictions import SplitName, predictions_path
from fashiontui.runs.record import Result
from fashiontui.runs.representations import representations_path
from fashiontui.runs.sources import model_source
from fashiontui.runs.state import RunState
from fashiontui.training import checkpoint
from fashiontui.training.average import WeightAverage
from fashiontui.training.boards import write_boards, write_end, write_graph
from fashiontui.training.data import DeviceData, DeviceSplit, to_device
from fashiontui.training.device import Device
from fashiontui.training.evaluate import class_accuracies, evaluate, predict, score
from fashiontui.training.event_writer import EventWriter, Value
from fashiontui.training.facts import model_facts
from fashiontui.training.feature_maps import feature_map_image
from fashiontui.training.filters import filter_image
from fashiontui.training.glance import facts_of, progress_of
from fashiontui.training.instruments import DeadUnits, Instruments, dead_shares
from fashiontui.training.job import Job, say
from fashiontui.training.load import OwnLoad
from fashiontui.training.loop import Hooks, check_finite, train
from fashiontui.training.memory import keep_freed_memory
from fashiontui.training.models import build_model
from fashiontui.training.optimiser import learning_rate_schedule, make_optimiser
from fashiontui.training.predictions import predictions_of
from fashiontui.training.recorder import Recorder, scores_words
from fashiontui.training.represent import RepresentationLog
from fashiontui.training.state import TrainingState, plain_best
from fashiontui.training.step import EagerStep, make_step

PREDICTIONS_INTERVAL_S = 1.0


def run_network(job: Job, dataset: Dataset, device: Device, kept: dict[str, Any] | None) -> RunState | Result:
    """Train until done (a result) or until asked to stop (what was asked)."""
    keep_freed_memory()
    data = to_device(dataset, device.place)
    _check_batch(job.record.spec, len(data.train))
    state, instruments = _prepare(job, data, device)
    if kept is not None:
        _restore(job, state, kept)
    with job.writer(state.step, resumed=kept is not None) as writer:
        if kept is None:
            _write_opening(job, writer, state)
        job.running()
        run = _NetworkRun(job, state, instruments, writer)
        run.begin()
        eager = EagerStep(state.spec, state.model, state.optimiser, data, device)
        before = state.train_seconds
        try:
            stopped = train(
                state, lambda images, labels: make_step(eager, device, images, labels), run.hooks(), job.stop
            )
        except Exception:
            run.note_failure()
            raise
        finally:
            job.train_seconds = state.train_seconds - before
        return stopped or run.conclude()


def _check_batch(spec: ExperimentSpec, images: int) -> None:
    """Say that a batch can't be as large as asked for; DataError where batch norm would have a single image."""
    asked, words = spec.training.batch_size, f"{images:,} training image{'s' * (images != 1)}"
    if images == 1 and getattr(spec.model, "batch_norm", False) and getattr(spec.model, "units", ()):
        raise DataError(
            "there is 1 training image: a layer's mean, which model.batch_norm takes, needs 2 or more"
        )
    if asked > images:
        say(f"training.batch_size = {asked:,}, but there are {words}: each step takes all of them")


def _prepare(job: Job, data: DeviceData, device: Device) -> tuple[TrainingState, Instruments]:
    spec, imports = job.record.spec, [Path(folder) for folder in job.record.request.import_dirs]
    model = build_model(spec.model, data.image_shape, len(data.classes), spec.training.seed, imports)
    facts = model_facts(spec.model, model, data.image_shape, len(data.classes))
    job.update(model=facts.model_copy(update={"source": model_source(spec.model, imports)}))
    model, is_custom = model.to(device.place), isinstance(spec.model, CustomSpec)
    if not is_custom:  # the user's own may ask for a `view`
        model = model.to(memory_format=torch.channels_last)
    initial = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    on_graph = device.is_cuda and not is_custom  # as `make_step` has it
    optimiser = make_optimiser(spec.optimizer, list(model.parameters()), on_graph=on_graph)
    steps_per_epoch = max(1, len(data.train) // spec.training.batch_size)
    rate = learning_rate_schedule(spec.optimizer, spec.training.epochs * steps_per_epoch)
    state = TrainingState(spec, model, optimiser, data, device, steps_per_epoch, rate)
    if spec.optimizer.average:
        state.average = WeightAverage(model, spec.optimizer.average)
    return state, Instruments(model, initial)


def _restore(job: Job, state: TrainingState, kept: dict[str, Any]) -> None:
    best = checkpoint.load(job.paths.best) if kept["best"] is not None else None
    try:
        state.restore(kept, best)
    except torch.OutOfMemoryError:  # a RuntimeError too, and no fault of the checkpoint's
        raise
    except (RuntimeError, KeyError, ValueError) as error:
        raise CheckpointError(f"{job.paths.checkpoint} does not fit this experiment: {error}") from error


def _write_opening(job: Job, writer: EventWriter, state: TrainingState) -> None:
    write_boards(writer, job.record)
    write_graph(writer, state.model, state.data.normalise(state.data.sample.images[:1]))
    writer.add(0, filter_image(state.model, state.data.image_shape))
    writer.flush()


class _NetworkRun:
    """What happens around the loop: measuring, recording, keeping."""

    def __init__(self, job: Job, state: TrainingState, instruments: Instruments, writer: EventWriter) -> None:
        self._job = job
        self._state = state
        self._instruments = instruments
        self._dead_units = DeadUnits(state.model)
        self._valid_labels = state.data.valid.labels.cpu().numpy()
        self._writer = writer
        self._recorder = Recorder(job.paths, writer, progress_of(state), OwnLoad(state.device))
        self._checkpointed = time.monotonic()
        self._every = state.spec.instrumentation
        place = representations_path(job.paths)
        self._representations = RepresentationLog(place, state.model, state.data, state.device)
        self._best: tuple[Tensor, int] | None = None  # logits not yet saved, and their epoch
        self._predictions_due = 0.0
        self._flip_average = state.spec.augmentation.flip_average

    def hooks(self) -> Hooks:
        """For the loop."""
        return Hooks(self._before_last_step, self._after_step, self._after_epoch, self._interrupted)

    def begin(self) -> None:
        """Before the first step of this attempt."""
        if self._every.representations:
            self._representations.begin(self._state.epochs_done, anew=self._state.step == 0)
            if self._state.step == 0:
                self._representations.after(0, is_last=False)

    def _before_last_step(self) -> None:
        if self._falls_on(self._every.layers_every, self._state.epochs_done + 1):
            self._instruments.remember()

    @staticmethod
    def _falls_on(every: int, epoch: int) -> bool:
        return every > 0 and epoch % every == 0

    def _after_step(self, state: TrainingState) -> None:
        if state.step % self._every.batch_every == 0:
            batch = state.running.take()
            rate = state.learning_rate(state.step - 1)
            if batch is not None:
                check_finite(batch.loss, state.step, rate)
                self._recorder.batch(state.step, batch, rate)
        if self._recorder.due():
            self._recorder.glance(phase="training", **facts_of(state))

    def _after_epoch(self, state: TrainingState) -> None:
        with state.judged():
            with self._dead_units.watching() as seen:
                train_score = evaluate(
                    state.model, state.data, state.data.sample, state.device, flip_average=self._flip_average
                )
            logits = predict(
                state.model, state.data, state.data.valid, state.device, flip_average=self._flip_average
            )
            valid_score = score(logits, state.data.valid.labels)
            rate = state.learning_rate(state.step - 1)
            check_finite(train_score.loss, state.step, rate)
            check_finite(valid_score.loss, state.step, rate, "validation")
            is_best = state.judge(train_score, valid_score)
            if self._every.representations:
                self._representations.after(state.epochs_done, is_last=state.is_done)
        if is_best:
            self._best = (logits, state.epochs_done)
            if time.monotonic() >= self._predictions_due:
                self._save_best_predictions()
        values = self._measure(dead_shares(seen))
        values |= class_accuracies(logits.argmax(1).cpu().numpy(), self._valid_labels, state.data.classes)
        if state.samples_per_second is not None:
            values["speed/samples_per_second"] = state.samples_per_second
        self._recorder.epoch(state.step, state.epochs_done, train_score, valid_score, values)
        say(
            f"epoch {state.epochs_done}/{state.spec.training.epochs}: {scores_words(train_score, valid_score)}"
            f"{', the best so far' if is_best else ''}"
        )
        self._recorder.glance(**facts_of(state))
        if state.is_done or time.monotonic() - self._checkpointed >= self._every.checkpoint_seconds:
            self.keep()

    def _save_best_predictions(self) -> None:
        """Of the validation images, by the best model so far. Epochs may be shorter than this takes to be worth it."""
        if self._best is not None:
            self._keep_predictions("valid", self._best[0], self._state.data.valid, self._best[1])
            self._best = None
            self._predictions_due = time.monotonic() + PREDICTIONS_INTERVAL_S

    def _keep_predictions(self, name: SplitName, logits: Tensor, split: DeviceSplit, epoch: int) -> None:
        predictions_of(logits, split.labels, epoch).save(predictions_path(self._job.paths, name))

    def _samples_per_second(self) -> float:
        state = self._state
        return state.step * state.batch_size / max(state.train_seconds, 1e-9)

    def _measure(self, dead: dict[str, float]) -> dict[str, Value]:
        state, epoch = self._state, self._state.epochs_done
        values: dict[str, Value] = {}
        if self._falls_on(self._every.layers_every, epoch):
            values.update(self._instruments.statistics())
            values.update(dead)
        if self._falls_on(self._every.histograms_every, epoch):
            values.update(self._instruments.histograms())
        if self._falls_on(self._every.filters_every, epoch):
            values.update(filter_image(state.model, state.data.image_shape))
        return values

    def keep(self) -> None:
        """Take a checkpoint: first everything it vouches for, then itself."""
        state, paths = self._state, self._job.paths
        self._writer.sync()
        self._save_best_predictions()
        if not state.best_is_saved and state.best is not None:
            checkpoint.save(paths.best, {"model": state.best_weights, **plain_best(state.best)})
            state.best_is_saved = True
        checkpoint.save(paths.checkpoint, state.to_checkpoint(state.earlier_seconds + self._job.seconds))
        self._checkpointed = time.monotonic()

    def _interrupted(self, state: TrainingState) -> None:
        self.keep()
        say(f"interrupted in epoch {state.epochs_done + 1}, at step {state.step:,}: its checkpoint is kept")
        self._recorder.glance(phase="stopped", **facts_of(state))

    def note_failure(self) -> None:
        """Leave behind how far it came; no trouble with that is to hide why it failed."""
        with contextlib.suppress(OSError):
            self._recorder.glance(phase="failed", **facts_of(self._state))

    def conclude(self) -> Result:
        """Touch the test set once, with the model best on validation."""
        state = self._state
        best, last = state.best, state.last
        if best is None or last is None:
            raise CheckpointError(f"{self._job.paths.checkpoint} says training is done, but knows no epoch")
        weights_hash = state.weights_hash()
        self._recorder.glance(phase="testing", **facts_of(state))
        state.model.load_state_dict(state.best_weights)
        logits = predict(
            state.model, state.data, state.data.test, state.device, flip_average=self._flip_average
        )
        test = score(logits, state.data.test.labels)
        self._keep_predictions("test", logits, state.data.test, best.epoch)
        if self._every.representations:
            self._representations.best(best.epoch)
        if not self._job.is_recorded("accuracy/test"):
            maps = (
                feature_map_image(state.model, state.data, state.device) if self._every.filters_every else {}
            )
            self._writer.add(best.step, {"loss/test": test.loss, "accuracy/test": test.accuracy, **maps})
            write_end(self._writer, self._job.record)
        check_finite(test.loss, best.step, state.learning_rate(best.step - 1), "test")
        say(
            f"test accuracy {test.accuracy:.4f}, loss {test.loss:.4f}, with the weights of epoch {best.epoch}"
        )
        trained = {"steps": state.step, "epoch": state.epochs_done, "epochs": state.epochs_done}
        self._recorder.glance(phase="done", step=state.step, **trained)  # patience may have ended it
        return Result(
            test_accuracy=test.accuracy,
            test_loss=test.loss,
            valid_accuracy=best.valid.accuracy,
            valid_loss=best.valid.loss,
            train_accuracy=best.train.accuracy,
            train_loss=best.train.loss,
            generalisation_gap=best.train.accuracy - best.valid.accuracy,
            best_epoch=best.epoch,
            last_valid_accuracy=last[1].accuracy,
            last_valid_loss=last[1].loss,
            epochs=state.epochs_done,
            steps=state.step,
            train_seconds=state.train_seconds,
            total_seconds=state.earlier_seconds + self._job.seconds,
            samples_per_second=self._samples_per_second(),
            weights_sha256=weights_hash,
        )
