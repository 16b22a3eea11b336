"""The queue held, or released. Blocks; for threads."""

from __future__ import annotations

from pathlib import Path

from fashiontui.supervisor.holding import hold_queue
from fashiontui.tui.actions.outcome import Outcome
from fashiontui.tui.words import count


def hold(logs: Path, *, held: bool) -> Outcome:
    """Do it; what came of it."""
    warnings: list[str] = []
    live = hold_queue(logs, held=held, warn=warnings.append).live
    goes_on = f"; {count(live, 'run goes', 'runs go')} on" if live else ""
    done = f"the queue is held: nothing in it is started{goes_on}" if held else "the queue goes on"
    return Outcome(done, "\n".join(warnings))
