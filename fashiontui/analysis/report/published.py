"""What others reached on Fashion-MNIST, and the study that this project grew from."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Final

DATASET: Final = "fashion-mnist"
FILE: Final = "published.toml"


@dataclass(frozen=True, slots=True)
class Result:
    """A published test accuracy."""

    name: str
    accuracy: float
    augmented: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """A network of the study of 2018; `experiment` is ours of the same kind, "" where there is none."""

    name: str
    accuracy: float
    loss: float | None = None
    experiment: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """All of them, and who says so."""

    source: str
    results: tuple[Result, ...]
    reference_source: str
    references: tuple[Reference, ...]

    def reference(self, experiment: str) -> Reference | None:
        """The network of the study of 2018 that an experiment is to be held against."""
        return next((each for each in self.references if each.experiment == experiment), None)


def published() -> Published:
    """The file that comes with the program."""
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    said = tomllib.loads(text)
    return Published(
        said["source"],
        tuple(Result(**each) for each in said["result"]),
        said["reference_source"],
        tuple(Reference(**each) for each in said["reference"]),
    )
