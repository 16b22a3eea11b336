"""run.json says the same as the table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from fashiontui.config.problems import printable
from fashiontui.errors import RunError
from fashiontui.runs import lock
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.runs.state import RunState

TOLD: Final = (RunState.QUEUED, RunState.PAUSED, RunState.STOPPED)  # states that a client puts a run in


def tell_folder(paths: RunPaths, state: Callable[[], RunState | None], now: float) -> None:
    """Write what a client made of a run into its run.json; what a worker said last stays if it has finished.

    `state` is asked once the run is ours, so that of two who tell, the later one tells the latest. Where a worker has
    the run it tells by itself; where the folder is gone there is nobody to tell.
    """
    try:
        with lock.hold(paths.root, as_worker=False):
            _tell(paths, state(), now)
    except OSError as error:
        raise RunError(
            f"{printable(str(paths.record))}: {error.strerror}",
            "The registry knows what you wanted. Is the disk full, or may you not write there?",
        ) from error
    except RunError:
        if paths.record.exists() and not lock.is_held(paths.root):
            raise


def _tell(paths: RunPaths, state: RunState | None, now: float) -> None:
    record = RunRecord.load(paths.record)
    if state not in TOLD or record.state in (state, RunState.FINISHED):
        return
    failure = None if state is RunState.QUEUED else record.failure
    record.in_state(state, datetime.fromtimestamp(now, UTC), failure=failure).save(paths.record)
