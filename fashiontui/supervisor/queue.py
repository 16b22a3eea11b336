"""What is said of a folder's queue as a whole: how many runs each device takes, and whether it is held.

Both are settings of the registry, so that whoever carries out the queue heeds them, and finds them where it starts anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from fashiontui.runs.registry.store import Registry

DEVICES: Final = "devices"  # the config's table, as JSON
HELD: Final = "held"
SETTINGS: Final = (DEVICES, HELD)
YES: Final = "yes"
NO: Final = "no"
WAITS_FOR_RELEASE: Final = "the queue is held; `fashiontui release` lets it go on"


def devices_of(registry: Registry) -> dict[str, int]:
    """How many runs each device takes at once; empty where nobody said."""
    devices: dict[str, int] = json.loads(registry.setting(DEVICES) or "{}")
    return devices


def set_devices(registry: Registry, devices: Mapping[str, int]) -> None:
    """Say it, unless it is so already."""
    if devices != devices_of(registry):
        registry.set_setting(DEVICES, json.dumps(dict(devices)))


def is_held(registry: Registry) -> bool:
    """Whether no queued run is to be started."""
    return registry.setting(HELD) == YES


def hold(registry: Registry, *, held: bool) -> bool:
    """Have no queued run started until it is released, or release it; whether that is new. What is under way goes on."""
    if is_held(registry) is held:
        return False
    registry.set_setting(HELD, YES if held else NO)
    if held:  # at once, and also where nobody carries out the queue
        registry.note_reasons({entry.key: WAITS_FOR_RELEASE for entry in registry.queue()})
    return True
