"""Forward passes that only look: nothing of the model or of random numbers is other afterwards than before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeGuard

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd

from fashiontui.training.randomness import restore_others, state_of_others

ACTIVATIONS = (nn.ReLU, nn.LeakyReLU, nn.GELU, nn.SiLU, nn.ELU, nn.Tanh, nn.Sigmoid)
LAYERS = (_ConvNd, nn.Linear)  # that have weights and feed activations
FLAT = 2  # dimensions: (images, units)

OnLayer = Callable[[str, nn.Module, object], None]  # its name, itself, its output
OnActivation = Callable[[str, Tensor, int], None]  # the layer that feeds it, its output, its units' axis


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Within the block all modules are in evaluation mode; after it each is in the mode it was in.

    A builder may have put some into evaluation mode for good, such as the batch norm of a frozen part. Random numbers that a
    network draws even now are not those of its training.
    """
    modes = [(module, module.training) for module in model.modules()]
    device = next((each.device for each in model.parameters()), torch.device("cpu"))
    others = state_of_others()
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        model.eval()
        try:
            yield
        finally:
            for module, mode in modes:
                module.training = mode
            restore_others(others)


@contextmanager
def watched(model: nn.Module, activation: OnActivation, layer: OnLayer | None = None) -> Iterator[None]:
    """Within the block, tell of each activation that a pass computes, by the layer that was computed last before it.

    Of activations that are modules, and whose output is (images, units, …). A linear layer's units are the last axis of its
    output, a convolution's the second.
    """
    last: list[tuple[str, nn.Module]] = []

    def note(name: str) -> Callable[..., None]:
        def hook(module: nn.Module, _inputs: Any, output: object) -> None:
            last[:] = [(name, module)]
            if layer is not None:
                layer(name, module, output)

        return hook

    def tell(name: str) -> Callable[..., None]:
        def hook(_module: nn.Module, _inputs: Any, output: object) -> None:
            fed_by, of = last[0] if last else (name, None)
            if has_units(output):
                activation(fed_by, output, output.dim() - 1 if isinstance(of, nn.Linear) else 1)

        return hook

    handles = [
        module.register_forward_hook(make(name))
        for name, module in model.named_modules()
        for kinds, make in ((LAYERS, note), (ACTIVATIONS, tell))
        if isinstance(module, kinds)
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def has_units(output: object) -> TypeGuard[Tensor]:
    """Whether an activation's output is (images, units, …): that of a gate, say, need not be."""
    return isinstance(output, Tensor) and output.dim() >= FLAT
