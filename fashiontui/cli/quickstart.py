"""`fashiontui quickstart`: a first trained network, whatever data there is, and what to do next."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import Final

from fashiontui.cli.choices import Places, RunOptions, expanded
from fashiontui.cli.data import cache_folder, data_fetch
from fashiontui.cli.places import config_path, data_candidates, logs_folder, project_folder
from fashiontui.cli.run import run_experiments
from fashiontui.datasets.known import SYNTHETIC
from fashiontui.datasets.locate import find_folder
from fashiontui.errors import DataError, DataMissingError
from fashiontui.headless.words import short_path

DATASET: Final = "fashion-mnist"
EXPERIMENT: Final = "ann1"
EPOCHS: Final = 3


def run_quickstart(places: Places, data_dir: Path | None) -> int:
    """Find, fetch or draw data, train on it, and say what to do next; the exit code of the run."""
    config = config_path(places.config)
    dataset = choose_dataset(data_dir, project_folder(config))
    _say(f"Training the experiment {EXPERIMENT}, a network with one hidden layer, for {EPOCHS} epochs.")
    options = RunOptions(names=(EXPERIMENT,), epochs=EPOCHS, dataset=dataset, data_dir=data_dir)
    code = run_experiments(options, places)
    if code == 0:
        _say(next_steps(dataset, data_dir, places, logs_folder(places, config)))
    return code


def choose_dataset(data_dir: Path | None, project: Path) -> str:
    """Real data where they are here or can be had; else those drawn by code. Says which."""
    try:
        folder = find_folder(DATASET, data_candidates(data_dir, None, project))
    except DataMissingError:
        return _fetched_or_drawn(expanded(data_dir) if data_dir else cache_folder())
    _say(f"Fashion-MNIST found in {folder}.")
    return DATASET


def _fetched_or_drawn(destination: Path) -> str:
    _say("Fashion-MNIST is not on this machine: trying to download it (30 MB) …")
    try:
        data_fetch([DATASET], destination, sys.stderr, sys.stderr)
    except DataError as error:
        _say(f"That did not work: {error.message}")
        _say(
            "Training on SYNTHETIC data instead: garments drawn by code. It shows how everything works, "
            "but its accuracies say nothing about Fashion-MNIST."
        )
        return SYNTHETIC
    return DATASET


def next_steps(dataset: str, data_dir: Path | None, given: Places, logs: Path) -> str:
    """Commands to try now, as they have to be typed here; `given` is what was said of places."""
    fashiontui = program("fashiontui") + "".join(
        f" {option} {shlex.quote(str(path))}"
        for option, path in (("--config", given.config), ("--logs", given.logs))
        if path is not None
    )
    same_data = f" --dataset {SYNTHETIC}" if dataset == SYNTHETIC else ""
    same_data += f" --data-dir {data_dir}" if data_dir and dataset != SYNTHETIC else ""
    steps = {
        f"{fashiontui} list": "all experiments and studies",
        f"{fashiontui} run cnn1 --headless --epochs 3{same_data}": "a convolutional network",
        f"{fashiontui} metrics {EXPERIMENT}": "what was just measured",
        f"{program('tensorboard')} --logdir {short_path(str(logs))}": "its curves, in a browser",
    }
    width = max(map(len, steps))
    return "\n".join(["", "What next:", *(f"  {step:{width}}  {why}" for step, why in steps.items())])


def program(name: str) -> str:
    """How to call a program installed beside this one: by name where the shell finds it, else by path."""
    beside = Path(sys.executable).parent / name
    found = shutil.which(name)
    if not beside.exists() or (found is not None and Path(found) == beside):
        return name
    return short_path(str(beside))


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
