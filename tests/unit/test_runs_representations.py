from __future__ import annotations

import numpy as np
import pytest

from fashiontui.analysis.cka import cka_of_grams, linear_cka
from fashiontui.errors import RunError
from fashiontui.runs.representations import Representations


def gram(seed, images=6, units=20, scale=1.0):
    matrix = scale * np.random.default_rng(seed).normal(size=(images, units))
    matrix -= matrix.mean(axis=0)
    return (matrix @ matrix.T).astype(np.float32)


def grams(*seeds):
    return np.stack([gram(seed) for seed in seeds])


def made(epochs=(0, 2, 4), best_epoch=None):
    values = np.stack([grams(10 * epoch, 10 * epoch + 1) for epoch in epochs])
    return Representations("a" * 64, np.array(epochs), ("conv1", "output"), values, best_epoch)


def test_kept_and_read_they_are_the_same(tmp_path):
    path = tmp_path / "representations.npz"
    before = made(best_epoch=2)
    before.save(path)
    after = Representations.load(path)
    assert (after.images_sha256, after.layers, after.best_epoch) == ("a" * 64, ("conv1", "output"), 2)
    assert after.epochs.tolist() == [0, 2, 4]
    assert (after.images, after.grams.dtype) == (6, np.float32)
    largest = np.abs(before.grams).max(axis=(2, 3), keepdims=True)
    assert (np.abs(after.grams - before.grams) <= largest / 2000).all()
    np.testing.assert_array_equal(after.grams, after.grams.swapaxes(2, 3))
    assert list(tmp_path.iterdir()) == [path]
    after.save(path)  # as often as one likes
    np.testing.assert_allclose(Representations.load(path).grams, after.grams, rtol=1e-6)


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_what_is_kept_is_enough_for_cka(tmp_path, scale):
    pair = [np.random.default_rng(seed).normal(size=(256, 3000)) for seed in (0, 1)]
    pair[1][:, :1500] += pair[0][:, :1500]
    kept = np.stack([gram_of(matrix * scale) for matrix in pair])
    Representations("", np.array([0]), ("a", "b"), kept[None]).save(tmp_path / "r.npz")
    a, b = Representations.load(tmp_path / "r.npz").at(0)
    for debiased in (False, True):
        exact = linear_cka(*pair, debiased=debiased)
        assert cka_of_grams(a, b, debiased=debiased) == pytest.approx(exact, abs=1e-4)


def gram_of(matrix):
    centred = matrix - matrix.mean(axis=0)
    return (centred @ centred.T).astype(np.float32)


def test_what_is_not_finite_costs_only_itself(tmp_path):
    before = made()
    before.grams[1, 0, 0, 0] = np.inf
    before.grams[1, 0, 1, 1] = 1e9
    before.grams[2, 0] = 0
    before.save(tmp_path / "r.npz")
    after = Representations.load(tmp_path / "r.npz")
    assert np.isinf(after.grams[1, 0, [0, 1], [0, 1]]).all()
    np.testing.assert_allclose(after.grams[:, 1], before.grams[:, 1], atol=0.05)
    assert (after.grams[2, 0] == 0).all()


def test_an_epoch_is_there_once_and_in_its_place():
    more = made().with_epoch(3, grams(7, 8))
    assert more.epochs.tolist() == [0, 2, 3, 4]
    np.testing.assert_array_equal(more.at(3), grams(7, 8))
    np.testing.assert_array_equal(more.at(4), made().at(4))
    again = more.with_epoch(2, grams(9, 9)).with_epoch(5, grams(1, 2))
    assert again.epochs.tolist() == [0, 2, 3, 4, 5]
    np.testing.assert_array_equal(again.at(2), grams(9, 9))
    with pytest.raises(RunError, match="epoch 1"):
        again.at(1)


def test_what_came_after_a_checkpoint_is_dropped():
    kept = made(best_epoch=2).until(3)
    assert (kept.epochs.tolist(), kept.best_epoch) == ([0, 2], None)
    np.testing.assert_array_equal(kept.at(2), made().at(2))


def test_the_best_is_the_last_before_there_is_one():
    np.testing.assert_array_equal(made().best, made().at(4))
    np.testing.assert_array_equal(made(best_epoch=2).best, made().at(2))


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        Representations.load(tmp_path / "none.npz")


def stored(**changes):
    arrays = {
        "images_sha256": np.array("a"),
        "epochs": np.array([0, 1]),
        "best_epoch": np.int64(-1),
        "layers": np.array(["output"]),
        "triangles": np.zeros((2, 1, 6), np.float16),
        "scales": np.ones((2, 1), np.float32),
    }
    return {**arrays, **changes}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"epochs": np.array([1, 1])}, "not in order"),
        ({"epochs": np.array([0])}, "do not fit"),
        ({"layers": np.array(["a", "b"])}, "do not fit"),
        ({"scales": np.ones(2)}, "do not fit"),
        ({"triangles": np.zeros((2, 1, 5), np.float16)}, "not triangles"),
        ({"best_epoch": np.int64(7)}, "best epoch, 7"),
        ({"layers": np.array([{}], dtype=object)}, "holds no representations"),
    ],
)
def test_files_that_are_not_what_they_should_be(tmp_path, changes, said):
    np.savez(tmp_path / "r.npz", **stored())
    assert Representations.load(tmp_path / "r.npz").images == 3
    np.savez(tmp_path / "r.npz", **stored(**changes))
    with pytest.raises(RunError, match=said):
        Representations.load(tmp_path / "r.npz")


@pytest.mark.parametrize("cut", [0, 100, 600])
def test_a_damaged_file(tmp_path, cut):
    made().save(tmp_path / "r.npz")
    (tmp_path / "r.npz").write_bytes((tmp_path / "r.npz").read_bytes()[:cut])
    with pytest.raises(RunError, match="holds no representations"):
        Representations.load(tmp_path / "r.npz")


def test_zeros_that_would_fill_the_memory_are_not_unpacked(tmp_path, monkeypatch):
    made().save(tmp_path / "r.npz")
    monkeypatch.setattr("fashiontui.runs.arrays.MOST_BYTES", 100)
    with pytest.raises(RunError, match="too large"):
        Representations.load(tmp_path / "r.npz")
