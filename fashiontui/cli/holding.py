"""`fashiontui hold` and `release`: the queue as a whole."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from fashiontui.cli.reporting import warn
from fashiontui.supervisor.holding import Standing, hold_queue


def hold_and_tell(logs: Path, *, held: bool, as_json: bool) -> int:
    """Hold it, or let it go on; say how it stands. What is so already is said, and is no error."""
    standing = hold_queue(logs, held=held, warn=warn)
    facts = asdict(standing)
    told = {"event": "queue", "held": held, "changed": facts.pop("is_new"), **facts}
    sys.stdout.write(f"{json.dumps(told) if as_json else _words(standing, held=held)}\n")
    return 0


def _words(standing: Standing, *, held: bool) -> str:
    live, waiting = standing.live, standing.waiting
    counts = f"{live} {'goes' if live == 1 else 'go'} on, {waiting} {'waits' if waiting == 1 else 'wait'}"
    if held:
        already = "" if standing.is_new else " already"
        return f"the queue is held{already}: {counts}; `fashiontui release` lets it go on"
    return f"the queue goes on: {counts}" if standing.is_new else f"the queue is not held: {counts}"
