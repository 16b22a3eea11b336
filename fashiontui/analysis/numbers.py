"""Accuracies and losses in four digits."""

from __future__ import annotations

from typing import Final

RUN_AWAY: Final = 10_000.0  # a loss of so much is not written out


def four_digits(value: float) -> str:
    """`0.9257`; `1.925e+10` of a loss that has run away."""
    return f"{value:.4f}" if abs(value) < RUN_AWAY else f"{value:.3e}"
