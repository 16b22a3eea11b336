"""The projection of a dataset: what `python -m fashiontui.analysis project` does. Only here is scikit-learn imported.

It runs in a process of its own, since t-SNE takes seconds to minutes and cannot be interrupted. What was computed once
for the same images and parameters is found in the cache folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from fashiontui.analysis.pca import principal_components
from fashiontui.analysis.projection import SPLITS, Method, Projection, Sample
from fashiontui.config.spec import DatasetSpec
from fashiontui.datasets.dataset import Dataset, Labels
from fashiontui.datasets.known import SYNTHETIC
from fashiontui.datasets.load import load_dataset
from fashiontui.datasets.split import stratified_sample

Tell = Callable[[dict[str, Any]], None]

VERSION: Final = 1  # of what is kept: another one is computed anew
SIZE: Final = 2000  # images, unless asked for others
KEPT: Final = 32  # samples, of 1.6 MB each as a rule
PERPLEXITY: Final = 30.0
ITERATIONS: Final = 1000
REDUCED_TO: Final = 50  # dimensions that t-SNE begins with, as its authors do
NEIGHBOURS: Final = 3  # times the perplexity: so many images t-SNE needs at least
SAID: Final = re.compile(r"Iteration (\d+)")


class Request(BaseModel):
    """What is to be projected, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: DatasetSpec
    candidates: tuple[Path, ...] = ()  # folders that may hold its files
    import_dirs: tuple[Path, ...] = ()
    cache: Path
    methods: tuple[Method, ...] = ("pca",)
    size: int = SIZE
    seed: int = 0
    perplexity: float = PERPLEXITY


@dataclass(frozen=True, slots=True)
class Places:
    """Where the results of a request are kept."""

    folder: Path

    @classmethod
    def of(cls, request: Request, fingerprint: str) -> Places:
        """By the images and what is chosen of them."""
        said = json.dumps([VERSION, fingerprint, request.size, request.seed])
        return cls(request.cache / hashlib.sha256(said.encode()).hexdigest()[:20])

    @property
    def sample(self) -> Path:
        """The images."""
        return self.folder / "sample.npz"

    def projection(self, method: Method, perplexity: float) -> Path:
        """Their places."""
        return self.folder / (f"tsne-{perplexity:g}.npz" if method == "tsne" else f"{method}.npz")


def project(request: Request, tell: Tell) -> None:
    """Do what is asked; `tell` is given what comes of it as it comes, ready for JSON.

    `{"sample": path}` first, then `{"projection": method, "path": path}` for each; `{"doing": words, "done": share}` in
    between. Raises DataError and other errors a user can mend.
    """
    tell({"doing": "loading", "done": None})
    dataset = load_dataset(_smallest(request), request.candidates, request.import_dirs)
    places = Places.of(request, dataset.fingerprint)
    sample = Sample.load(places.sample)
    if sample is None:
        sample = sample_of(dataset, request.size, request.seed)
        sample.save(places.sample)
        forget_oldest(request.cache)
    tell({"sample": str(places.sample)})
    for method in request.methods:
        path = places.projection(method, request.perplexity)
        if Projection.load(path) is None:
            _projected(sample, method, request, tell).save(path)
        tell({"projection": method, "path": str(path)})


def forget_oldest(cache: Path, kept: int = KEPT) -> None:
    """Keep the results of so many requests, those made last."""
    folders = sorted(
        (path for path in cache.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime
    )
    for folder in folders[: max(0, len(folders) - kept)]:
        shutil.rmtree(folder, ignore_errors=True)


def _smallest(request: Request) -> DatasetSpec:
    """Of a set drawn by code, no more is drawn than is shown."""
    if request.dataset.name.lower() != SYNTHETIC:
        return request.dataset
    size = min(request.size, request.dataset.train_size or request.size)
    return request.dataset.model_copy(update={"train_size": size, "valid_size": 1, "test_size": 1})


def sample_of(dataset: Dataset, size: int, seed: int) -> Sample:
    """At most `size` training images, every class in its due share."""
    train = dataset.train
    chosen = stratified_sample(train.labels, min(size, len(train)), seed)
    labels = [getattr(dataset, name).labels for name in SPLITS]
    return Sample(
        name=dataset.name,
        source=dataset.source,
        synthetic=dataset.synthetic,
        fingerprint=dataset.fingerprint,
        classes=dataset.classes,
        counts=np.stack([_counts(each, len(dataset.classes)) for each in labels]),
        images=train.images[chosen],
        labels=train.labels[chosen],
        indices=chosen,
    )


def _counts(labels: Labels, classes: int) -> NDArray[np.int64]:
    return np.bincount(labels, minlength=classes).astype(np.int64)


def _projected(sample: Sample, method: Method, request: Request, tell: Tell) -> Projection:
    vectors = sample.images.reshape(len(sample.images), -1) / 255.0
    if method == "pca":
        tell({"doing": "principal components", "done": None})
        found = principal_components(vectors, 2)
        return Projection("pca", _two_columns(found.points), found.shares)
    tell({"doing": "t-SNE: neighbours", "done": 0.0})
    reduced = principal_components(vectors, REDUCED_TO).points
    return Projection("tsne", tsne(reduced, request.perplexity, request.seed, tell), np.empty(0))


def _two_columns(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Also where all images are the same but for one direction."""
    return np.pad(points, ((0, 0), (0, 2 - points.shape[1])))


def fitting(perplexity: float, images: int) -> float:
    """The perplexity, or as much of it as so many images allow."""
    return min(perplexity, max(1.0, (images - 1) / NEIGHBOURS))


def tsne(vectors: NDArray[np.float64], perplexity: float, seed: int, tell: Tell) -> NDArray[np.float64]:
    """Places on a plane, (n, 2), of which near ones are near in (n, d) too (van der Maaten and Hinton, 2008)."""
    from sklearn.manifold import TSNE  # noqa: PLC0415 - a second to import, and the other methods do without

    model = TSNE(
        perplexity=fitting(perplexity, len(vectors)),
        init="pca" if min(vectors.shape) > 1 else "random",
        learning_rate="auto",
        max_iter=ITERATIONS,
        random_state=seed,
        verbose=2,  # its only way to say how far it is
    )
    with contextlib.redirect_stdout(_Listening(tell)):
        points: Sequence[Sequence[float]] = model.fit_transform(vectors)
    return np.asarray(points, dtype=np.float64)


class _Listening(io.TextIOBase):
    """Takes what t-SNE prints, and passes on how far it is."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    def write(self, text: str, /) -> int:
        said = SAID.search(text)
        if said is not None:
            done = min(1.0, int(said[1]) / ITERATIONS)
            self._tell({"doing": "t-SNE", "done": done})
        return len(text)
