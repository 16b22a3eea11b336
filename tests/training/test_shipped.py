"""Every shipped experiment trains, and the networks rank as they should."""

from __future__ import annotations

from pathlib import Path

import pytest

from fashiontui.config.load import load_config
from fashiontui.datasets.load import load_dataset
from fashiontui.runs.record import Result

CONFIG = load_config(Path(__file__).parents[2] / "experiments.toml")
NAMES = ["lr", "ann1", "ann2", "ann3", "cnn1", "cnn2", "cnn3", "vgg16", "forest", "best"]


def spec_of(name, images, epochs, **model):
    raw = CONFIG.experiments[name].model_dump()
    raw["dataset"] = {"name": "synthetic", "train_size": images, "test_size": 500, "valid_size": 500}
    raw["training"] |= {"epochs": epochs, "patience": 0}
    raw["model"] |= model
    return raw


@pytest.fixture
def result_of(trial):
    def run(name, images, epochs, **model):
        made = trial(spec_of(name, images, epochs, **model))
        made.dataset = load_dataset(made.spec.dataset, [])
        return made.run()

    return run


def test_all_shipped_names_are_there():
    assert list(CONFIG.experiments) == NAMES or set(NAMES) <= set(CONFIG.experiments)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_experiment_trains_an_epoch(result_of, name):
    model = {"trees": 3} if name == "forest" else {}
    result = result_of(name, 100 if name == "vgg16" else 400, 1, **model)
    assert isinstance(result, Result)
    assert 0 <= result.test_accuracy <= 1
    assert result.steps == (3 if name == "forest" else max(1, (100 if name == "vgg16" else 400) // 100))


def test_the_one_for_a_gpu_trains_too_where_it_is_made_small(result_of):
    result = result_of("best_gpu", 200, 1, channels=[4, 8, 8], blocks=[1])
    assert isinstance(result, Result)


def test_deeper_is_better(result_of):
    scores = [result_of(name, 4000, 3).test_accuracy for name in ("lr", "ann1", "cnn1")]
    assert scores[0] < scores[1] < scores[2]
