"""How each layer sees some fixed validation images, while the network learns. See `runs/representations.py`."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from fashiontui.datasets.split import stratified_sample
from fashiontui.errors import RunError
from fashiontui.runs.representations import Grams, Representations
from fashiontui.training.data import DeviceData, DeviceSplit
from fashiontui.training.device import Device
from fashiontui.training.evaluate import predict
from fashiontui.training.job import say
from fashiontui.training.passes import watched

MOST_IMAGES: Final = 256  # one batch of an evaluation, on any device
OUTPUT: Final = "output"


class RepresentationLog:
    """Keeps a run's file; of epochs 0, 1, 2, 4, 8, … and those it is told to keep.

    It only evaluates: weights, batch norm's running statistics, the model's mode and random numbers stay as they are.
    """

    def __init__(self, path: Path, model: nn.Module, data: DeviceData, device: Device) -> None:
        self._path = path
        self._model = model
        self._data = data
        self._device = device
        self._split = fixed_images(data.valid)
        self._sha256 = images_sha256(self._split)

    def begin(self, epochs_done: int, *, anew: bool) -> None:
        """Forget what earlier attempts kept, or what they kept of epochs that are trained again."""
        kept = None if anew else self._kept()
        if kept is None:
            self._path.unlink(missing_ok=True)
        else:
            kept.until(epochs_done).save(self._path)

    def after(self, epoch: int, *, is_last: bool) -> None:
        """Look at the model as it is after an epoch, if that is one to keep."""
        if is_last or is_moment(epoch):
            self._look(epoch).save(self._path)

    def best(self, epoch: int) -> None:
        """Look at the model best on validation, which is that of an earlier epoch."""
        replace(self._look(epoch), best_epoch=epoch).save(self._path)

    def _look(self, epoch: int) -> Representations:
        layers, grams = look(self._model, self._data, self._split, self._device)
        kept = self._kept()
        if kept is None or kept.layers != layers or kept.images != grams.shape[-1]:
            return Representations(self._sha256, np.array([epoch]), layers, grams[None])
        return kept.with_epoch(epoch, grams)

    def _kept(self) -> Representations | None:
        try:
            kept = Representations.load(self._path)
        except FileNotFoundError:
            return None
        except RunError as error:
            say(f"begins anew: {error.message}")
            return None
        return kept if kept.images_sha256 == self._sha256 else None


def is_moment(epoch: int) -> bool:
    """Whether an epoch is 0 or a power of two: what changes, changes early."""
    return epoch & (epoch - 1) == 0


def fixed_images(split: DeviceSplit) -> DeviceSplit:
    """At most 256 images, each class in its share: the same for all runs with this split."""
    labels = split.labels.cpu().numpy().astype(np.uint8)
    chosen = torch.from_numpy(stratified_sample(labels, min(MOST_IMAGES, len(labels)), seed=0))
    place = chosen.to(split.labels.device)
    return DeviceSplit(split.images[place], split.labels[place])


def images_sha256(split: DeviceSplit) -> str:
    """Of the images' shape and bytes."""
    digest = hashlib.sha256(repr(tuple(split.images.shape)).encode())
    digest.update(split.images.cpu().numpy().tobytes())
    return digest.hexdigest()


@torch.no_grad()
def look(
    model: nn.Module, data: DeviceData, split: DeviceSplit, device: Device
) -> tuple[tuple[str, ...], Grams]:
    """Names of the hidden layers and `output`, and their centred Gram matrices (l, n, n); waits for the device once."""
    grams: dict[str, Tensor] = {}

    def gather(name: str, output: Tensor, _axis: int) -> None:
        if len(output) != len(split):  # its rows are not the images
            return
        if name == OUTPUT:  # a layer called so that an activation follows is not the last
            name = f"{OUTPUT} (hidden)"
        uses = sum(known.partition("/")[0] == name for known in grams)
        grams[f"{name}/{uses + 1}" if uses else name] = _gram(output)

    with watched(model, gather):
        logits = predict(model, data, split, device)
    grams[OUTPUT] = _gram(logits)
    return tuple(grams), torch.stack(list(grams.values())).cpu().numpy()


def _gram(values: Tensor) -> Tensor:
    """Outputs (n, …) to HXXᵀH, (n, n), in float32 whatever the network computes in."""
    precision = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")  # no TF32
    try:
        with torch.autocast(values.device.type, enabled=False):
            units = values.detach().flatten(1).float()
            units = units - units.mean(0)
            return units @ units.T
    finally:
        torch.set_float32_matmul_precision(precision)
