"""Where a run computes, and what has to be set so that it computes the same again."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from fashiontui.config.spec import CnnSpec, CustomSpec, ExperimentSpec, ResnetSpec, VggSpec
from fashiontui.errors import DeviceError
from fashiontui.training.job import say

CONVOLUTIONAL = (CnnSpec, VggSpec, ResnetSpec, CustomSpec)
# The first GPUs that multiply bf16; `torch.cuda.is_bf16_supported` counts those that imitate it.
AMPERE = (8, 0)


@dataclass(frozen=True, slots=True)
class Device:
    """A device and how to use it."""

    place: torch.device
    name: str  # of the hardware
    threads: int
    autocast: torch.dtype | None  # bf16 where it pays, else None: float32 throughout

    @property
    def is_cuda(self) -> bool:
        """Whether it is a GPU."""
        return self.place.type == "cuda"

    @property
    def evaluation_batch(self) -> int:
        """Images evaluated at once: what fits the caches of a CPU, or fills a GPU and takes less memory than a step."""
        return 1000 if self.is_cuda else 500


def choose_device(request: str, spec: ExperimentSpec, threads: int | None) -> Device:
    """Resolve `auto|cpu|cuda|cuda:N`; DeviceError where the machine has no such device, or PyTorch can't use it.

    `auto:N`, which a supervisor says, is that GPU where CUDA works, else the CPU; where there are fewer GPUs than the
    supervisor counted, one of them.
    """
    if threads is not None:
        torch.set_num_threads(threads)
    place = _resolve(request)
    _make_repeatable(place, spec)
    name = torch.cuda.get_device_name(place) if place.type == "cuda" else cpu_name()
    return Device(place, name, torch.get_num_threads(), _autocast(place, spec))


@contextmanager
def flushed_denormals() -> Iterator[None]:
    """Numbers nearer to zero than 1.2e-38 are zero in here, and in threads that torch starts from here on.

    An L2 penalty alone draws most weights of a network below that, where a processor takes some twenty times as long for a
    product. To be entered before torch computes anything: threads inherit it when they start.
    """
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def _resolve(request: str) -> torch.device:
    name, _, number = request.partition(":")
    if name == "auto" and (number.isdecimal() or request == "auto"):
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        return _usable(torch.device("cuda", int(number or 0) % count)) if count else torch.device("cpu")
    try:
        place = torch.device(request)
    except RuntimeError:
        place = None
    if place is None or place.type not in ("cpu", "cuda"):
        raise DeviceError(f"{request!r} is no device", "Devices are auto, cpu, cuda, and cuda:N.")
    if place.type == "cpu":
        return torch.device("cpu")
    return _resolve_cuda(request, place.index or 0)


def _resolve_cuda(request: str, index: int) -> torch.device:
    if not torch.cuda.is_available():
        raise DeviceError(
            f"--device {request}: PyTorch {torch.__version__} finds no CUDA device on this machine",
            f"Use --device cpu, or auto; a run that goes on keeps what was asked for last. {_what_it_needs()}",
        )
    count = torch.cuda.device_count()
    if index >= count:
        raise DeviceError(
            f"--device {request}: this machine has {count} CUDA device(s), cuda:0 to cuda:{count - 1}"
        )
    place = torch.device("cuda", index)
    trouble = _trouble_with(place)
    if trouble:
        raise DeviceError(
            f"--device {request}: PyTorch {torch.__version__} can't use it: {trouble}",
            "Use --device cpu, or auto. `nvidia-smi` shows whether others use it; GPUs older than those that this build of "
            "PyTorch is for need an older build.",
        )
    return place


def _what_it_needs() -> str:
    """What CUDA wants here, in a sentence."""
    if torch.version.cuda is None:
        return "This build of PyTorch is for CPUs alone: install one for CUDA."
    return f"It is built for CUDA {torch.version.cuda}: `nvidia-smi` shows the GPUs and the latest CUDA their driver has."


def _usable(place: torch.device) -> torch.device:
    """The GPU itself where it computes, else the CPU."""
    trouble = _trouble_with(place)
    if not trouble:
        return place
    say(f"{place} can't be used, so this trains on the CPU: {trouble}")
    return torch.device("cpu")


def _trouble_with(place: torch.device) -> str:
    """Why a GPU that is there does not compute (too old for this build, taken by others, broken); empty where it does."""
    try:
        torch.ones(1, device=place).add(1).item()
    except RuntimeError as error:
        return str(error).partition("\n")[0]
    return ""


def _make_repeatable(place: torch.device, spec: ExperimentSpec) -> None:
    if place.type != "cuda":
        return
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS repeats itself only with this
    torch.cuda.set_device(place)
    torch.backends.cudnn.benchmark = False
    torch.use_deterministic_algorithms(True, warn_only=True)
    # Else every new tensor is filled, though nothing here reads one before it is written.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    # TF32, with 10 bits of mantissa, for products and convolutions, unless float32 was asked for.
    may_round = spec.training.precision != "fp32"
    torch.set_float32_matmul_precision("high" if may_round else "highest")
    torch.backends.cudnn.allow_tf32 = may_round


def _autocast(place: torch.device, spec: ExperimentSpec) -> torch.dtype | None:
    wanted = spec.training.precision
    if wanted == "auto":
        pays = place.type == "cuda" and isinstance(spec.model, CONVOLUTIONAL) and _has_bf16(place)
        return torch.bfloat16 if pays else None
    if wanted == "bf16-if-native":
        return torch.bfloat16 if _has_bf16(place) else None
    if wanted == "bf16" and place.type == "cuda" and not _has_bf16(place):  # which has no convolutions in it
        raise DeviceError(
            f"training.precision = 'bf16': {torch.cuda.get_device_name(place)} does not compute in it",
            "Leave it at 'auto', or take 'bf16-if-native'.",
        )
    return torch.bfloat16 if wanted == "bf16" else None


def _has_bf16(place: torch.device) -> bool:
    """Whether this GPU, or the processor, multiplies bf16 itself; others would imitate it, slower than float32."""
    if place.type == "cuda":
        return torch.cuda.get_device_capability(place) >= AMPERE
    known: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()  # older PyTorch can't say
    return bool(known.get("avx512_bf16") or known.get("amx_bf16"))


def cpu_name() -> str:
    """The processor's model, or the machine's architecture where it does not say."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
