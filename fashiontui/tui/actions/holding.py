"""The queue held, or released. Blocks; for threads."""

from __future__ import annotations

from pathlib import Path

from fashiontui.runs.registry.store import Registry
from fashiontui.supervisor import ensure, queue
from fashiontui.tui.actions.outcome import Outcome
from fashiontui.tui.words import count


def hold(logs: Path, *, held: bool) -> Outcome:
    """Do it; what came of it."""
    warnings: list[str] = []
    with Registry.open(logs, warn=warnings.append) as registry:
        queue.hold(registry, held=held)
        waiting, live = len(registry.queue()), len(registry.live())
    if held:
        goes_on = f"; {count(live, 'run goes', 'runs go')} on" if live else ""
        return Outcome(f"the queue is held: nothing in it is started{goes_on}", "\n".join(warnings))
    if waiting:
        ensure.ensure_supervisor(logs)
    return Outcome("the queue goes on", "\n".join(warnings))
