"""Where the files of a run are."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from pathlib import Path

ALPHABET = string.ascii_lowercase + string.digits
MARK = 3  # letters of it


@dataclass(frozen=True, slots=True)
class RunPaths:
    """`logs/<experiment>/<run-id>/` and the files in it."""

    root: Path

    @classmethod
    def of(cls, logs: Path, experiment: str, run_id: str) -> RunPaths:
        """The folder of one run under a logs folder."""
        return cls(logs / experiment / run_id)

    @property
    def run_id(self) -> str:
        """The folder's own name."""
        return self.root.name

    @property
    def experiment(self) -> str:
        """The name of the folder above."""
        return self.root.parent.name

    @property
    def key(self) -> str:
        """What tells it from all other runs of its logs folder: `experiment/run-id`."""
        return f"{self.experiment}/{self.run_id}"

    @property
    def logs(self) -> Path:
        """The logs folder it is in."""
        return self.root.parent.parent

    @property
    def record(self) -> Path:
        """Identity, resolved spec, environment, state and result."""
        return self.root / "run.json"

    @property
    def progress(self) -> Path:
        """Where a live run is now."""
        return self.root / "progress.json"

    @property
    def checkpoint(self) -> Path:
        """The last checkpoint: all that resuming needs."""
        return self.root / "checkpoint.pt"

    @property
    def best(self) -> Path:
        """The model best on validation."""
        return self.root / "best.pt"

    @property
    def log(self) -> Path:
        """The worker's stdout and stderr."""
        return self.root / "worker.log"


def new_run_id(now: datetime, rng: random.Random) -> str:
    """An id that sorts by time and is easy to say: `20261123-091502-k3f`."""
    return run_id_of(now, "".join(rng.choices(ALPHABET, k=MARK)))


def run_id_of(now: datetime, mark: str) -> str:
    """The id with this mark, which tells apart what was made in one second."""
    return f"{now:%Y%m%d-%H%M%S}-{mark}"


def rising_marks(count: int, rng: random.Random) -> list[str]:
    """Marks for runs that are made in one go, in their order: so that the newest by its id is the one that was made last."""
    letters = sorted(ALPHABET)
    all_of_them = ["".join(each) for each in product(letters, repeat=MARK)]
    return sorted(rng.sample(all_of_them, count)) if count <= len(all_of_them) else []
