from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from fashiontui.analysis.pca import principal_components


@pytest.mark.parametrize(("count", "dimensions"), [(200, 30), (30, 200), (5, 2), (50, 1)])
def test_it_is_what_scikit_learn_finds(count, dimensions):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(count, dimensions)) * np.linspace(1, 5, dimensions) + 3
    wanted = min(4, count, dimensions)
    theirs = PCA(wanted, svd_solver="full")
    points = theirs.fit_transform(vectors)
    ours = principal_components(vectors, wanted)
    assert ours.shares == pytest.approx(theirs.explained_variance_ratio_)
    assert np.abs(ours.points) == pytest.approx(np.abs(points))
    assert ours.points == pytest.approx(points)  # also its signs


def test_no_more_components_than_there_are():
    assert principal_components(np.eye(3), 10).points.shape == (3, 3)


def test_images_all_alike():
    found = principal_components(np.full((4, 9), 0.5), 2)
    assert np.all(found.points == 0)
    assert np.all(found.shares == 0)
