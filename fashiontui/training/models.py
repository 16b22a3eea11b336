"""From a layer list to a torch module."""

from __future__ import annotations

import importlib
import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import nn

from fashiontui.config import layers
from fashiontui.config.architecture import Architecture, architecture
from fashiontui.config.layers import Layer
from fashiontui.config.spec import CustomSpec, ModelSpec, VggSpec
from fashiontui.errors import DataMissingError, RunError, UsageError
from fashiontui.training.randomness import seed_others
from fashiontui.training.residual import ResidualBlock

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "elu": nn.ELU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}


def build_model(
    spec: ModelSpec, image_shape: tuple[int, ...], classes: int, seed: int, import_dirs: Sequence[Path] = ()
) -> nn.Module:
    """A network with the initial weights of `seed`: drawn on the CPU, so the same for every device."""
    torch.manual_seed(seed)
    if isinstance(spec, CustomSpec):
        seed_others(seed)
        return _custom(spec, image_shape, classes, import_dirs)
    plan = architecture(spec, image_shape, classes)
    if plan is None:
        raise RunError(f"a {spec.kind} is not a torch module")
    model = nn.Sequential(OrderedDict((layer.name, _module(layer)) for layer in plan.layers))
    if isinstance(spec, VggSpec) and spec.pretrained:
        _load_imagenet_features(model, plan, batch_norm=spec.batch_norm)
    return model


def _module(layer: Layer) -> nn.Module:  # noqa: C901, PLR0911 - one kind of layer a line
    match layer:
        case layers.Pad():
            return nn.ZeroPad2d(layer.border)
        case layers.Conv():
            return nn.Conv2d(layer.in_channels, layer.out_channels, layer.kernel_size, padding=layer.padding)
        case layers.BatchNorm():
            return (nn.BatchNorm2d if layer.dimensions == 2 else nn.BatchNorm1d)(layer.features)  # noqa: PLR2004
        case layers.Activation():
            return ACTIVATIONS[layer.activation]()
        case layers.MaxPool():
            return nn.MaxPool2d(layer.size)
        case layers.Residual():
            return ResidualBlock(layer)
        case layers.AveragePool():
            return nn.AdaptiveAvgPool2d(1)
        case layers.Dropout():
            return nn.Dropout(layer.probability)
        case layers.ChannelDropout():
            return nn.Dropout2d(layer.probability)
        case layers.Flatten():
            return nn.Flatten()
        case layers.Linear():
            return nn.Linear(layer.in_features, layer.out_features)
    raise TypeError(f"no module for a layer of kind {layer.kind}")


def _custom(
    spec: CustomSpec, image_shape: tuple[int, ...], classes: int, import_dirs: Sequence[Path]
) -> nn.Module:
    sys.path[:0] = [str(folder) for folder in import_dirs if str(folder) not in sys.path]
    module_name, _, function_name = spec.build.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        places = ", ".join(map(str, import_dirs)) or "Python's path"
        raise UsageError(f"model {spec.build}: no module {error.name!r}", f"Looked in {places}.") from error
    build = getattr(module, function_name, None)
    if build is None:
        raise UsageError(f"model {spec.build}: {module_name} has no {function_name!r}")
    try:
        model = build(image_shape, classes, **spec.options)
    except TypeError as error:
        raise UsageError(
            f"model {spec.build} could not be built: {error}",
            "It is called as build(input_shape, classes, **options).",
        ) from error
    if not isinstance(model, nn.Module):
        raise UsageError(f"model {spec.build} gave a {type(model).__name__}, not a torch.nn.Module")
    return model


def _load_imagenet_features(model: nn.Sequential, plan: Architecture, *, batch_norm: bool) -> None:
    """Copy torchvision's ImageNet convolutions; the first sums its colours, which is what grey RGB gives."""
    from torchvision import models as zoo  # noqa: PLC0415 - only pretrained runs need it

    make, weights = (
        (zoo.vgg16_bn, zoo.VGG16_BN_Weights.IMAGENET1K_V1)
        if batch_norm
        else (zoo.vgg16, zoo.VGG16_Weights.IMAGENET1K_V1)
    )
    try:
        features = make(weights=weights).features
    except OSError as error:
        raise DataMissingError(
            f"the pretrained VGG16 weights could not be downloaded: {error}",
            "Train from scratch with --set model.pretrained=false, or put the file "
            f"{weights.url.rsplit('/', 1)[-1]} into {torch.hub.get_dir()}/checkpoints.",
        ) from error
    copy_features(features, [getattr(model, layer.name) for layer in plan.layers])


def copy_features(features: nn.Module, modules: Sequence[nn.Module]) -> None:
    """Copy convolutions and batch norms of `features` (three input channels) into `modules`, in order."""
    learned = (nn.Conv2d, nn.BatchNorm2d)
    sources = [module for module in features.modules() if isinstance(module, learned)]
    targets = [module for module in modules if isinstance(module, learned)]
    for source, target in zip(sources, targets, strict=True):
        state = dict(source.state_dict())
        if isinstance(target, nn.Conv2d) and target.in_channels == 1:
            state["weight"] = state["weight"].sum(dim=1, keepdim=True)
        target.load_state_dict(state)
