"""What training takes of the machine, for the record."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import psutil
import torch

from fashiontui.runs.metrics import CPU, GPU_MEMORY, MEMORY
from fashiontui.training.device import Device

SHORTEST_S: Final = 0.05  # CPU time over less than that is no measure
MEBIBYTE: Final = 1 << 20


class OwnLoad:
    """Of this process, all threads together."""

    def __init__(
        self,
        device: Device | None = None,
        clock: Callable[[], float] = time.monotonic,
        cpu: Callable[[], float] = time.process_time,
    ) -> None:
        self._device = device
        self._clock = clock
        self._cpu = cpu
        self._process = psutil.Process()
        self._since = clock()
        self._spent = cpu()

    def values(self) -> dict[str, float]:
        """By tag: CPU since the last time that was told, in percent of one core, and the memory held now, in MiB.

        CPU is left out, and counts for the next time, where the last was a moment ago. GPU memory is what torch has
        reserved of the device.
        """
        values = {MEMORY: self._process.memory_info().rss / MEBIBYTE}
        if self._device is not None and self._device.is_cuda:
            values[GPU_MEMORY] = torch.cuda.memory_reserved(self._device.place) / MEBIBYTE
        now, spent = self._clock(), self._cpu()
        if now - self._since >= SHORTEST_S:
            values[CPU] = 100 * (spent - self._spent) / (now - self._since)
            self._since, self._spent = now, spent
        return values
