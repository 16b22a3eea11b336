"""`fashiontui stop` and `pause`: off the device, after a checkpoint."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from fashiontui.cli.actions import Done, demand
from fashiontui.cli.columns import ASKED
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.registry.entry import Entry, Wanted
from fashiontui.runs.registry.present import present
from fashiontui.runs.registry.store import Registry

COMES: Final[Mapping[Wanted, str]] = {
    Wanted.PAUSE: "pauses after a checkpoint",
    Wanted.STOP: "stops after a checkpoint",
    Wanted.KILL: "is being killed",
}
FIRMNESS: Final = (Wanted.RUN, Wanted.PAUSE, Wanted.STOP, Wanted.KILL)


def ask(registry: Registry, paths: RunPaths, wanted: Wanted) -> Done:
    """Have a run leave its device, or the queue. One that has ended has; a firmer wish than this one stands."""
    before = demand(registry, paths)
    now = present(before, registry.logs, time.time())
    if now.state.is_ended:
        return Done(f"is {now.state.value} already", changed=False, entry=now)
    if before.state.is_live and FIRMNESS.index(before.wanted) >= FIRMNESS.index(wanted):
        return Done(f"is {ASKED[before.wanted]} already", changed=False, entry=now)
    after = registry.ask(paths.key, wanted)
    changed = (after.state, after.wanted) != (before.state, before.wanted)
    return Done(_words(before, after), changed=changed, entry=after)


def _words(before: Entry, after: Entry) -> str:
    if after.state.is_live:
        return COMES[after.wanted]
    if before.state.is_live:
        return f"has {after.state.value} meanwhile"
    return f"is {after.state.value}, and out of the queue"
