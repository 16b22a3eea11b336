"""A random forest's run: the same record, curves and checkpoints as a network's, a tree for a step."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from fashiontui.config.spec import ForestSpec
from fashiontui.datasets.dataset import Dataset, Split
from fashiontui.datasets.split import stratified_sample
from fashiontui.errors import RunError
from fashiontui.runs.predictions import Predictions, predictions_path
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import LayerFacts, ModelFacts, Result
from fashiontui.runs.state import RunState
from fashiontui.training import checkpoint
from fashiontui.training.boards import write_boards, write_end
from fashiontui.training.device import Device
from fashiontui.training.evaluate import Score, class_accuracies
from fashiontui.training.event_writer import EventWriter, Value
from fashiontui.training.forest import Forest, Probabilities, Tree, flat, grow_all, predict, score
from fashiontui.training.job import Job, say
from fashiontui.training.load import OwnLoad
from fashiontui.training.recorder import Recorder, scores_words

SAID_EVERY = 10  # trees


def run_forest(job: Job, dataset: Dataset, device: Device, kept: dict[str, Any] | None) -> RunState | Result:
    """Grow until all trees stand (a result) or until asked to stop (what was asked)."""
    spec = job.record.spec.model
    if not isinstance(spec, ForestSpec):
        raise RunError(f"a {spec.kind} is no forest")
    forest = Forest(spec, job.record.spec.training.seed, len(dataset.classes))
    if kept is not None:
        forest.restore(kept["model"], kept["step"])
    with job.writer(len(forest.trees), resumed=kept is not None) as writer:
        if kept is None:
            write_boards(writer, job.record)
        job.running()
        run = _ForestRun(job, forest, dataset, writer, kept or {})
        try:
            grow_all(forest, dataset, device.threads, run.after_trees)
        finally:
            job.train_seconds = run.seconds
        return run.conclude() if len(forest.trees) == spec.trees else run.interrupted()


class _Watched:
    """A split, and what the trees so far say about it together."""

    def __init__(self, split: Split, classes: int) -> None:
        self._pixels = flat(split)
        self._labels = split.labels
        self._total: Probabilities = np.zeros((len(split), classes))
        self._trees = 0

    def add(self, tree: Tree) -> Score:
        """Hear one more tree."""
        self._total += predict(tree, self._pixels)
        self._trees += 1
        return score(self._total, self._trees, self._labels)

    def class_accuracies(self, classes: Sequence[str]) -> dict[str, float]:
        """By the trees so far."""
        return class_accuracies(self._total.argmax(axis=1), self._labels, classes)

    def predictions(self) -> Predictions:
        """Of each image, by the trees so far."""
        shares = self._total / self._trees
        return Predictions(
            epoch=self._trees,
            labels=self._labels.astype(np.uint8),
            predicted=shares.argmax(axis=1).astype(np.uint8),
            confidence=shares.max(axis=1).astype(np.float32),
            truth=shares[np.arange(len(self._labels)), self._labels].astype(np.float32),
        )


class _ForestRun:
    """What happens around the growing: measuring, recording, keeping."""

    def __init__(
        self, job: Job, forest: Forest, dataset: Dataset, writer: EventWriter, kept: dict[str, Any]
    ) -> None:
        sample = stratified_sample(dataset.train.labels, min(len(dataset.valid), len(dataset.train)), seed=0)
        self._job = job
        self._forest = forest
        self._dataset = dataset
        self._writer = writer
        self._train = _Watched(
            Split(dataset.train.images[sample], dataset.train.labels[sample]), forest.classes
        )
        self._valid = _Watched(dataset.valid, forest.classes)
        self._history: list[tuple[Score, Score]] = [self._hear(tree) for tree in forest.trees]
        self.seconds = 0.0  # of growing, in this attempt
        self._seconds_before: float = kept.get("train_seconds", 0.0)
        self._earlier: float = kept.get("total_seconds", 0.0)
        self._checkpointed = time.monotonic()
        trees = forest.spec.trees
        progress = Progress(phase="training", step=len(forest.trees), steps=trees, epochs=trees)
        self._recorder = Recorder(job.paths, writer, progress, OwnLoad())

    @property
    def _seconds(self) -> float:
        return self._seconds_before + self.seconds

    def _hear(self, tree: Tree) -> tuple[Score, Score]:
        return self._train.add(tree), self._valid.add(tree)

    def after_trees(self, grown: list[Tree], seconds: float) -> bool:
        """Take in new trees one by one; False where a stop was asked for."""
        self.seconds += seconds
        for tree in grown:
            self._forest.trees.append(tree)
            self._history.append(self._hear(tree))
            self._record(tree)
        every = self._job.record.spec.instrumentation.checkpoint_seconds
        if time.monotonic() - self._checkpointed >= every:
            self._keep()
        return self._job.stop.requested is None

    def _record(self, tree: Tree) -> None:
        number = len(self._history)
        train, valid = self._history[-1]
        leaves = tree.left < 0
        pace = number * len(self._dataset.train) / max(self._seconds, 1e-9)
        more: dict[str, Value] = {
            **self._valid.class_accuracies(self._dataset.classes),
            "speed/samples_per_second": pace,
            "trees/leaves": float(leaves.sum()),
        }
        self._recorder.epoch(number, number, train, valid, more)
        best = self._best()
        if number % SAID_EVERY == 0 or number == self._forest.spec.trees:
            say(f"tree {number}/{self._forest.spec.trees}: {scores_words(train, valid)}")
        if best == number:
            self._valid.predictions().save(predictions_path(self._job.paths, "valid"))
        self._recorder.glance(
            step=number,
            epoch=number,
            train_seconds=self._seconds,
            samples_per_second=pace,
            train_loss=train.loss,
            train_accuracy=train.accuracy,
            valid_loss=valid.loss,
            valid_accuracy=valid.accuracy,
            best_epoch=best,
            best_valid_accuracy=self._history[best - 1][1].accuracy,
        )

    def _best(self) -> int:
        """The number of trees best on validation: highest accuracy, then lowest loss, then fewest."""
        valid = [scores[1] for scores in self._history]
        return max(range(len(valid)), key=lambda i: (valid[i].accuracy, -valid[i].loss, -i)) + 1

    def _keep(self) -> None:
        self._writer.sync()
        content = {
            "model": self._forest.to_checkpoint(),
            "step": len(self._forest.trees),
            "train_seconds": self._seconds,
            "total_seconds": self._earlier + self._job.seconds,
        }
        checkpoint.save(self._job.paths.checkpoint, content)
        self._checkpointed = time.monotonic()

    def interrupted(self) -> RunState:
        """Keep what has grown."""
        self._keep()
        say(f"interrupted after tree {len(self._forest.trees)}: its checkpoint is kept")
        return self._job.stop.requested or RunState.STOPPED

    def conclude(self) -> Result:
        """Touch the test set once, with as many trees as were best on validation."""
        self._keep()
        forest, best = self._forest, self._best()
        checkpoint.save(
            self._job.paths.best,
            {
                "model": Forest(
                    forest.spec, forest.seed, forest.classes, forest.trees[:best]
                ).to_checkpoint(),
                "epoch": best,
            },
        )
        test = self._test(forest.trees[:best])
        if not self._job.is_recorded("accuracy/test"):
            self._writer.add(best, {"loss/test": test.loss, "accuracy/test": test.accuracy})
            write_end(self._writer, self._job.record)
        say(f"test accuracy {test.accuracy:.4f}, loss {test.loss:.4f}, with the first {best} trees")
        self._job.update(model=_facts(forest))
        self._recorder.glance(phase="done")
        return self._result(test, best)

    def _test(self, trees: list[Tree]) -> Score:
        watched = _Watched(self._dataset.test, self._forest.classes)
        result = [watched.add(tree) for tree in trees][-1]
        watched.predictions().save(predictions_path(self._job.paths, "test"))
        return result

    def _result(self, test: Score, best: int) -> Result:
        train, valid = self._history[best - 1]
        last = self._history[-1][1]
        trees = len(self._forest.trees)
        return Result(
            test_accuracy=test.accuracy,
            test_loss=test.loss,
            valid_accuracy=valid.accuracy,
            valid_loss=valid.loss,
            train_accuracy=train.accuracy,
            train_loss=train.loss,
            generalisation_gap=train.accuracy - valid.accuracy,
            best_epoch=best,
            last_valid_accuracy=last.accuracy,
            last_valid_loss=last.loss,
            epochs=trees,
            steps=trees,
            train_seconds=self._seconds,
            total_seconds=self._earlier + self._job.seconds,
            samples_per_second=trees * len(self._dataset.train) / max(self._seconds, 1e-9),
            weights_sha256=self._forest.weights_hash(),
        )


def _facts(forest: Forest) -> ModelFacts:
    """A tree's parameters are its splits (pixel and threshold) and the class of each leaf; its work, comparisons."""
    layers = tuple(
        LayerFacts(
            name=f"tree{number}",
            kind="tree",
            output=(forest.classes,),
            parameters=int(2 * (tree.left >= 0).sum() + (tree.left < 0).sum()),
            multiply_adds=0,
        )
        for number, tree in enumerate(forest.trees, start=1)
    )
    return ModelFacts(parameters=sum(layer.parameters for layer in layers), multiply_adds=0, layers=layers)
