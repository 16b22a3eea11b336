from __future__ import annotations

import numpy as np
import pytest

from fashiontui.analysis.cka import (
    between_epochs,
    between_layers,
    between_networks,
    cka_of_grams,
    linear_cka,
)
from fashiontui.errors import RunError
from fashiontui.runs.representations import Representations

BOTH = pytest.mark.parametrize("debiased", [False, True])


def drawn(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def gram(matrix):
    centred = matrix - matrix.mean(axis=0)
    return (centred @ centred.T).astype(np.float32)


@BOTH
def test_a_representation_is_like_itself(debiased):
    matrix = drawn(0, 30, 8)
    assert linear_cka(matrix, matrix, debiased=debiased) == pytest.approx(1)


@BOTH
def test_turned_moved_and_scaled_it_is_the_same(debiased):
    a, b = drawn(0, 40, 12), drawn(1, 40, 7) + drawn(0, 40, 12)[:, :7]
    rotation, _ = np.linalg.qr(drawn(2, 12, 12))
    before = linear_cka(a, b, debiased=debiased)
    assert 0.1 < before < 0.9
    assert linear_cka(3.5 * a @ rotation + 11, b, debiased=debiased) == pytest.approx(before)
    assert linear_cka(a, a @ rotation, debiased=debiased) == pytest.approx(1)


@BOTH
def test_stretched_it_is_not(debiased):
    a = drawn(0, 40, 12)
    stretched = a * np.geomspace(1, 100, 12)
    assert linear_cka(a, stretched, debiased=debiased) < 0.8


@BOTH
def test_it_does_not_matter_which_is_first(debiased):
    a, b = drawn(0, 20, 5), drawn(1, 20, 9)
    there, back = linear_cka(a, b, debiased=debiased), linear_cka(b, a, debiased=debiased)
    assert there == pytest.approx(back)


def test_random_units_have_nothing_in_common_only_the_plain_form_says_so():
    pairs = [(drawn(seed, 100, 500), drawn(1000 + seed, 100, 800)) for seed in range(20)]
    debiased = [linear_cka(a, b) for a, b in pairs]
    plain = [linear_cka(a, b, debiased=False) for a, b in pairs]
    assert abs(np.mean(debiased)) < 0.01
    assert np.abs(debiased).max() < 0.05
    assert min(plain) > 0.8


def test_by_hand():
    # Centred: (-1, 0, 1) and (-1, 2, -1); of one column each, CKA is the squared correlation.
    assert linear_cka(np.array([[0.0], [1], [2]]), np.array([[0.0], [3], [0]]), debiased=False) == 0
    a, b = np.array([[0.0], [1], [2]]), np.array([[0.0], [0], [3]])
    assert linear_cka(a, b, debiased=False) == pytest.approx(0.75)  # (3)² / (2 · 6)


def test_the_debiased_form_by_hand():
    k = np.zeros((4, 4))
    k[0, 1] = k[1, 0] = k[2, 3] = k[3, 2] = 1.0
    m = np.zeros((4, 4))
    m[0, 2] = m[2, 0] = m[1, 3] = m[3, 1] = 1.0
    # Row sums are 1, so off the diagonal K - 1/2 - 1/2 + 2/3: 2/3 four times, -1/3 eight times, and likewise for M:
    # the cosine of (2, -1, -1) and (-1, 2, -1), each four times.
    assert cka_of_grams(k, k) == pytest.approx(1)
    assert cka_of_grams(k, m) == pytest.approx(-0.5)


def test_the_estimate_of_hsic_is_song_and_others():
    a, b = drawn(0, 12, 3), drawn(1, 12, 4)

    def hsic(x, y):
        n = len(x)
        k, m = x @ x.T, y @ y.T
        np.fill_diagonal(k, 0)
        np.fill_diagonal(m, 0)
        ones = np.ones(n)
        both = np.trace(k @ m) + (ones @ k @ ones) * (ones @ m @ ones) / ((n - 1) * (n - 2))
        return (both - 2 / (n - 2) * (ones @ k @ m @ ones)) / (n * (n - 3))

    expected = hsic(a, b) / np.sqrt(hsic(a, a) * hsic(b, b))
    assert linear_cka(a, b) == pytest.approx(expected)
    assert cka_of_grams(a @ a.T, b @ b.T) == pytest.approx(expected)


@BOTH
def test_gram_matrices_need_not_be_centred(debiased):
    a, b = drawn(0, 20, 5) + 3, drawn(1, 20, 9) - 2
    expected = linear_cka(a, b, debiased=debiased)
    assert cka_of_grams(a @ a.T, b @ b.T, debiased=debiased) == pytest.approx(expected)
    assert cka_of_grams(gram(a), gram(b), debiased=debiased) == pytest.approx(expected, abs=1e-5)


@BOTH
def test_what_is_the_same_for_all_images_or_has_diverged_is_like_nothing(debiased):
    assert np.isnan(linear_cka(np.full((10, 3), 0.1), drawn(0, 10, 2), debiased=debiased))
    diverged = gram(drawn(0, 10, 2))
    diverged[0, 1] = diverged[1, 0] = np.inf
    assert np.isnan(cka_of_grams(diverged, gram(drawn(0, 10, 2)), debiased=debiased))


def test_mistakes():
    with pytest.raises(ValueError, match="10 and of 11 images"):
        linear_cka(drawn(0, 10, 2), drawn(0, 11, 2))
    with pytest.raises(ValueError, match="two dimensions"):
        linear_cka(drawn(0, 10), drawn(0, 10))
    with pytest.raises(ValueError, match="can't be compared"):
        cka_of_grams(gram(drawn(0, 10, 2)), gram(drawn(0, 11, 2)))
    with pytest.raises(ValueError, match="4 images at least"):
        linear_cka(drawn(0, 3, 2), drawn(0, 3, 2))


def represented(seed, layers, images="a" * 64, best_epoch=1):
    rng = np.random.default_rng(seed)
    first = {name: rng.normal(size=(16, 20)) for name in layers}
    later = {name: first[name] + rng.normal(size=(16, 20)) for name in layers}
    grams = np.stack([np.stack([gram(each[name]) for name in layers]) for each in (first, later)])
    made = Representations(images, np.array([0, 1]), tuple(layers), grams, best_epoch)
    return made, first, later


def test_between_epochs():
    made, first, later = represented(0, ["conv1", "output"])
    found = between_epochs(made, "output")
    across = linear_cka(first["output"], later["output"])
    np.testing.assert_allclose(found, [[1, across], [across, 1]], atol=1e-5)
    with pytest.raises(RunError, match="no layer 'fc9'"):
        between_epochs(made, "fc9")


def test_between_networks_by_their_best_models():
    a, a_first, _ = represented(0, ["conv1", "output"], best_epoch=0)
    b, _, b_later = represented(5, ["fc1", "fc2", "output"])
    expected = [[linear_cka(a_first[i], b_later[j]) for j in b.layers] for i in a.layers]
    np.testing.assert_allclose(between_networks(a, b), expected, atol=1e-5)
    assert between_networks(a, b).shape == (2, 3)
    other, *_ = represented(0, ["conv1"], images="b" * 64)
    with pytest.raises(RunError, match="different images"):
        between_networks(a, other)


def test_between_layers():
    made, first, later = represented(0, ["conv1", "output"])
    now = linear_cka(later["conv1"], later["output"], debiased=False)
    np.testing.assert_allclose(between_layers(made, debiased=False), [[1, now], [now, 1]], atol=1e-5)
    then = linear_cka(first["conv1"], first["output"])
    np.testing.assert_allclose(between_layers(made, 0), [[1, then], [then, 1]], atol=1e-5)


@BOTH
def test_what_rounding_leaves_of_a_matrix_is_nothing(debiased):
    constant = np.full((7, 7), 0.1) * np.float64(3.3)
    assert np.isnan(cka_of_grams(constant, gram(drawn(0, 7, 2)), debiased=debiased))
    shifted = drawn(0, 30, 1) * 1e-9 + 1e4  # all the same, as far as a float64 can tell
    assert np.isnan(cka_of_grams(shifted @ shifted.T, gram(drawn(0, 30, 2)), debiased=debiased))
