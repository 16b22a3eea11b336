"""The `[devices]` table: how many runs each device takes at once."""

from __future__ import annotations

import re
from typing import Final

MOST_SLOTS: Final = 256
DEVICE: Final = re.compile(r"cpu|cuda(:(0|[1-9]\d{0,2}))?")


def is_device(name: str) -> bool:
    """Whether this names a device, here or elsewhere: `cpu`, `cuda` (each GPU), `cuda:1`."""
    return DEVICE.fullmatch(name) is not None
