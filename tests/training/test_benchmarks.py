"""The benchmarks reach into what they measure: when that changes, they are to be seen to break here."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

BENCHMARKS = sorted((Path(__file__).parents[2] / "benchmarks").glob("*.py"))


@pytest.fixture
def load(monkeypatch):
    def benchmark(path):
        monkeypatch.syspath_prepend(path.parent)  # as for a script: they use each other
        plan = importlib.util.spec_from_file_location(f"benchmark_{path.stem}", path)
        module = importlib.util.module_from_spec(plan)
        monkeypatch.setitem(sys.modules, plan.name, module)
        plan.loader.exec_module(module)
        return module

    return benchmark


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_a_benchmark_finds_all_it_imports(load, path):
    load(path)


@pytest.mark.parametrize("name", ["lr", "ann1", "cnn1"])
def test_all_contestants_train_the_network(load, monkeypatch, dataset, name):
    training = load(BENCHMARKS[0].with_name("training.py"))
    monkeypatch.setattr(training, "_dataset", lambda: dataset)
    found = {}
    for contestant in ("tutorial", "bare", "fashiontui"):
        found |= training._contest(contestant, name)
    assert set(found) == {"tutorial", "bare", "fashiontui", "logged"}
    assert all(found[each] > 0 for each in ("tutorial", "bare", "fashiontui"))
    assert 0 < found["logged"] < 1
