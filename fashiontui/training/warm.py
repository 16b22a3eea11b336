"""The worker as the fork server has it: all imported, and the data of earlier runs at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorboard.plugins.hparams.plugin_data_pb2  # noqa: F401 - a new event file imports it
import torch._dynamo  # noqa: F401 - the first optimiser imports it, in more than a second
from PIL import Image

from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.training import worker
from fashiontui.training.shelf import LoadErrand, Shelf


class WarmWorker:
    """A program for the fork server. Importing this module is what makes it warm."""

    def __init__(self) -> None:
        Image.preinit()
        self._shelf = Shelf()

    def main(self, arguments: list[str]) -> int:
        """As `python -m fashiontui.training`, in a child."""
        np.random.seed()  # noqa: NPY002 - as in a new interpreter: children must not share what nobody seeds
        return worker.main(arguments, self._shelf.load)

    def foresee(self, run: Path) -> LoadErrand | None:
        """Load the data that another run like this one would need."""
        record = RunRecord.load(RunPaths(run).record)
        return self._shelf.errand(record.spec.dataset, [Path(folder) for folder in record.request.data_dirs])
