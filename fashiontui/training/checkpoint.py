"""Checkpoints: written whole, read without running code."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fashiontui.errors import CheckpointError
from fashiontui.runs import atomic

NO_MEMORY = "can't allocate memory"  # PyTorch has only a RuntimeError for it on a CPU


def save(path: Path, content: Mapping[str, Any]) -> None:
    """Write tensors and plain values, whole or not at all."""
    with atomic.replacing(path) as temporary:
        torch.save(dict(content), temporary)


def load(path: Path) -> dict[str, Any]:
    """Read what `save` wrote, onto the CPU; CheckpointError where the file is no checkpoint. Never unpickles objects."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise CheckpointError(f"{path} is not there") from error
    except (RuntimeError, EOFError, pickle.UnpicklingError, ValueError, KeyError) as error:
        if NO_MEMORY in str(error):  # the machine's fault, not the file's
            raise CheckpointError(
                f"there is not enough memory to read {path}", "Free some, then resume the run."
            ) from error
        # Of what is no pickle PyTorch says at length how to run the code in it all the same.
        is_pickle = isinstance(error, pickle.UnpicklingError)
        reason = "it is not what PyTorch writes" if is_pickle else str(error).partition("\n")[0]
        raise CheckpointError(f"{path} is damaged: {reason}", "Start again with `fashiontui run`.") from None
    if not isinstance(content, dict) or "model" not in content:
        raise CheckpointError(f"{path} is no checkpoint of this program")
    return content


def weights_hash(state: Mapping[str, Any]) -> str:
    """sha256 over names, types, shapes and bytes of all tensors, in order."""
    digest = hashlib.sha256()
    for name, value in state.items():
        if isinstance(value, Tensor):
            tensor = value.detach().cpu().contiguous()
            digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
            digest.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
