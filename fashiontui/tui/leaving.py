"""Leaving when the terminal goes, or somebody asks by a signal: cleanly, and for certain."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fashiontui.tui.app import FashionApp

SIGNALS: Final = (signal.SIGHUP, signal.SIGTERM)
PATIENCE_S: Final = 3.0  # to leave in; a terminal that is gone may keep the app from it


@contextlib.contextmanager
def on_hang_up(app: FashionApp) -> Iterator[None]:
    """While the block lasts, SIGHUP and SIGTERM end the app. Runs are not told: they go on."""

    def leave(number: int, frame: FrameType | None) -> None:
        del frame
        _leave_for_certain(app, 128 + number)
        app.call_later(app.exit, None, 128 + number)

    before = {number: signal.signal(number, leave) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave_for_certain(app: FashionApp, status: int) -> None:
    def end() -> None:
        app.let_go()
        os._exit(status)

    timer = threading.Timer(PATIENCE_S, end)
    timer.daemon = True
    timer.start()
