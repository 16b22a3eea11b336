"""How alike two layers see the same images: linear centred kernel alignment.

CKA (Kornblith, Norouzi, Lee and Hinton 2019, "Similarity of neural network representations revisited") is the cosine
between two centred Gram matrices: 1 where one representation is the other one turned and scaled, 0 where they have nothing
in common. With few images and many units it is too high: two layers of random units look alike. The debiased form takes the
unbiased estimate of HSIC (Song, Smola, Gretton, Bedo and Borgwardt 2012, "Feature selection via dependence maximization")
instead, whose mean is 0 for independent representations; by chance it may come out a little below. It is also a cosine:
between the matrices without their diagonals, centred accordingly (Székely and Rizzo 2014 call it U-centring).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fashiontui.errors import RunError
from fashiontui.runs.representations import Representations

Matrix = NDArray[Any]  # real numbers
Similarities = NDArray[np.float64]

LEAST_IMAGES: Final = 4  # below, nothing is left of a matrix without its diagonal and means
TINY: Final = 1e-12  # of what a matrix was before it was centred: less is rounding


def linear_cka(a: Matrix, b: Matrix, *, debiased: bool = True) -> float:
    """Of two representations (n, p) and (n, q) of the same n images; NaN where one is the same for all images.

    Raises ValueError where the numbers of images differ.
    """
    if a.ndim != 2 or b.ndim != 2:  # noqa: PLR2004
        raise ValueError(f"representations have two dimensions, not {a.ndim} and {b.ndim}")
    if len(a) != len(b):
        raise ValueError(f"representations of {len(a)} and of {len(b)} images can't be compared")
    return cka_of_grams(_gram(a), _gram(b), debiased=debiased)


def cka_of_grams(a: Matrix, b: Matrix, *, debiased: bool = True) -> float:
    """The same from Gram matrices (n, n), centred or not."""
    return float(_between(a[None], b[None], debiased=debiased)[0, 0])


def between_epochs(representations: Representations, layer: str, *, debiased: bool = True) -> Similarities:
    """CKA of a layer with itself at all other epochs, (e, e); RunError where there is no such layer."""
    grams = representations.of(layer)
    return _between(grams, grams, debiased=debiased)


def between_layers(
    representations: Representations, epoch: int | None = None, *, debiased: bool = True
) -> Similarities:
    """CKA of all layers of a network with each other, (l, l), at an epoch, or of the best model."""
    grams = representations.best if epoch is None else representations.at(epoch)
    return _between(grams, grams, debiased=debiased)


def between_networks(a: Representations, b: Representations, *, debiased: bool = True) -> Similarities:
    """CKA of the layers of two best models, (layers of a, layers of b); RunError where they saw other images."""
    if a.images_sha256 != b.images_sha256:
        raise RunError(
            f"these networks were shown different images ({a.images} and {b.images})",
            "Compare runs on the same dataset with the same split.",
        )
    return _between(a.best, b.best, debiased=debiased)


def _gram(matrix: Matrix) -> Matrix:
    values = matrix.astype(np.float64)
    values = values - values.mean(axis=0)
    gram: Matrix = values @ values.T
    return gram


def _between(a: Matrix, b: Matrix, *, debiased: bool) -> Similarities:
    """Cosines of the centred matrices (k, n, n) with (m, n, n), (k, m)."""
    if a.shape[1:] != b.shape[1:] or a.shape[1] != a.shape[2]:
        raise ValueError(f"Gram matrices of {a.shape[1:]} and {b.shape[1:]} can't be compared")
    with np.errstate(invalid="ignore"):  # infinities of a network that diverged come out as NaN
        centred = _directions(a, debiased=debiased)
        others = centred if b is a else _directions(b, debiased=debiased)
        cosines: Similarities = centred @ others.T
    return cosines


def _directions(grams: Matrix, *, debiased: bool) -> Similarities:
    """Centred and flattened to length 1, (k, n · n); NaN where nothing is left."""
    before = np.linalg.norm(grams.reshape(len(grams), -1).astype(np.float64), axis=1)
    centred = _u_centred(grams) if debiased else _centred(grams)
    flat = centred.reshape(len(grams), -1)
    lengths = np.linalg.norm(flat, axis=1)
    lengths[lengths <= TINY * before] = np.nan
    directions: Similarities = flat / lengths[:, None]
    return directions


def _centred(grams: Matrix) -> Similarities:
    """HKH, H = 1 - 1/n, of each."""
    values = grams.astype(np.float64)
    values -= values.mean(axis=1, keepdims=True)
    values -= values.mean(axis=2, keepdims=True)
    return values


def _u_centred(grams: Matrix) -> Similarities:
    """Of each: without its diagonal, and so that what is left has no row or column sums."""
    images = grams.shape[1]
    if images < LEAST_IMAGES:
        raise ValueError(f"debiased CKA takes {LEAST_IMAGES} images at least, not {images}")
    values = grams.astype(np.float64)
    diagonal = np.arange(images)
    values[:, diagonal, diagonal] = 0.0
    sums = values.sum(axis=1) / (images - 2)  # (k, n); rows and columns alike, as the matrices are symmetric
    mean = sums.sum(axis=1) / (images - 1)
    values += mean[:, None, None] - sums[:, :, None] - sums[:, None, :]
    values[:, diagonal, diagonal] = 0.0
    return values
