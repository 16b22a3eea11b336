"""What the user, the system or a closing terminal asks of us while runs go on."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Any, Final, Self

HANDLED: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Within its block, signals are counted, not obeyed; whoever follows a run looks here between two waits."""

    def __init__(self) -> None:
        self._stops = 0
        self._insisted = 0
        self._before: dict[signal.Signals, Any] = {}
        self.hung_up = False

    @property
    def stop_asked(self) -> bool:
        """Whether to stop after a checkpoint: Ctrl-C or SIGTERM, once."""
        return self._stops > 0

    @property
    def kill_asked(self) -> bool:
        """Whether to stop at once: Ctrl-C after an earlier request."""
        return self._insisted > 0

    def __enter__(self) -> Self:
        for number in HANDLED:
            if (
                signal.getsignal(number) is not signal.SIG_IGN
            ):  # as under nohup: whoever started us wants it so
                self._before[number] = signal.signal(number, self._receive)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self.hung_up = True
            return
        if number == signal.SIGINT and self._stops:
            self._insisted += 1
        self._stops += 1
