"""How a worker is asked to stop: a signal raises a flag, and the loop looks at it before every step."""

from __future__ import annotations

import signal
from types import FrameType

from fashiontui.runs.state import RunState

MEANING = {
    signal.SIGTERM: RunState.STOPPED,
    signal.SIGINT: RunState.STOPPED,
    signal.SIGUSR1: RunState.PAUSED,
}


class StopFlag:
    """What was asked for, once it is."""

    def __init__(self) -> None:
        self.requested: RunState | None = None

    def listen(self) -> None:
        """Turn signals into requests; a hang-up of the terminal is not one."""
        for number in MEANING:
            signal.signal(number, self._receive)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        self.requested = MEANING[signal.Signals(number)]
