"""What only a GPU can show. Elsewhere, and unless it is asked for, these are skipped:

FASHIONTUI_TEST_CUDA=1 python -m pytest tests/training/test_cuda.py
"""

from __future__ import annotations

import pytest
import torch

from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs.state import RunState
from fashiontui.training.data import to_device
from fashiontui.training.device import choose_device
from fashiontui.training.models import build_model
from fashiontui.training.optimiser import make_optimiser
from fashiontui.training.step import EagerStep, GraphStep

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU, or not asked for")

MODELS = {
    "logistic": {"kind": "logistic"},
    "mlp": {"kind": "mlp", "units": [32, 16], "batch_norm": True, "dropout": 0.3},
    "cnn": {"kind": "cnn", "channels": [8, 16], "batch_norm": True, "dropout": 0.3, "conv_dropout": 0.1},
    "pool_first": {"kind": "cnn", "channels": [8], "batch_norm": True, "pool_first": True},
    "vgg16": {"kind": "vgg16", "batch_norm": True},
    "resnet": {"kind": "resnet", "channels": [8, 16, 16], "blocks": 1, "dropout": 0.1},
}
OPTIMIZERS = {
    "adam": {"name": "adam", "decay": 0.99},
    "adamw": {"name": "adamw", "weight_decay": 0.05, "schedule": "cosine", "clip_norm": 1.0},
    "sgd": {"name": "sgd", "learning_rate": 0.01, "nesterov": True},
}
STEPS = 7
LATER = 40  # looks at the flag: in the second epoch


def spec_of(model, optimizer="adam", **training):
    return {
        "model": MODELS[model],
        "optimizer": {**OPTIMIZERS[optimizer], "average": 0.99},
        "augmentation": {"flip": True, "shift": 1, "erase": 4},
        "training": {"epochs": 3, "batch_size": 20, "patience": 0, **training},
        "instrumentation": {"checkpoint_seconds": 0},
    }


def weights_after(raw, dataset, *, graph):
    spec = ExperimentSpec.model_validate(raw)
    device = choose_device("cuda", spec, None)
    data = to_device(dataset, device.place)
    model = (
        build_model(spec.model, data.image_shape, 10, 1)
        .to(device.place)
        .to(memory_format=torch.channels_last)
    )
    optimiser = make_optimiser(spec.optimizer, list(model.parameters()), on_graph=True)
    torch.cuda.manual_seed(1)
    eager = EagerStep(spec, model.train(), optimiser, data, device)
    batches = [slice(20 * number, 20 * number + 20) for number in range(STEPS)]
    images, labels = data.train.images, data.train.labels
    step = GraphStep(eager, images[batches[0]], labels[batches[0]]) if graph else eager
    for number, batch in enumerate(batches):
        logits = step(images[batch], labels[batch], 0.01 / (number + 1))
    assert torch.isfinite(logits).all()
    return {name: value.cpu() for name, value in model.state_dict().items()}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("model", MODELS)
def test_a_captured_step_is_the_step(dataset, model, optimizer):
    raw = spec_of(model, optimizer, precision="fp32")
    raw["model"] = {**raw["model"], **({"dropout": 0.0} if "dropout" in raw["model"] else {})}
    raw["model"] |= {"conv_dropout": 0.0} if "conv_dropout" in raw["model"] else {}
    captured, taken = (weights_after(raw, dataset, graph=graph) for graph in (True, False))
    for name, value in taken.items():
        torch.testing.assert_close(
            captured[name], value, rtol=1e-4, atol=1e-5, msg=lambda text, name=name: f"{name}: {text}"
        )


@pytest.mark.parametrize("model", MODELS)
def test_a_resumed_run_ends_where_one_undisturbed_does(trial, model):
    whole = trial(spec_of(model)).run(device="cuda")
    broken = trial(spec_of(model))
    assert broken.run(LATER, device="cuda") is RunState.STOPPED
    again = broken.run(resume=True, device="cuda")
    assert (again.steps, again.epochs) == (whole.steps, whole.epochs)
    assert again.weights_sha256 == whole.weights_sha256


@pytest.mark.parametrize(("first", "second"), [("cuda", "cpu"), ("cpu", "cuda")])
def test_a_run_goes_on_elsewhere(trial, first, second):
    moved = trial(spec_of("cnn"))
    assert moved.run(LATER, device=first) is RunState.STOPPED
    assert moved.run(resume=True, device=second).epochs == 3


def test_it_learns_what_the_cpu_learns(trial):
    spec = spec_of("cnn", precision="fp32")
    here, there = (trial(spec).run(device=device) for device in ("cuda", "cpu"))
    assert abs(here.test_accuracy - there.test_accuracy) < 0.1
    assert len(here.weights_sha256) == 64


def test_bf16_runs_where_the_gpu_has_it(trial):
    if torch.cuda.get_device_capability() < (8, 0):
        pytest.skip("this GPU has no bf16")
    assert trial(spec_of("cnn", precision="bf16")).run(device="cuda").test_accuracy > 0.2
