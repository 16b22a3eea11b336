"""`fashiontui hold` and `release`: the queue as a whole."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from fashiontui.cli.reporting import warn
from fashiontui.runs.registry.store import Registry
from fashiontui.supervisor import queue
from fashiontui.supervisor.ensure import ensure_supervisor


def hold_queue(logs: Path, *, held: bool, as_json: bool) -> int:
    """Hold it, or let it go on; say how it stands. What is so already is said, and is no error.

    A queue may be held before there is anything in it, which makes its folder.
    """
    with Registry.open(logs, warn=warn, create=held or logs.is_dir()) as registry:
        registry.refresh()
        is_new = queue.hold(registry, held=held)
        waiting, live = len(registry.queue()), len(registry.live())
    if waiting and not held:
        ensure_supervisor(logs)
    facts = {"event": "queue", "held": held, "changed": is_new, "live": live, "waiting": waiting}
    sys.stdout.write(f"{json.dumps(facts) if as_json else _words(facts)}\n")
    return 0


def _words(facts: dict[str, object]) -> str:
    live, waiting = facts["live"], facts["waiting"]
    counts = f"{live} {'goes' if live == 1 else 'go'} on, {waiting} {'waits' if waiting == 1 else 'wait'}"
    if facts["held"]:
        already = "" if facts["changed"] else " already"
        return f"the queue is held{already}: {counts}; `fashiontui release` lets it go on"
    return f"the queue goes on: {counts}" if facts["changed"] else f"the queue is not held: {counts}"
