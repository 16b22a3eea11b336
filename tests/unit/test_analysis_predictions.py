from __future__ import annotations

import zipfile

import numpy as np
import pytest
from support.fakes import make_run

from fashiontui.analysis.predictions import behind, confusion
from fashiontui.errors import RunError
from fashiontui.runs.predictions import Predictions, predictions_path

LABELS = [0, 0, 0, 1, 1, 2]
PREDICTED = [0, 1, 1, 1, 0, 2]


def predictions(labels=LABELS, predicted=PREDICTED, epoch=7):
    n = len(labels)
    return Predictions(
        epoch,
        np.array(labels, np.uint8),
        np.array(predicted, np.uint8),
        np.linspace(0.5, 0.9, n, dtype=np.float32),
        np.linspace(0.9, 0.1, n, dtype=np.float32),
    )


def test_they_come_back_as_they_were(tmp_path):
    path = predictions_path(make_run(tmp_path), "valid")
    predictions().save(path)
    again = Predictions.load(path)
    assert again.epoch == 7
    assert again.labels.tolist() == LABELS
    assert again.predicted.tolist() == PREDICTED
    np.testing.assert_allclose(again.confidence, predictions().confidence, atol=1e-3)
    np.testing.assert_allclose(again.truth, predictions().truth, atol=1e-3)
    assert [file.name for file in path.parent.iterdir() if file.suffix == ".tmp"] == []


def test_a_missing_file_is_told_from_a_bad_one(tmp_path):
    with pytest.raises(FileNotFoundError):
        Predictions.load(tmp_path / "predictions.valid.npz")


class Evil:
    def __reduce__(self):
        return (pytest.fail, ("code was run",))


def bad_files(folder):
    def made(name, **arrays):
        path = folder / f"{name}.npz"
        np.savez(path, **arrays)
        return path

    good = {"labels": np.zeros(3, np.uint8), "predicted": np.zeros(3, np.uint8)}
    shares = {"confidence": np.zeros(3, np.float16), "truth": np.zeros(3, np.float16)}
    yield made("pickled", **good, **shares, epoch=np.array([Evil()], dtype=object))
    yield made("lacking", **good, epoch=np.int64(1))
    yield made("uneven", **good, confidence=np.zeros(2), truth=np.zeros(3), epoch=np.int64(1))
    yield made("square", **{key: np.zeros((3, 3), np.uint8) for key in (*good, *shares)}, epoch=np.int64(1))
    yield made("floats", **{key: np.zeros(3) for key in (*good, *shares)}, epoch=np.int64(1))
    text = folder / "text.npz"
    text.write_text("no archive")
    yield text
    torn = folder / "torn.npz"
    torn.write_bytes((folder / "lacking.npz").read_bytes()[:200])
    yield torn
    bomb = folder / "bomb.npz"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("labels.npy", b"\0" * (300 << 20))
    yield bomb
    garbage = folder / "garbage.npz"
    with zipfile.ZipFile(garbage, "w") as archive:
        archive.writestr(
            "labels.npy", b"\x93NUMPY\x01\x00\x76\x00{'descr': '|u1', 'shape': (99999999999999,)}"
        )
    yield garbage
    yield folder  # no file at all


def test_bad_files_say_so_and_run_nothing(tmp_path):
    for path in bad_files(tmp_path):
        with pytest.raises(RunError):
            Predictions.load(path)


def test_confusion_counts_what_was_taken_for_what():
    counts = confusion(predictions(), 3)
    assert counts.counts.tolist() == [[1, 2, 0], [1, 1, 0], [0, 0, 1]]
    assert counts.images == 6
    assert counts.accuracy == 0.5
    assert counts.recall(0) == pytest.approx(1 / 3)
    assert counts.precision(1) == pytest.approx(1 / 3)
    assert counts.worst() == (0, 1)


def test_classes_that_never_occur_have_no_shares():
    counts = confusion(predictions([0], [0]), 3)
    assert counts.classes == 3
    assert np.isnan(counts.recall(2))
    assert np.isnan(counts.precision(2))
    assert counts.worst() == (0, 0)
    assert confusion(predictions([], []), 10).accuracy == 0


def test_more_classes_than_named_are_counted_too():
    assert confusion(predictions([4], [7]), 3).classes == 8


def test_the_surest_mistakes_come_first_and_the_hardest_of_the_right():
    assert behind(predictions(), 0, 1).tolist() == [2, 1]
    assert behind(predictions([1, 1, 1], [1, 1, 1]), 1, 1).tolist() == [0, 1, 2]
    assert behind(predictions(), 2, 0).tolist() == []


def test_what_is_right_is_no_mistake_however_common():
    counts = confusion(predictions([0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 0, 1, 1]))
    assert counts.counts.tolist() == [[3, 0], [2, 2]]
    assert counts.worst() == (1, 0)
