"""Random numbers of a network of one's own that it does not draw from torch: those of `random` and of NumPy."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

SEEDS = 1 << 32  # that NumPy knows


def seed_others(seed: int) -> None:
    """Have both begin anew."""
    random.seed(seed)
    np.random.seed(seed % SEEDS)  # noqa: NPY002 - what networks draw from without a generator of their own


def state_of_others() -> dict[str, Any]:
    """Where both are, in plain values: a checkpoint takes no others."""
    name, keys, *rest = np.random.get_state()  # noqa: NPY002
    return {"python": random.getstate(), "numpy": (str(name), np.asarray(keys).tolist(), *rest)}


def restore_others(state: dict[str, Any]) -> None:
    """Go on from there."""
    version, keys, gauss = state["python"]
    random.setstate((version, tuple(keys), gauss))
    name, words, *rest = state["numpy"]
    np.random.set_state((name, np.array(words, dtype=np.uint32), *rest))  # noqa: NPY002
