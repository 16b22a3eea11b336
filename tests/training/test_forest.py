from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from fashiontui.config.spec import ForestSpec
from fashiontui.runs.predictions import Predictions, predictions_path
from fashiontui.runs.record import RunRecord
from fashiontui.runs.state import RunState
from fashiontui.training import checkpoint, forest_run
from fashiontui.training.evaluate import Score
from fashiontui.training.forest import SEED_STRIDE, Forest, flat, grow_all, predict, score

SPEC = {
    "model": {"kind": "forest", "trees": 7},
    "training": {"seed": 3},
    "instrumentation": {"checkpoint_seconds": 0},
}


def test_our_prediction_is_scikit_learns(dataset):
    forest = Forest(ForestSpec(trees=1, min_samples_leaf=3), seed=1, classes=10)
    pixels = flat(dataset.train)
    tree = forest.grow(pixels, dataset.train.labels, 4)
    theirs = RandomForestClassifier(n_estimators=1, min_samples_leaf=3, random_state=SEED_STRIDE + 4)
    theirs.fit(pixels, dataset.train.labels)
    np.testing.assert_allclose(
        predict(tree, flat(dataset.test)), theirs.predict_proba(flat(dataset.test)), atol=1e-6
    )


@pytest.mark.parametrize("settings", [{"bootstrap": False}, {"criterion": "entropy", "max_features": 0.1}])
def test_trees_are_grown_as_asked(settings, dataset):
    pixels, labels = flat(dataset.train), dataset.train.labels
    tree = Forest(ForestSpec(trees=1, **settings), seed=1, classes=10).grow(pixels, labels, 0)
    usual = Forest(ForestSpec(trees=1), seed=1, classes=10).grow(pixels, labels, 0)
    assert (len(tree.feature), tree.feature[0]) != (len(usual.feature), usual.feature[0])
    if not settings.get("bootstrap", True):  # grown on every image: it knows them all
        assert (predict(tree, pixels).argmax(1) == labels).all()


def test_a_class_that_is_missing_from_training_is_never_predicted(dataset):
    forest = Forest(ForestSpec(), seed=1, classes=10)
    known = dataset.train.labels != 4
    tree = forest.grow(flat(dataset.train)[known], dataset.train.labels[known], 0)
    shares = predict(tree, flat(dataset.test))
    assert shares.shape == (100, 10)
    assert (shares[:, 4] == 0).all()
    assert shares.sum(axis=1) == pytest.approx(1)


def test_a_pixel_of_a_large_image_is_found_again():
    pixels = np.zeros((60, 200 * 200), np.float32)
    pixels[::2, 38_100] = 255.0
    labels = (pixels[:, 38_100] > 0).astype(np.uint8)
    forest = Forest(ForestSpec(trees=1, max_features=1.0, bootstrap=False), seed=1, classes=2)
    tree = forest.grow(pixels, labels, 0)
    assert tree.feature[0] == 38_100
    assert (predict(tree, pixels).argmax(1) == labels).all()
    forest.trees.append(tree)
    again = Forest(forest.spec, seed=1, classes=2)
    again.restore(forest.to_checkpoint(), 1)
    assert again.weights_hash() == forest.weights_hash()


def test_pixels_of_small_images_take_16_bits(dataset):
    tree = Forest(ForestSpec(trees=1), seed=1, classes=10).grow(flat(dataset.train), dataset.train.labels, 0)
    assert tree.feature.dtype == np.int16  # what weights_sha256 of forests is of


def test_the_number_of_threads_changes_nothing(dataset):
    forests = []
    for threads in (1, 3):
        forest = Forest(ForestSpec(trees=5), seed=1, classes=10)
        grow_all(
            forest, dataset, threads, lambda grown, _seconds, forest=forest: not forest.trees.extend(grown)
        )
        forests.append(forest)
    assert len(forests[0].trees) == 5
    assert forests[0].weights_hash() == forests[1].weights_hash()


def test_score_by_hand():
    total = np.array([[1.5, 0.5], [2.0, 0.0]])
    found = score(total, 2, np.array([0, 1], np.uint8))
    assert found.accuracy == 0.5
    assert found.loss == pytest.approx(-(np.log(0.75) + np.log(1e-7)) / 2)


def test_a_forest_learns_and_has_a_curve(trial):
    run = trial(SPEC)
    result = run.run()
    assert result.test_accuracy > 0.5
    assert result.steps == 7
    accumulator = EventAccumulator(str(run.paths.root), size_guidance={"scalars": 0})
    accumulator.Reload()
    assert [p.step for p in accumulator.Scalars("accuracy/valid")] == list(range(1, 8))
    facts = RunRecord.load(run.paths.record).model
    assert len(facts.layers) == 7
    assert facts.parameters > 0


def test_a_forest_resumes_bit_equal(trial):
    expected = trial(SPEC).run()
    run = trial(SPEC)
    assert run.run(stop_at=1) is RunState.STOPPED
    result = run.run(resume=True)
    assert result.weights_sha256 == expected.weights_sha256
    assert result.test_loss == expected.test_loss


def curves(run):
    accumulator = EventAccumulator(str(run.paths.root), size_guidance={"scalars": 0})
    accumulator.Reload()
    return {
        tag: [(point.step, point.value) for point in accumulator.Scalars(tag)]
        for tag in accumulator.Tags()["scalars"]
    }


def test_the_best_of_a_forest_is_as_many_trees_as_were_best_and_no_more(trial, dataset, monkeypatch):
    """Accuracy first, then the lowest loss, then the fewest trees."""
    scores = [Score(2.0, 0.5), Score(1.0, 0.9), Score(0.5, 0.9), Score(0.5, 0.9), Score(0.1, 0.8)]

    class Scripted(forest_run._Watched):
        def add(self, tree):
            real = super().add(tree)
            return scores[self._trees - 1] if self._labels is dataset.valid.labels else real

    monkeypatch.setattr(forest_run, "_Watched", Scripted)
    run = trial({**SPEC, "model": {"kind": "forest", "trees": 5}})
    result = run.run()
    assert (result.best_epoch, result.epochs) == (3, 5)
    assert (result.valid_loss, result.valid_accuracy) == (0.5, 0.9)
    assert (result.last_valid_loss, result.last_valid_accuracy) == (0.1, 0.8)
    assert result.generalisation_gap == pytest.approx(result.train_accuracy - 0.9) != 0
    assert curves(run)["accuracy/test"][0][0] == 3
    best = checkpoint.load(run.paths.best)
    assert (best["epoch"], sum(name.endswith(".left") for name in best["model"])) == (3, 3)
    for split in ("valid", "test"):
        assert Predictions.load(predictions_path(run.paths, split)).epoch == 3


def test_what_a_forest_is_judged_by(trial, dataset):
    run = trial(SPEC)
    result = run.run()
    forest = Forest(run.spec.model, 3, 10)
    forest.restore(checkpoint.load(run.paths.checkpoint)["model"], 7)
    shares = sum(
        predict(tree, flat(dataset.test)).astype(float) for tree in forest.trees[: result.best_epoch]
    )
    found = score(shares, result.best_epoch, dataset.test.labels)
    assert (result.test_loss, result.test_accuracy) == (pytest.approx(found.loss), found.accuracy)
    logged = curves(run)
    at_best = {tag: dict(points)[result.best_epoch] for tag, points in logged.items() if len(points) == 7}
    assert result.train_accuracy == pytest.approx(at_best["accuracy/train"])
    assert result.valid_loss == pytest.approx(at_best["loss/valid"])
    assert result.generalisation_gap == pytest.approx(at_best["gap/accuracy"])
    assert result.last_valid_loss == pytest.approx(logged["loss/valid"][-1][1])
    predictions = Predictions.load(predictions_path(run.paths, "test"))
    right = predictions.labels == predictions.predicted
    assert right.mean() == pytest.approx(result.test_accuracy)
    np.testing.assert_allclose(predictions.confidence[right], predictions.truth[right])
    assert predictions.confidence.max() <= 1


def test_a_forest_counts_the_time_of_earlier_attempts_and_records_no_tree_twice(trial):
    run = trial(SPEC)
    run.run(stop_at=1)
    kept = checkpoint.load(run.paths.checkpoint)
    assert 0 < kept["step"] < 7
    checkpoint.save(run.paths.checkpoint, {**kept, "train_seconds": 1000.0, "total_seconds": 2000.0})
    kept = run.paths.checkpoint.read_bytes()
    run.run(stop_at=1, resume=True)  # goes on ...
    run.paths.checkpoint.write_bytes(kept)  # ... and crashes before its next checkpoint
    result = run.run(resume=True)
    assert 1000 < result.train_seconds < 1100
    assert 2000 < result.total_seconds < 2100
    assert [step for step, _ in curves(run)["accuracy/valid"]] == list(range(1, 8))


def test_a_forest_that_is_stopped_keeps_its_trees_though_no_checkpoint_is_due(trial):
    run = trial({**SPEC, "instrumentation": {"checkpoint_seconds": 1000}})
    assert run.run(stop_at=1) is RunState.STOPPED
    assert checkpoint.load(run.paths.checkpoint)["step"] > 0


def test_seeds_of_a_forest_share_no_trees(dataset):
    pixels, labels = flat(dataset.train), dataset.train.labels
    first, second = (Forest(ForestSpec(trees=1), seed=seed, classes=10) for seed in (1, 2))
    one, other = first.grow(pixels, labels, 1), second.grow(pixels, labels, 0)
    assert one.feature.tolist() != other.feature.tolist()


def test_no_more_trees_are_grown_than_asked_for(dataset):
    forest = Forest(ForestSpec(trees=4), seed=1, classes=10)
    grow_all(forest, dataset, 3, lambda grown, _seconds: not forest.trees.extend(grown))
    assert len(forest.trees) == 4
