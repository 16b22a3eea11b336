"""Data sets of the user's own: a function, named `module:function`, that returns the arrays."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from fashiontui.config.problems import nearest
from fashiontui.datasets.dataset import Dataset, Split, Undivided
from fashiontui.errors import DataError

LEAST_SIDE = 8  # below it the networks' poolings leave nothing
MOST_CLASSES = 256  # labels are bytes
CONTRACT = (
    "It is called with dataset.options and returns (train_images, train_labels, test_images, test_labels): "
    "images of bytes, shape (n, height, width), and labels from 0 up, shape (n,)."
)


def load_custom(path: str, options: Mapping[str, Any], import_dirs: Sequence[Path] = ()) -> Undivided:
    """Call the function at `path` and check what it gives.

    Raises DataError for every mistake; an exception of the function's own is its __cause__.
    """
    with _importing_from(import_dirs):
        function = _find(path, import_dirs)
        try:
            result = function(**options)
        except Exception as error:
            raise DataError(f"data set {path} failed: {type(error).__name__}: {error}", CONTRACT) from error
    return _checked(path, result)


@contextlib.contextmanager
def _importing_from(folders: Sequence[Path]) -> Iterator[None]:
    before = list(sys.path)
    sys.path[:0] = [str(folder) for folder in folders]
    importlib.invalidate_caches()  # the module may be younger than Python's list of its folder
    try:
        yield
    finally:
        sys.path[:] = before


def _find(path: str, import_dirs: Sequence[Path]) -> Callable[..., object]:
    module_name, _, function_name = path.partition(":")
    module = _import(path, module_name, import_dirs)
    function = getattr(module, function_name, None)
    if not callable(function):
        near = nearest(function_name, [name for name, value in vars(module).items() if callable(value)])
        what = "has no function" if function is None else "has, but not as a function,"
        raise DataError(f"data set {path}: {module.__name__} {what} {function_name!r}{_did_you_mean(near)}")
    return function  # type: ignore[no-any-return]


def _import(path: str, module_name: str, import_dirs: Sequence[Path]) -> ModuleType:
    try:
        return importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and (module_name == error.name or module_name.startswith(f"{error.name}.")):
            places = ", ".join(map(str, import_dirs)) or "no folder of yours"
            raise DataError(
                f"data set {path}: no module {error.name!r}{_did_you_mean(nearest(module_name, _modules(import_dirs)))}",
                f"Looked in {places} and where Python keeps its packages.",
            ) from error
        raise DataError(
            f"data set {path}: {module_name} needs a module that is not here: {error.name}"
        ) from error
    except Exception as error:
        raise DataError(
            f"data set {path}: importing {module_name} failed: {type(error).__name__}: {error}"
        ) from error


def _modules(folders: Sequence[Path]) -> list[str]:
    """Modules and packages right in these folders."""
    found = [entry for folder in folders if folder.is_dir() for entry in folder.iterdir()]
    return [entry.stem for entry in found if entry.suffix == ".py" or (entry / "__init__.py").is_file()]


def _did_you_mean(near: str | None) -> str:
    return f", did you mean {near!r}?" if near else ""


def _checked(path: str, result: object) -> Undivided:
    if isinstance(result, Dataset):
        splits = {"train": result.train, "test": result.test}
        if len(result.valid):
            splits["valid"] = result.valid
    elif isinstance(result, tuple | list) and len(result) == 4:  # noqa: PLR2004 - two arrays for each of two splits
        splits = {"train": Split(*result[:2]), "test": Split(*result[2:])}
    else:
        size = f" of {len(result)}" if isinstance(result, tuple | list) else ""
        raise DataError(f"data set {path} returned a {type(result).__name__}{size}, not 4 arrays", CONTRACT)
    whole = {part: _checked_split(path, part, split) for part, split in splits.items()}
    classes = result.classes if isinstance(result, Dataset) else _numbered(whole["train"])
    _check_together(path, whole, classes)
    return Undivided(
        name=path,
        source=result.source if isinstance(result, Dataset) else f"returned by {path}",
        classes=classes,
        train=whole["train"],
        test=whole["test"],
        valid=whole.get("valid"),
        synthetic=isinstance(result, Dataset) and result.synthetic,
    )


def _checked_split(path: str, part: str, split: Split) -> Split:
    try:
        images, labels = np.asarray(split.images), np.asarray(split.labels)
    except ValueError as error:  # rows of different lengths
        raise DataError(
            f"data set {path}: the {part} images or labels are no arrays: {error}", CONTRACT
        ) from error
    problem = _images_problem(images) or _labels_problem(labels, len(images))
    if problem:
        raise DataError(f"data set {path}: {part}_{problem}", CONTRACT)
    return Split(np.ascontiguousarray(images), labels.astype(np.uint8))


def _images_problem(images: np.ndarray) -> str | None:
    if images.dtype != np.uint8:
        return f"images are of type {images.dtype}, not uint8 (bytes from 0 to 255)"
    if images.ndim != 3 or min(images.shape[1:]) < LEAST_SIDE:  # noqa: PLR2004 - (n, height, width)
        return f"images are of shape {images.shape}, not (n, height, width) with sides from {LEAST_SIDE}"
    return None if len(images) else "images are none at all"


def _labels_problem(labels: np.ndarray, count: int) -> str | None:
    if not np.issubdtype(labels.dtype, np.integer):
        return f"labels are of type {labels.dtype}, not whole numbers"
    if labels.shape != (count,):
        return f"labels are of shape {labels.shape}, not ({count},), one for each image"
    if labels.min() < 0 or labels.max() >= MOST_CLASSES:
        return f"labels run from {labels.min()} to {labels.max()}, not within 0 to {MOST_CLASSES - 1}"
    return None


def _numbered(train: Split) -> tuple[str, ...]:
    return tuple(str(label) for label in range(int(train.labels.max()) + 1))


def _check_together(path: str, splits: Mapping[str, Split], classes: Sequence[str]) -> None:
    if len(classes) < 2:  # noqa: PLR2004 - one class leaves nothing to learn
        raise DataError(f"data set {path} has {len(classes)} class, and at least 2 are needed", CONTRACT)
    shape = splits["train"].images.shape[1:]
    for part, split in splits.items():
        if split.images.shape[1:] != shape:
            raise DataError(
                f"data set {path}: {part}_images are {split.images.shape[1:]} in size, train_images {shape}",
                CONTRACT,
            )
        if split.labels.max() >= len(classes):
            raise DataError(
                f"data set {path}: {part}_labels go up to {split.labels.max()}, "
                f"but there are {len(classes)} classes, 0 to {len(classes) - 1}",
                CONTRACT,
            )
