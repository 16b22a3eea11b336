"""Accuracies and losses in four digits."""

from __future__ import annotations

from typing import Final

RUN_AWAY: Final = 10_000.0  # a loss of so much is not written out
NOTHING_LEFT: Final = 0.000_05  # below, four digits are all zeros


def four_digits(value: float) -> str:
    """`0.9257`; `1.925e+10` of a loss that has run away, `3.2e-06` of one that has all but vanished."""
    if value and abs(value) < NOTHING_LEFT:
        return f"{value:.1e}"
    return f"{value:.4f}" if abs(value) < RUN_AWAY else f"{value:.3e}"
