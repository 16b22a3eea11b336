from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from fashiontui.config.spec import ExperimentSpec
from fashiontui.errors import DeviceError
from fashiontui.training import device as device_module
from fashiontui.training.device import choose_device

SPEC = ExperimentSpec()


def test_cpu():
    device = choose_device("cpu", SPEC, None)
    assert device.place == torch.device("cpu")
    assert device.name
    assert device.autocast is None


@pytest.fixture
def two_gpus(monkeypatch):
    """GPUs, as far as PyTorch tells of them; what they can't do is in the list."""
    troubles = {}
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(device_module, "_trouble_with", lambda place: troubles.get(place.index, ""))
    return troubles


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
def test_the_gpu_of_a_slot_falls_back_to_the_cpu():
    assert choose_device("auto:1", SPEC, None).place == torch.device("cpu")


@pytest.mark.usefixtures("two_gpus")
def test_the_gpu_of_a_slot_is_the_one_taken():
    assert device_module._resolve("auto:1") == torch.device("cuda", 1)
    assert device_module._resolve("auto") == torch.device("cuda", 0)


@pytest.mark.usefixtures("two_gpus")
def test_where_there_are_fewer_gpus_than_slots_auto_takes_one_of_them():
    assert device_module._resolve("auto:2") == torch.device("cuda", 0)
    assert device_module._resolve("auto:7") == torch.device("cuda", 1)
    with pytest.raises(DeviceError, match="cuda:0 to cuda:1"):
        device_module._resolve("cuda:2")


def test_auto_passes_over_a_gpu_that_does_not_compute_and_says_so(two_gpus, capsys):
    two_gpus[1] = "CUDA error: no kernel image is available for execution on the device"
    assert device_module._resolve("auto:1") == torch.device("cpu")
    assert (
        "cuda:1 can't be used, so this trains on the CPU: CUDA error: no kernel image"
        in capsys.readouterr().out
    )
    assert device_module._resolve("auto:0") == torch.device("cuda", 0)


def test_one_asked_for_that_does_not_compute_is_an_error(two_gpus):
    two_gpus[0] = "CUDA error: all CUDA-capable devices are busy or unavailable"
    with pytest.raises(
        DeviceError, match=r"--device cuda: .* can't use it: CUDA error: all CUDA-capable"
    ) as caught:
        device_module._resolve("cuda")
    assert caught.value.exit_code == 2
    assert device_module._resolve("cuda:1") == torch.device("cuda", 1)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
def test_what_is_wrong_with_a_gpu_is_found_by_computing():
    assert device_module._trouble_with(torch.device("cpu")) == ""
    assert "NVIDIA" in device_module._trouble_with(torch.device("cuda", 0))


@pytest.mark.parametrize(
    ("built", "said"), [(None, "for CPUs alone"), ("13.0", "built for CUDA 13.0: `nvidia-smi` shows")]
)
def test_where_there_is_no_gpu_it_says_what_this_build_needs(monkeypatch, built, said):
    monkeypatch.setattr(torch.version, "cuda", built)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(DeviceError) as caught:
        device_module._resolve("cuda")
    assert said in caught.value.hint


@pytest.mark.parametrize(
    ("capability", "precision", "expected"),
    [
        ((7, 5), "auto", None),
        ((7, 5), "bf16-if-native", None),
        ((8, 0), "auto", torch.bfloat16),
        ((9, 0), "bf16-if-native", torch.bfloat16),
        ((9, 0), "bf16", torch.bfloat16),
        ((9, 0), "fp32", None),
    ],
)
def test_bf16_on_gpus_that_have_it(monkeypatch, capability, precision, expected):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _place: capability)
    spec = ExperimentSpec.model_validate({"model": "cnn", "training": {"precision": precision}})
    assert device_module._autocast(torch.device("cuda", 0), spec) is expected


def test_bf16_asked_of_a_gpu_that_has_it_not_is_an_error(monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _place: (7, 5))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _place: "Tesla T4")
    spec = ExperimentSpec.model_validate({"training": {"precision": "bf16"}})
    with pytest.raises(DeviceError, match="Tesla T4 does not compute in it"):
        device_module._autocast(torch.device("cuda", 0), spec)


def test_threads_are_set():
    before = torch.get_num_threads()
    try:
        assert choose_device("cpu", SPEC, 1).threads == 1
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("name", ["gpu", "cuda:x", "tpu", "mps", "auto:x", "auto:", ""])
def test_no_such_kind_of_device(name):
    with pytest.raises(DeviceError, match="is no device"):
        choose_device(name, SPEC, None)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
@pytest.mark.parametrize("name", ["cuda", "cuda:3"])
def test_absent_cuda_is_said(name):
    with pytest.raises(DeviceError, match="no CUDA device") as caught:
        choose_device(name, SPEC, None)
    assert caught.value.exit_code == 2


def test_precision_can_be_asked_for():
    spec = ExperimentSpec.model_validate({"training": {"precision": "bf16"}})
    assert choose_device("cpu", spec, None).autocast is torch.bfloat16


@pytest.mark.parametrize(
    ("known", "expected"),
    [({"avx2": True}, None), ({"avx512_bf16": True}, torch.bfloat16), ({"amx_bf16": True}, torch.bfloat16)],
)
def test_bf16_only_where_the_processor_computes_in_it(monkeypatch, known, expected):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: known, raising=False)
    spec = ExperimentSpec.model_validate({"training": {"precision": "bf16-if-native"}})
    assert choose_device("cpu", spec, None).autocast is expected
    assert choose_device("cpu", SPEC, None).autocast is None


def test_a_pytorch_that_cannot_say_computes_in_float32(monkeypatch):
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    spec = ExperimentSpec.model_validate({"training": {"precision": "bf16-if-native"}})
    assert choose_device("cpu", spec, None).autocast is None


def test_denormals_are_flushed_in_all_threads():
    code = """
import torch
from fashiontui.training.device import flushed_denormals
torch.set_num_threads(2)
with flushed_denormals():
    print(int((torch.full((1 << 20,), 1e-40) * 1.0).count_nonzero()))
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["0"]
