from __future__ import annotations

import sys

import numpy as np
import pytest

from fashiontui.config.spec import DatasetSpec
from fashiontui.datasets.load import load_dataset
from fashiontui.errors import DataError

GOOD = """
import numpy as np
from fashiontui.datasets.dataset import Dataset, Split

def load(side=12, n=30):
    images = np.arange(n * side * side).astype(np.uint8).reshape(n, side, side)
    labels = np.arange(n) % 3
    return images, labels, images[:9], labels[:9]

def whole():
    split = Split(*load()[:2])
    return Dataset("mine", "made up", True, ("x", "y", "z"), split, Split(*load(n=6)[:2]), split, "")
"""


@pytest.fixture
def module(tmp_path, request):
    """Write a module of a name of its own, and forget it afterwards."""
    name = f"own_{request.node.name.partition('[')[0]}_{tmp_path.name}".replace("-", "_")

    def write(source: str) -> str:
        (tmp_path / f"{name}.py").write_text(source)
        return name

    yield write
    sys.modules.pop(name, None)


def load(path: str, folder, **settings):
    return load_dataset(DatasetSpec(**{"name": path, "valid_size": 6, **settings}), [], [folder])


def returning(expression: str) -> str:
    return f"import numpy as np\nI, L = np.zeros((9, 8, 8), np.uint8), np.arange(9) % 3\ndef load(): return {expression}"


def test_four_arrays_become_a_dataset(module, tmp_path):
    path = f"{module(GOOD)}:load"
    dataset = load(path, tmp_path)
    assert (len(dataset.train), len(dataset.valid), len(dataset.test)) == (24, 6, 9)
    assert dataset.train.images.shape == (24, 12, 12)
    assert dataset.train.labels.dtype == np.uint8
    assert (dataset.name, dataset.classes, dataset.synthetic) == (path, ("0", "1", "2"), False)


def test_options_are_arguments(module, tmp_path):
    dataset = load(f"{module(GOOD)}:load", tmp_path, options={"side": 9, "n": 12})
    assert dataset.train.images.shape == (6, 9, 9)


def test_a_dataset_keeps_its_own_validation_images_and_classes(module, tmp_path):
    dataset = load(f"{module(GOOD)}:whole", tmp_path, train_size=15)
    assert (len(dataset.train), len(dataset.valid), len(dataset.test)) == (15, 6, 30)
    assert (dataset.classes, dataset.source, dataset.synthetic) == (("x", "y", "z"), "made up", True)
    assert len(dataset.fingerprint) == 64


def test_pythons_path_is_as_before(module, tmp_path):
    before = list(sys.path)
    load(f"{module(GOOD)}:load", tmp_path)
    with pytest.raises(DataError):
        load("no_such_module:load", tmp_path)
    assert sys.path == before


def test_an_absent_module_proposes_the_nearest(module, tmp_path):
    name = module(GOOD)
    with pytest.raises(DataError, match=f"no module '{name}s', did you mean '{name}'") as caught:
        load(f"{name}s:load", tmp_path)
    assert str(tmp_path) in caught.value.hint


def test_an_absent_function_proposes_the_nearest(module, tmp_path):
    name = module(GOOD)
    with pytest.raises(DataError, match=f"{name} has no function 'laod', did you mean 'load'"):
        load(f"{name}:laod", tmp_path)
    with pytest.raises(DataError, match="has, but not as a function, 'np'"):
        load(f"{name}:np", tmp_path)


def test_what_a_module_lacks_is_named(module, tmp_path):
    with pytest.raises(DataError, match="needs a module that is not here: nowhere_to_be_found"):
        load(f"{module('import nowhere_to_be_found')}:load", tmp_path)


def test_errors_of_the_users_own_keep_their_traceback(module, tmp_path):
    source = "def load():\n    return {}['missing']"
    with pytest.raises(DataError, match="failed: KeyError: 'missing'") as caught:
        load(f"{module(source)}:load", tmp_path)
    assert isinstance(caught.value.__cause__, KeyError)
    assert caught.value.__cause__.__traceback__.tb_next.tb_frame.f_code.co_name == "load"


def test_a_module_that_can_not_be_read_says_why(module, tmp_path):
    with pytest.raises(DataError, match=r"importing .* failed: SyntaxError") as caught:
        load(f"{module('def load(:')}:load", tmp_path)
    assert isinstance(caught.value.__cause__, SyntaxError)


def test_a_wrong_option_is_told(module, tmp_path):
    with pytest.raises(DataError, match=r"TypeError: .*unexpected keyword argument 'sides'"):
        load(f"{module(GOOD)}:load", tmp_path, options={"sides": 9})


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("None", "returned a NoneType, not 4 arrays"),
        ("(I, L)", "returned a tuple of 2, not 4 arrays"),
        ("([[1], [1, 2]], L, I, L)", "the train images or labels are no arrays"),
        ("(I / 255, L, I, L)", "train_images are of type float64, not uint8"),
        ("(I, L, I[0], L)", r"test_images are of shape \(8, 8\), not \(n, height, width\)"),
        ("(I[:, :7], L, I, L)", r"train_images are of shape \(9, 7, 8\), .* sides from 8"),
        ("(I, L[:8], I, L)", r"train_labels are of shape \(8,\), not \(9,\), one for each image"),
        ("(I, L / 1, I, L)", "train_labels are of type float64, not whole numbers"),
        ("(I, L - 1, I, L)", "train_labels run from -1 to 1, not within 0 to 255"),
        ("(I, L + 254, I, L)", "train_labels run from 254 to 256"),
        ("(I, L, I, L + 1)", "test_labels go up to 3, but there are 3 classes, 0 to 2"),
        ("(I, L * 0, I, L * 0)", "has 1 class, and at least 2"),
        ("(I[:0], L[:0], I, L)", "train_images are none at all"),
        (
            "(I, L, np.zeros((9, 9, 9), np.uint8), L)",
            r"test_images are \(9, 9\) in size, train_images \(8, 8\)",
        ),
    ],
)
def test_wrong_results_are_told(module, tmp_path, expression, message):
    with pytest.raises(DataError, match=message) as caught:
        load(f"{module(returning(expression))}:load", tmp_path)
    assert "dataset.options" in caught.value.hint
