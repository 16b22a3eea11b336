"""The layer table of a network that was built, also one we have not drawn ourselves."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from fashiontui.config.architecture import Architecture, architecture
from fashiontui.config.spec import ModelSpec
from fashiontui.errors import UsageError
from fashiontui.runs.record import LayerFacts, ModelFacts
from fashiontui.training.passes import evaluating


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


@torch.no_grad()
def traced_facts(model: nn.Module, image_shape: tuple[int, ...], classes: int) -> ModelFacts:
    """The layer table of any network, by one image of zeros. Multiply-adds of convolutions and linear layers."""
    layers: list[LayerFacts] = []
    leaves = [(name, module) for name, module in model.named_modules() if not list(module.children())]
    handles = [module.register_forward_hook(_note(layers, name)) for name, module in leaves]
    try:
        with evaluating(model):
            _check_logits(model(torch.zeros(1, *image_shape)), classes)
    finally:
        for handle in handles:
            handle.remove()
    parameters = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    if not parameters:
        raise UsageError("the network has no parameter that could be learned")
    return ModelFacts(
        parameters=parameters,
        multiply_adds=sum(layer.multiply_adds for layer in layers),
        layers=tuple(layers),
    )


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


def _note(layers: list[LayerFacts], name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - torch's hook type
    def hook(module: nn.Module, _inputs: tuple[Tensor, ...], output: object) -> None:
        shape = tuple(output.shape[1:]) if isinstance(output, Tensor) else ()
        own = sum(parameter.numel() for parameter in module.parameters(recurse=False))
        layers.append(
            LayerFacts(
                name=name,
                kind=type(module).__name__,
                output=shape,
                parameters=own,
                multiply_adds=_multiply_adds(module, shape),
            )
        )

    return hook


def _multiply_adds(module: nn.Module, output: tuple[int, ...]) -> int:
    if isinstance(module, nn.Conv2d):
        return math.prod(output) * module.weight[0].numel()
    if isinstance(module, nn.Linear):
        return math.prod(output) * module.in_features
    return 0
