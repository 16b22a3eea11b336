"""The layer table of a network that was built, also one we have not drawn ourselves."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from fashiontui.config.architecture import Architecture, architecture
from fashiontui.config.spec import ModelSpec
from fashiontui.errors import UsageError
from fashiontui.runs.record import LayerFacts, ModelFacts
from fashiontui.training.passes import evaluating

ELSEWHERE = "(elsewhere)"  # what no module without modules in it computes, or owns


def model_facts(spec: ModelSpec, model: nn.Module, image_shape: tuple[int, ...], classes: int) -> ModelFacts:
    """Layers, parameters and multiply-adds: from the plan where there is one, else by running the network once.

    UsageError where that shows that it can't be trained.
    """
    plan = architecture(spec, image_shape, classes)
    return traced_facts(model, image_shape, classes) if plan is None else planned_facts(plan)


def planned_facts(plan: Architecture) -> ModelFacts:
    """The layer table of a built-in network."""
    layers = tuple(
        LayerFacts(
            name=layer.name,
            kind=layer.kind,
            output=layer.output,
            parameters=layer.parameters,
            multiply_adds=layer.multiply_adds,
        )
        for layer in plan.layers
    )
    return ModelFacts(parameters=plan.parameters, multiply_adds=plan.multiply_adds, layers=layers)


def traced_facts(model: nn.Module, image_shape: tuple[int, ...], classes: int) -> ModelFacts:
    """The layer table of any network, by one image of zeros.

    A line a module without modules in it, in the order they are first called, however often. Multiply-adds are those of
    products and convolutions, as PyTorch's own counter sees them; what is computed outside of such modules, such as attention, is
    a line of its own, and so are parameters that belong to none.
    """
    outputs: dict[str, tuple[int, ...]] = {}
    leaves = {name: module for name, module in model.named_modules() if not list(module.children())}
    handles = [module.register_forward_hook(_note(outputs, name)) for name, module in leaves.items()]
    counter = FlopCounterMode(display=False)
    try:
        with evaluating(model), _countable(), counter:
            _check_logits(model(torch.zeros(1, *image_shape)), classes)
    finally:
        for handle in handles:
            handle.remove()
    parameters = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    if not parameters:
        raise UsageError("the network has no parameter that could be learned")
    counts, root = counter.get_flop_counts(), type(model).__name__
    layers = [
        LayerFacts(
            name=name,
            kind=type(leaves[name]).__name__,
            output=shape,
            parameters=_parameters(leaves[name], recurse=False),
            multiply_adds=sum(counts.get(f"{root}.{name}" if name else root, {}).values()) // 2,
        )
        for name, shape in outputs.items()
    ]
    total = counter.get_total_flops() // 2
    rest = _rest(layers, _parameters(model), total)
    return ModelFacts(parameters=parameters, multiply_adds=total, layers=(*layers, *rest))


def _parameters(module: nn.Module, *, recurse: bool = True) -> int:
    return sum(parameter.numel() for parameter in module.parameters(recurse))


def _rest(layers: Sequence[LayerFacts], parameters: int, multiply_adds: int) -> Iterator[LayerFacts]:
    """What there is in all, and in none of the layers."""
    owned = max(0, parameters - sum(layer.parameters for layer in layers))
    done = max(0, multiply_adds - sum(layer.multiply_adds for layer in layers))
    if owned or done:
        yield LayerFacts(name=ELSEWHERE, kind="operations", output=(), parameters=owned, multiply_adds=done)


@contextmanager
def _countable() -> Iterator[None]:
    """Within the block no whole layer, nor attention, is one operation, which the counter would pass over."""
    with (
        warnings.catch_warnings(action="ignore"),  # of TF32 on processors that are not here
        torch.enable_grad(),
        torch.backends.mkldnn.flags(enabled=False),
        sdpa_kernel(SDPBackend.MATH),
    ):
        yield


def _check_logits(output: object, classes: int) -> None:
    if not isinstance(output, Tensor):
        raise UsageError(
            f"the network gives a {type(output).__name__} for an image: it must give a tensor of logits"
        )
    if tuple(output.shape) != (1, classes) or not output.is_floating_point():
        raise UsageError(
            f"the network gives {tuple(output.shape)} of {output.dtype} for one image: "
            f"it must give (1, {classes}) floating point numbers, a logit for each class"
        )


def _note(outputs: dict[str, tuple[int, ...]], name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - torch's hook type
    def hook(_module: nn.Module, _inputs: tuple[Tensor, ...], output: object) -> None:
        outputs.setdefault(name, tuple(output.shape[1:]) if isinstance(output, Tensor) else ())

    return hook
