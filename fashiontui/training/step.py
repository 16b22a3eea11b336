"""One training step, run eagerly or replayed as a CUDA graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
import torch.nn.functional as F  # noqa: N812 - the name all of PyTorch's users know
from torch import Tensor, nn

from fashiontui.config.spec import CustomSpec, ExperimentSpec
from fashiontui.training.data import DeviceData
from fashiontui.training.device import Device
from fashiontui.training.direct import DirectStep, can_step
from fashiontui.training.job import say
from fashiontui.training.optimiser import penalty_of, set_learning_rate

WARMUP_STEPS = 3  # what PyTorch's notes on CUDA graphs ask for before a capture

Step = Callable[[Tensor, Tensor, float], Tensor]
"""(images (b, c, h, w) uint8, labels (b,), learning rate) → logits (b, classes); the weights have moved."""


class EagerStep:
    """Forward, backward, update, one operation after the other."""

    def __init__(
        self,
        spec: ExperimentSpec,
        model: nn.Module,
        optimiser: torch.optim.Optimizer,
        data: DeviceData,
        device: Device,
    ) -> None:
        self.spec = spec
        self.model = model
        self.optimiser = optimiser
        self.parameters = list(model.parameters())
        self.normalise = data.normalise
        self._device = device
        self.is_custom = isinstance(spec.model, CustomSpec)
        self._smoothing = spec.training.label_smoothing
        self._penalty = penalty_of(spec.regularization, model)
        self._clip_norm = spec.optimizer.clip_norm

    def __call__(self, images: Tensor, labels: Tensor, learning_rate: float) -> Tensor:
        """Take one step."""
        set_learning_rate(self.optimiser, learning_rate)
        return self.update(images, labels)

    def update(self, images: Tensor, labels: Tensor) -> Tensor:
        """All of a step that runs on the device."""
        logits = self._forward(self.normalise(images))
        loss = F.cross_entropy(logits, labels, label_smoothing=self._smoothing)
        if self._penalty is not None:
            loss = loss + self._penalty()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        if self._clip_norm is not None:
            nn.utils.clip_grad_norm_(self.parameters, self._clip_norm)
        self.optimiser.step()
        return logits.detach()

    def _forward(self, inputs: Tensor) -> Tensor:
        dtype = self._device.autocast
        if dtype is None:
            return self.model(inputs)  # type: ignore[no-any-return]
        with torch.autocast(self._device.place.type, dtype=dtype, cache_enabled=False):
            logits = self.model(inputs)
        return logits.float()  # type: ignore[no-any-return]


class GraphStep:
    """The same step captured once and replayed: a small network on a GPU waits for launches, not for sums."""

    def __init__(self, eager: EagerStep, images: Tensor, labels: Tensor) -> None:
        self._optimiser = eager.optimiser
        self._images = images.clone()
        self._labels = labels.clone()
        self._graph = torch.cuda.CUDAGraph()
        with _untouched(eager):
            stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):
                for _ in range(WARMUP_STEPS):
                    eager.update(self._images, self._labels)
            torch.cuda.current_stream().wait_stream(stream)
            eager.optimiser.zero_grad(set_to_none=True)
            with torch.cuda.graph(self._graph):
                self._logits = eager.update(self._images, self._labels)

    def __call__(self, images: Tensor, labels: Tensor, learning_rate: float) -> Tensor:
        """Take one step."""
        set_learning_rate(self._optimiser, learning_rate)
        self._images.copy_(images)
        self._labels.copy_(labels)
        self._graph.replay()
        return self._logits.clone()  # the graph's own output is overwritten by the next replay


@contextmanager
def _untouched(eager: EagerStep) -> Iterator[None]:
    """Undo what happens to weights, optimiser and random numbers: warming up must not train."""
    random_state = torch.cuda.get_rng_state()
    tensors = [*eager.model.parameters(), *eager.model.buffers()]
    kept = [tensor.detach().clone() for tensor in tensors]
    states = _tensors_of(eager.optimiser)
    kept_states = [state.clone() for state in states]
    try:
        yield
    finally:
        torch.cuda.synchronize()
        with torch.no_grad():
            for tensor, value in zip(tensors, kept, strict=True):
                tensor.copy_(value)
            if states:
                for state, value in zip(states, kept_states, strict=True):
                    state.copy_(value)
            else:  # the optimiser made its state during the warm-up: zeros are where it starts
                for state in _tensors_of(eager.optimiser):
                    state.zero_()
        torch.cuda.set_rng_state(random_state)


def _tensors_of(optimiser: torch.optim.Optimizer) -> list[Tensor]:
    return [
        value for state in optimiser.state.values() for value in state.values() if isinstance(value, Tensor)
    ]


def _graph(eager: EagerStep, images: Tensor, labels: Tensor) -> Step:
    """The step as a graph; where CUDA can't capture it, as it is: slower, and the same."""
    try:
        return GraphStep(eager, images, labels)
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as error:
        say(f"steps are not captured as a CUDA graph, and take longer: {error}")
        return eager


def make_step(eager: EagerStep, device: Device, images: Tensor, labels: Tensor) -> Step:
    """The fastest way to take steps with batches shaped like these.

    A network of the user's own may look at its values on the way, which no graph can capture.
    """
    if eager.is_custom:
        return eager
    if device.is_cuda:
        return _graph(eager, images, labels)
    return eager if device.autocast or not can_step(eager.model) else DirectStep(eager)
