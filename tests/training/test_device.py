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


def test_auto_takes_what_there_is():
    expected = "cuda" if torch.cuda.is_available() else "cpu"
    assert choose_device("auto", SPEC, None).place.type == expected


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
def test_the_gpu_of_a_slot_falls_back_to_the_cpu():
    assert choose_device("auto:1", SPEC, None).place == torch.device("cpu")


def test_the_gpu_of_a_slot_is_the_one_taken(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert device_module._resolve("auto:1") == torch.device("cuda", 1)
    assert device_module._resolve("auto") == torch.device("cuda", 0)


def test_where_there_are_fewer_gpus_than_slots_auto_takes_one_of_them(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert device_module._resolve("auto:2") == torch.device("cuda", 0)
    assert device_module._resolve("auto:7") == torch.device("cuda", 1)
    with pytest.raises(DeviceError, match="cuda:0 to cuda:1"):
        device_module._resolve("cuda:2")


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
