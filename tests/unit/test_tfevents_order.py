"""What sorting an array tells, as numpy has it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from fashiontui.tfevents.order import distinct, median, percentile


@pytest.mark.parametrize("values", [[], [3], [3, 1, 3, 2, 1], [0.5, -1.0, 0.5, float("inf")]])
def test_each_value_once(values):
    assert distinct(np.array(values)).tolist() == np.unique(np.array(values)).tolist()


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 1000, 1001])
def test_the_middle(count):
    values = np.random.default_rng(0).normal(size=count)
    assert median(values) == np.median(values)


@pytest.mark.parametrize("share", [0, 0.5, 16, 50, 99, 100])
@pytest.mark.parametrize("count", [1, 2, 7, 100])
def test_shares(count, share):
    values = np.random.default_rng(count).normal(size=count)
    assert percentile(values, share) == pytest.approx(np.percentile(values, share), abs=1e-12)


def test_the_app_s_charts_do_without_masked_arrays():
    program = (
        "import sys; import numpy as np; from fashiontui.tfevents.downsample import minmax;"
        "from fashiontui.analysis.overfitting import overfitting; from fashiontui.analysis.seeds import fold_curves;"
        "x = np.arange(1000.0); y = np.sin(x); overfitting(x, -x, (x - 300) ** 2); fold_curves([(x, y), (x, -y)]);"
        "print(len(minmax(x, y, 40)[0]), 'numpy.ma' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    count, loaded = done.stdout.split()
    assert int(count) > 40
    assert loaded == "False"


def test_the_middle_of_evenly_many_whatever_their_order():
    for seed in range(1000):
        random = np.random.default_rng(seed)
        values = random.normal(size=2 * random.integers(1, 60))
        assert median(values) == np.median(values)
