"""Matrix products on the CPU, by the faster of two libraries.

On AMD's processors MKL, which PyTorch uses for float32, stays below AVX-512; oneDNN, which it also brings, does
not, and is twice as fast at large products. It takes longer to start, so small ones stay with MKL.
"""

from __future__ import annotations

import platform
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - the name all of PyTorch's users know
from torch import Tensor

LARGE = 1 << 20  # multiply-adds from which oneDNN is faster


def _find_one_dnn() -> Any:
    """PyTorch's private way into oneDNN's product, or None where this build or machine has none."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return None
    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return None
    return getattr(torch.ops.mkldnn, "_linear_pointwise", None)


_ONE_DNN = _find_one_dnn()


def linear(rows: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Rows · weightᵀ + bias, without a gradient: (n, in), (out, in), (out,) → (n, out)."""
    if _ONE_DNN is None or rows.shape[0] * weight.numel() < LARGE:
        return F.linear(rows, weight, bias)
    return _ONE_DNN(rows, weight, bias, "none", [], "")  # type: ignore[no-any-return]
