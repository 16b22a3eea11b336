"""The random forest, grown tree by tree: its step is the tree, so that it has a curve like the networks.

Each tree is a forest of one with a seed of its own, grown from (seed, tree number): the same forest comes out
whatever the number of threads, and a forest that was stopped goes on from its checkpoint, which keeps every tree
as plain arrays.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier

from fashiontui.config.spec import ForestSpec
from fashiontui.datasets.dataset import Dataset, Split
from fashiontui.training.evaluate import Score

SMALLEST_PROBABILITY = 1e-7  # a forest can call a class impossible; its loss must stay finite
SEED_STRIDE = 1_000_003

Probabilities = NDArray[np.float64]  # (n, classes), summed over trees


@dataclass(slots=True)
class Tree:
    """A decision tree as arrays: `left` and `right` are -1 at leaves, `share` holds the classes' shares."""

    feature: NDArray[np.int16 | np.int32]  # of 16 bits where they can name every pixel
    threshold: NDArray[np.float32]  # go left where pixel <= threshold
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    share: NDArray[np.float32]  # (nodes, classes)


@dataclass(slots=True)
class Forest:
    """The trees so far, and what they say together about the images they are measured by."""

    spec: ForestSpec
    seed: int
    classes: int
    trees: list[Tree] = field(default_factory=list)

    def grow(self, pixels: NDArray[np.float32], labels: NDArray[np.uint8], number: int) -> Tree:
        """Grow tree `number` (from 0), on a sample of its own where the forest bootstraps."""
        spec = self.spec
        grown = RandomForestClassifier(
            n_estimators=1,
            max_depth=spec.max_depth,
            min_samples_leaf=spec.min_samples_leaf,
            max_features=spec.max_features,
            criterion=spec.criterion,
            bootstrap=spec.bootstrap,
            random_state=(self.seed * SEED_STRIDE + number) % 2**32,
        ).fit(pixels, labels)
        return _to_arrays(grown.estimators_[0].tree_, grown.classes_, self.classes)

    def to_checkpoint(self) -> dict[str, Any]:
        """All trees, as tensors."""
        return {
            f"tree{number}.{name}": torch.from_numpy(getattr(tree, name))
            for number, tree in enumerate(self.trees)
            for name in Tree.__slots__
        }

    def restore(self, kept: dict[str, Any], count: int) -> None:
        """Take back the trees of a checkpoint."""
        self.trees = [
            Tree(*(kept[f"tree{number}.{name}"].numpy() for name in Tree.__slots__))
            for number in range(count)
        ]

    def weights_hash(self) -> str:
        """sha256 over all trees, in order."""
        digest = hashlib.sha256()
        for tree in self.trees:
            for name in Tree.__slots__:
                digest.update(np.ascontiguousarray(getattr(tree, name)).tobytes())
        return digest.hexdigest()


def _to_arrays(tree: Any, seen: NDArray[Any], classes: int) -> Tree:
    share = np.zeros((tree.node_count, classes), np.float32)
    values = tree.value[:, 0, :]
    share[:, seen.astype(np.int64)] = values / values.sum(axis=1, keepdims=True)
    feature = np.int16 if tree.n_features <= 1 << 15 else np.int32
    return Tree(
        feature=tree.feature.astype(feature),
        threshold=tree.threshold.astype(np.float32),
        left=tree.children_left.astype(np.int32),
        right=tree.children_right.astype(np.int32),
        share=share,
    )


def predict(tree: Tree, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """The classes' shares at the leaf each image falls into, (n, classes)."""
    node = np.zeros(len(pixels), np.int32)
    moving = np.arange(len(pixels))
    while len(moving):
        here = node[moving]
        goes_left = pixels[moving, tree.feature[here]] <= tree.threshold[here]
        node[moving] = np.where(goes_left, tree.left[here], tree.right[here])
        moving = moving[tree.left[node[moving]] >= 0]
    return tree.share[node]


def flat(split: Split) -> NDArray[np.float32]:
    """Images as rows of pixels, (n, height · width) float32, as scikit-learn grows on."""
    return split.images.reshape(len(split), -1).astype(np.float32)


def score(total: Probabilities, trees: int, labels: NDArray[np.uint8]) -> Score:
    """Judge the mean of `trees` trees' probabilities."""
    mean = np.clip(total / trees, SMALLEST_PROBABILITY, 1.0)
    rows = np.arange(len(labels))
    loss = max(0.0, -np.log(mean[rows, labels]).mean())  # of a perfect one no negative zero
    return Score(float(loss), float((total.argmax(axis=1) == labels).mean()))


def grow_all(
    forest: Forest, dataset: Dataset, threads: int, after_trees: Callable[[list[Tree], float], bool]
) -> None:
    """Grow the missing trees, `threads` at a time; `after_trees(new trees, seconds)` says whether to go on."""
    pixels, labels = flat(dataset.train), dataset.train.labels
    with ThreadPoolExecutor(threads) as pool:
        while len(forest.trees) < forest.spec.trees:
            first = len(forest.trees)
            numbers = range(first, min(first + threads, forest.spec.trees))
            started = time.perf_counter()
            grown = list(pool.map(lambda number: forest.grow(pixels, labels, number), numbers))
            seconds = time.perf_counter() - started
            if not after_trees(grown, seconds):
                return
