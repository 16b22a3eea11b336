"""A folder's queue held, or let go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fashiontui.runs.registry.store import Registry
from fashiontui.supervisor import ensure, queue


@dataclass(frozen=True, slots=True)
class Standing:
    """How a queue stands."""

    is_new: bool  # that it is held, or that it is not
    live: int  # runs that go on
    waiting: int


def hold_queue(logs: Path, *, held: bool, warn: Callable[[str], None]) -> Standing:
    """Hold it, or let it go on, and then see that someone carries it out.

    A queue may be held before there is anything in it, which makes its folder.
    """
    with Registry.open(logs, warn=warn, create=held or logs.is_dir()) as registry:
        registry.refresh()
        is_new = queue.hold(registry, held=held)
        standing = Standing(is_new, len(registry.live()), len(registry.queue()))
    if standing.waiting and not held:
        ensure.ensure_supervisor(logs)
    return standing
